// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A depthwise convolution is recognized by its maps: the channel is contiguous
// in image, weights and result, and each of the two reductions moves one
// dimension of the image.
#include "DepthwisePlan.h"

#include "DepthwiseTiling.h"
#include "KernelPlan.h"
#include "RawConstant.h"

#include "mlir/Dialect/Affine/Analysis/AffineStructures.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

#include <limits>

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Copies of a tile at most, for what of it lies in the border. More are larger
/// than a frame is slow.
constexpr int64_t kMaxCopies = 16;

//===----------------------------------------------------------------------===//
// Recognition
//===----------------------------------------------------------------------===//

/// The block argument that `value` extends from 8 to 32 bits.
BlockArgument matchExtension(Value value, bool isUnsigned) {
  Operation *op = value.getDefiningOp();
  bool matches =
      op && value.getType().isInteger(32) &&
      (isUnsigned ? isa<arith::ExtUIOp>(op) : isa<arith::ExtSIOp>(op));
  if (!matches || !op->getOperand(0).getType().isInteger(8))
    return {};
  return dyn_cast<BlockArgument>(op->getOperand(0));
}

/// Finds image and weight of `acc + ext(image) * extsi(weight)`.
bool matchBody(linalg::GenericOp op, DepthwisePlan &plan) {
  Block *body = op.getBody();
  if (body->getOperations().size() != 5 || op.getNumDpsInputs() != 2)
    return false;
  auto add =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddIOp>();
  if (!add)
    return false;
  Value product = add.getLhs(), accumulator = add.getRhs();
  if (accumulator != body->getArgument(2))
    std::swap(product, accumulator);
  auto mul = product.getDefiningOp<arith::MulIOp>();
  if (!mul || accumulator != body->getArgument(2))
    return false;
  for (auto [lhs, rhs] : {std::pair(mul.getLhs(), mul.getRhs()),
                          std::pair(mul.getRhs(), mul.getLhs())}) {
    BlockArgument image = matchExtension(lhs, plan.isImageUnsigned);
    BlockArgument weight = matchExtension(rhs, /*isUnsigned=*/false);
    if (!image || !weight)
      continue;
    plan.image = image.getArgNumber();
    plan.weight = weight.getArgNumber();
    return true;
  }
  return false;
}

/// An axis and the dimension of the image that it moves.
using Axis = std::pair<DepthwiseAxis, unsigned>;

/// The axis of reduction loop `kernel`.
std::optional<Axis> matchAxis(linalg::GenericOp op, AffineMap imageMap,
                              unsigned kernel) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  std::optional<unsigned> dimension;
  for (auto [index, expr] : llvm::enumerate(imageMap.getResults()))
    if (expr.isFunctionOfDim(kernel)) {
      if (dimension)
        return std::nullopt;
      dimension = index;
    }
  if (!dimension)
    return std::nullopt;
  SmallVector<int64_t> factors;
  if (failed(getFlattenedAffineExpr(imageMap.getResult(*dimension),
                                    imageMap.getNumDims(), 0, &factors)) ||
      factors.size() != imageMap.getNumDims() + 1 || factors.back() != 0)
    return std::nullopt;
  DepthwiseAxis axis{0, kernel, 0, sizes[kernel], 0, factors[kernel], 0};
  for (unsigned dim = 0; dim < imageMap.getNumDims(); ++dim) {
    if (dim == kernel || factors[dim] == 0)
      continue;
    if (axis.stride != 0)
      return std::nullopt;
    axis.output = dim;
    axis.size = sizes[dim];
    axis.stride = factors[dim];
  }
  if (axis.stride <= 0 || axis.dilation <= 0)
    return std::nullopt;
  return std::pair(axis, *dimension);
}

/// The parallel loop that is contiguous in image and result and walks the
/// weights.
std::optional<unsigned> findChannel(linalg::GenericOp op,
                                    const DepthwisePlan &plan) {
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  AffineMap imageMap =
      op.getMatchingIndexingMap(op.getDpsInputOperand(plan.image));
  AffineMap weightMap =
      op.getMatchingIndexingMap(op.getDpsInputOperand(plan.weight));
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (unsigned dim : parallels)
    if (classifyAccess(imageMap, dim) == Access::Contiguous &&
        classifyAccess(resultMap, dim) == Access::Contiguous &&
        weightMap.isFunctionOfDim(dim))
      return dim;
  return std::nullopt;
}

/// Reads the image, and leaves a constant border around the two axes to the
/// kernel.
void matchBorder(Value image, AffineMap map, Axis &first, Axis &second,
                 DepthwisePlan &plan) {
  plan.pixels = image;
  plan.pixelMap = map;
  auto pad = image.getDefiningOp<tensor::PadOp>();
  Value padding = pad ? pad.getConstantPaddingValue() : Value();
  IntegerAttr border;
  if (padding && pad.getSourceType().hasStaticShape() &&
      matchPattern(padding, m_Constant(&border))) {
    ArrayRef<int64_t> low = pad.getStaticLow(), high = pad.getStaticHigh();
    bool matches = true;
    for (auto [dim, before, after] : llvm::enumerate(low, high)) {
      bool isAxis = dim == first.second || dim == second.second;
      matches &= isAxis ? before >= 0 && after >= 0 : before + after == 0;
    }
    if (matches) {
      plan.border = border;
      plan.pixels = pad.getSource();
      SmallVector<AffineExpr> results(map.getResults());
      for (Axis *axis : {&first, &second}) {
        axis->first.low = low[axis->second];
        results[axis->second] = results[axis->second] - axis->first.low;
      }
      plan.pixelMap =
          AffineMap::get(map.getNumDims(), 0, results, map.getContext());
    }
  }
  auto shape = cast<RankedTensorType>(plan.pixels.getType()).getShape();
  for (Axis *axis : {&first, &second})
    axis->first.extent = shape[axis->second];
}

/// Leaves the border to whoever makes the image.
void dropBorder(linalg::GenericOp op, DepthwisePlan &plan) {
  OpOperand *image = op.getDpsInputOperand(plan.image);
  plan.pixels = image->get();
  plan.pixelMap = op.getMatchingIndexingMap(image);
  plan.border = {};
  for (DepthwiseAxis *axis : {&plan.grouped, &plan.slid}) {
    axis->low = 0;
    axis->extent = std::numeric_limits<int64_t>::max();
  }
}

/// Recognizes axes, channel and operands.
bool matchStructure(linalg::GenericOp op, DepthwisePlan &plan) {
  if (!matchBody(op, plan))
    return false;
  std::optional<unsigned> channel = findChannel(op, plan);
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  OpOperand *image = op.getDpsInputOperand(plan.image);
  OpOperand *weight = op.getDpsInputOperand(plan.weight);
  AffineMap imageMap = op.getMatchingIndexingMap(image);
  AffineMap weightMap = op.getMatchingIndexingMap(weight);
  if (!channel || reductions.size() != 2 ||
      !weightMap.isProjectedPermutation() || weightMap.getNumResults() != 3 ||
      !getRawConstant(weight->get()))
    return false;
  plan.channelDim = *channel;
  auto first = matchAxis(op, imageMap, reductions[0]);
  auto second = matchAxis(op, imageMap, reductions[1]);
  if (!first || !second || first->second == second->second)
    return false;
  if (first->second > second->second)
    std::swap(first, second);
  // Rows are grouped, columns slide, except where there is one row only.
  bool swapAxes = first->first.taps == 1;
  matchBorder(image->get(), imageMap, *first, *second, plan);
  plan.grouped = swapAxes ? second->first : first->first;
  plan.slid = swapAxes ? first->first : second->first;
  // A vector over several pixels is a piece of a row of the image.
  int64_t rank = imageMap.getNumResults();
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(image->get().getType()).getShape();
  plan.flat = !swapAxes && second->second == rank - 2 &&
              plan.slid.stride == 1 &&
              imageMap.getResult(rank - 1) ==
                  getAffineDimExpr(plan.channelDim, op.getContext()) &&
              shape.back() == op.getStaticLoopRanges()[plan.channelDim];
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  for (unsigned dim : parallels)
    if (dim != plan.channelDim && dim != plan.grouped.output &&
        dim != plan.slid.output)
      plan.outerDims.push_back(dim);
  for (const DepthwiseAxis &axis : {plan.grouped, plan.slid})
    for (auto [index, expr] : llvm::enumerate(imageMap.getResults()))
      if (expr.isFunctionOfDim(axis.output) && index != first->second &&
          index != second->second)
        return false;
  return plan.grouped.taps > 1;
}

//===----------------------------------------------------------------------===//
// Epilogue
//===----------------------------------------------------------------------===//

/// Whether an operand of a stage is the same for all pixels: a scalar, or a
/// constant that only the channel indexes.
bool isChannelwise(const KernelStage &stage, OpOperand &operand,
                   unsigned channelDim) {
  if (!isa<ShapedType>(operand.get().getType()))
    return true;
  AffineMap map = linalg::GenericOp(stage.op).getMatchingIndexingMap(&operand);
  if (map.getNumResults() == 0)
    return true;
  auto dim = dyn_cast<AffineDimExpr>(map.getResult(0));
  return map.getNumResults() == 1 && dim &&
         stage.rootLoops[dim.getPosition()] == channelDim &&
         getRawConstant(operand.get());
}

bool isChannelwise(const KernelStage &stage, unsigned channelDim) {
  linalg::GenericOp op = stage.op;
  bool hasIndex = !op.getBody()->getOps<linalg::IndexOp>().empty();
  return !hasIndex &&
         !op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) &&
         llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
           return operand == stage.chained ||
                  isChannelwise(stage, *operand, channelDim);
         });
}

/// The bounds of the bytes that `op` yields: a 32-bit integer that is clamped,
/// by the last two operations, to the range of a byte. None for any other
/// result.
std::optional<std::pair<int64_t, int64_t>>
matchNarrowing(linalg::GenericOp op) {
  Value yielded = op.getBody()->getTerminator()->getOperand(0);
  auto trunc = yielded.getDefiningOp<arith::TruncIOp>();
  if (!trunc || !yielded.getType().isInteger(8) ||
      !trunc.getIn().getType().isInteger(32))
    return std::nullopt;
  std::optional<int64_t> low, high;
  Value value = trunc.getIn();
  for (int step = 0; step < 2; ++step) {
    Operation *clamp = value.getDefiningOp();
    APInt bound;
    if (!clamp || !isa<arith::MaxSIOp, arith::MinSIOp>(clamp) ||
        !matchPattern(clamp->getOperand(1), m_ConstantInt(&bound)))
      return std::nullopt;
    (isa<arith::MaxSIOp>(clamp) ? low : high) = bound.getSExtValue();
    value = clamp->getOperand(0);
  }
  if (!low || !high || *low > *high || *low < -128 ||
      *high > (*low >= 0 ? 255 : 127))
    return std::nullopt;
  return std::pair(*low, *high);
}

/// Whether neighbouring outputs are neighbours in the result, channel by
/// channel.
bool writesRuns(KernelGroup &group, const DepthwisePlan &plan) {
  KernelStage &last = group.epilogue.back();
  AffineMap map = last.op.getMatchingIndexingMap(last.op.getDpsInitOperand(0));
  ArrayRef<AffineExpr> results = map.getResults();
  auto isLoop = [&](AffineExpr expr, unsigned loop) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    return dim && last.rootLoops[dim.getPosition()] == loop;
  };
  return isLoop(results.back(), plan.channelDim) &&
         isLoop(results[results.size() - 2], plan.slid.output);
}

/// Counts the stages that run on accumulators.
bool matchStages(KernelGroup &group, DepthwisePlan &plan) {
  if (!group.init || !isChannelwise(*group.init, plan.channelDim))
    return false;
  for (auto [index, stage] : llvm::enumerate(group.epilogue)) {
    if (!isChannelwise(stage, plan.channelDim))
      return false;
    auto bounds = matchNarrowing(stage.op);
    if (!bounds)
      continue;
    plan.narrowing = index + 1;
    std::tie(plan.low, plan.high) = *bounds;
    return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Vectors and tiles
//===----------------------------------------------------------------------===//

/// Channels from wide vectors to narrow ones, the last one filled in part. The
/// last 16 of a wider row are those of two outputs: an instruction on 32 bytes
/// costs no more than one on 16.
void splitChannels(int64_t channels, int64_t maxWidth, DepthwisePlan &plan) {
  int64_t done = 0, columns = plan.slid.size;
  for (int64_t width = maxWidth; width >= 16; width /= 2) {
    int64_t count = (channels - done) / width * width;
    if (count == 0)
      continue;
    int64_t paired = width == 16 && maxWidth > 16 ? columns / 2 * 2 : 0;
    if (paired > 0)
      plan.segments.push_back({done, count, 0, paired, 32, 2});
    if (paired < columns)
      plan.segments.push_back(
          {done, count, paired, columns - paired, width, 1});
    done += count;
  }
  if (done < channels)
    plan.segments.push_back({done, channels - done, 0, columns, 16, 1});
}

/// Pieces of a row, as splitChannels.
void splitRow(int64_t channels, int64_t maxWidth, DepthwisePlan &plan) {
  int64_t done = 0;
  for (int64_t width = maxWidth; width >= 16 && width >= channels; width /= 2) {
    int64_t pixels = width / channels;
    int64_t count = (plan.slid.size - done) / pixels * pixels;
    if (count == 0)
      continue;
    plan.segments.push_back({0, channels, done, count, width, pixels});
    done += count;
  }
  if (int64_t left = plan.slid.size - done)
    plan.segments.push_back({0, channels, done, left, 16, left});
}

/// Copies of a tile that the kernel has, in the segment with the most.
int64_t countCopies(const DepthwisePlan &plan) {
  auto count = [](const DepthwiseAxis &axis, int64_t from, int64_t size,
                  int64_t tile) {
    return static_cast<int64_t>(axis.getRuns(from, size, tile).size()) +
           (size % tile != 0);
  };
  int64_t columns = 0;
  for (const DepthwiseSegment &segment : plan.segments)
    columns =
        std::max(columns, count(plan.slid, segment.column, segment.columns,
                                plan.slidTile * segment.pixels));
  return columns * count(plan.grouped, 0, plan.grouped.size, plan.groupedTile);
}

} // namespace

SmallVector<int64_t> DepthwiseAxis::getPixels(int64_t tile,
                                              int64_t step) const {
  SmallVector<int64_t> pixels;
  for (int64_t index = 0; index < tile; ++index)
    for (int64_t tap = 0; tap < taps; ++tap)
      pixels.push_back(index * step * stride + tap * dilation);
  llvm::sort(pixels);
  pixels.erase(llvm::unique(pixels), pixels.end());
  return pixels;
}

std::optional<int64_t> DepthwiseAxis::getTap(int64_t o, int64_t pixel) const {
  int64_t distance = pixel - o * stride;
  if (distance < 0 || distance % dilation != 0 || distance / dilation >= taps)
    return std::nullopt;
  return distance / dilation;
}

bool DepthwiseAxis::isInside(int64_t o, int64_t count) const {
  return o * stride >= low &&
         (o + count - 1) * stride + (taps - 1) * dilation - low < extent;
}

SmallVector<std::pair<int64_t, int64_t>>
DepthwiseAxis::getRuns(int64_t from, int64_t count, int64_t tile) const {
  SmallVector<std::pair<int64_t, int64_t>> runs;
  int64_t full = from + count / tile * tile;
  for (int64_t begin = from; begin < full; begin = runs.back().second) {
    int64_t end = begin;
    while (end < full && isInside(end, tile))
      end += tile;
    runs.push_back({begin, std::max(end, begin + tile)});
  }
  return runs;
}

std::optional<DepthwisePlan>
planDepthwise(KernelGroup &group, unsigned vectorBits, const ISA &isa) {
  DepthwisePlan plan;
  plan.isImageUnsigned = isa.unsignedActivations;
  if (isa.dot == DotInstruction::None || !matchStructure(group.root, plan) ||
      !matchStages(group, plan))
    return std::nullopt;
  if (isa.dot == DotInstruction::MultiplyLong) {
    plan.ways = 1;
    OpOperand *weight = group.root.getDpsInputOperand(plan.weight);
    if (!isNarrow(getRawConstant(weight->get())))
      return std::nullopt;
  } else {
    plan.ways = isa.dot == DotInstruction::MultiplyAddWords ? 2 : 4;
  }
  plan.pairsColumns = plan.ways == 4 && plan.slid.stride % 2 == 0;
  plan.ordersParts = !isa.hasMemoryOperands();
  int64_t channels = group.root.getStaticLoopRanges()[plan.channelDim];
  int64_t width = vectorBits / 8;
  plan.flat = plan.flat && channels < width && llvm::isPowerOf2_64(channels) &&
              plan.narrowing == group.epilogue.size() &&
              writesRuns(group, plan);
  if (plan.flat)
    splitRow(channels, width, plan);
  else
    splitChannels(channels, width, plan);
  chooseDepthwiseTile(plan, isa.hasMemoryOperands() ? isa.registers
                                                    : isa.registers * 3 / 4);
  if (countCopies(plan) > kMaxCopies)
    dropBorder(group.root, plan);
  return plan;
}

} // namespace quantc::codegen
