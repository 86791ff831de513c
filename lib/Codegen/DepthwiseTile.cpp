// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile interleaves the pixels of each column once and uses them for all
// outputs that read the column. It goes through its channels in two halves, so
// that the interleaved pixels of one half are all that lives in registers.
#include "DepthwiseTile.h"

#include "DepthwisePacking.h"
#include "RawConstant.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The 16 bytes within which registers are interleaved and narrowed.
constexpr int64_t kPieceBits = 128;

/// Two quarters of the channels of one interleaved group of pixels.
using Half = std::array<Value, 2>;

/// Emits one tile: `rows` x `columns` vectors of `segment`.
class TileEmitter {
public:
  TileEmitter(DepthwiseFrame &frame, const DepthwiseSegment &segment,
              int64_t rows, int64_t columns)
      : rewriter(frame.rewriter), group(frame.group), plan(frame.plan),
        loc(frame.loc), frame(frame), segment(segment), rows(rows),
        columns(columns), lanes(segment.width / 4),
        rowPixels(plan.grouped.getPixels(rows)),
        columnPixels(plan.slid.getPixels(columns, segment.pixels)),
        groups(llvm::divideCeil(rowPixels.size(), plan.ways)),
        body(rewriter, loc, group.looksUp) {}

  Value emit(Value dest);

private:
  Place getPlace(int64_t row, int64_t column) const;
  int64_t getPosition(const DepthwiseAxis &axis, int64_t pixel) const;
  std::pair<int64_t, int64_t> getInside(int64_t rowPixel,
                                        int64_t columnPixel) const;
  Value loadPixels(int64_t rowPixel, int64_t columnPixel);
  Value load(const Place &at, int64_t begin, int64_t end);
  bool isZero(int64_t columnPixel, int64_t group) const;
  Value loadPacked(Value packed, ArrayRef<int64_t> indices, int64_t count);
  Value stay(Value index, ValueRange after = {});
  void beginPart(ValueRange after);
  Value getColumn();
  /// The pixels, one below the other, of an interleaved group.
  ArrayRef<int64_t> getRows(int64_t group) const {
    return ArrayRef(rowPixels)
        .drop_front(group * plan.ways)
        .take_front(plan.ways);
  }
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  Half interleave(int64_t columnPixel, int64_t group, bool high);
  Value unpack(Value lhs, Value rhs, bool high);
  Value castElements(Value value, unsigned bits);
  SmallVector<Value> emitQuarter(int64_t quarter);
  SmallVector<Value> getGiven(const KernelStage &stage, int64_t quarter);
  Value emitInit(int64_t quarter);
  Value emitDot(Value accumulator, Value lhs, Value rhs);
  Value emitNarrowing(Value value, int64_t quarter, const Place &at);
  Value pack(Value lhs, Value rhs, bool isUnsigned);
  Value store(Value bytes, int64_t row, int64_t column, Value dest);

  RewriterBase &rewriter;
  KernelGroup &group;
  const DepthwisePlan &plan;
  Location loc;
  DepthwiseFrame &frame;
  const DepthwiseSegment &segment;
  int64_t rows, columns, lanes;
  SmallVector<int64_t> rowPixels, columnPixels;
  int64_t groups;
  BodyEmitter body;
  /// The number of the block. All constants of a tile are more than registers
  /// hold: they are loaded where they are used.
  Value block;
  /// The column of the tile as a value of the second half's own: pixels that
  /// are loaded again take no registers in between.
  Value column;
  /// Shares the loads of one half.
  std::optional<BodyEmitter> pixels;
  /// By column and group, of the half that is being emitted.
  std::map<std::pair<int64_t, int64_t>, Half> interleaved;
  Value taps;
};

Place TileEmitter::getPlace(int64_t row, int64_t column) const {
  Place at = frame.place;
  at.offsets[plan.grouped.output] += row;
  at.offsets[plan.slid.output] += column * segment.pixels;
  return at;
}

/// `index` as a value of the innermost loop, where there is one, and where the
/// plan orders parts as a value behind `after`.
Value TileEmitter::stay(Value index, ValueRange after) {
  if (!frame.iteration)
    return index;
  return qvec::StayOp::create(rewriter, loc, index, frame.iteration,
                              plan.ordersParts ? after : ValueRange());
}

/// Has the constants from here on loaded behind what computes `after`.
void TileEmitter::beginPart(ValueRange after) {
  if (plan.ordersParts || !block)
    block = stay(frame.block ? frame.block : makeIndex(0), after);
}

Value TileEmitter::getColumn() {
  unsigned dim = plan.slid.output;
  Value base = frame.place.bases[dim];
  return base ? base : makeIndex(frame.place.offsets[dim]);
}

/// Where the tile's `pixel` is on `axis`, for a tile at a known place.
int64_t TileEmitter::getPosition(const DepthwiseAxis &axis,
                                 int64_t pixel) const {
  return frame.place.offsets[axis.output] * axis.stride + pixel - axis.low;
}

/// The part [begin, end) of the vector of pixels there that is in the image;
/// tiles that a loop runs over are.
std::pair<int64_t, int64_t> TileEmitter::getInside(int64_t rowPixel,
                                                   int64_t columnPixel) const {
  if (!frame.place.bases[plan.grouped.output]) {
    int64_t row = getPosition(plan.grouped, rowPixel);
    if (row < 0 || row >= plan.grouped.extent)
      return {0, 0};
  }
  if (frame.place.bases[plan.slid.output])
    return {0, segment.pixels};
  int64_t first = getPosition(plan.slid, columnPixel);
  int64_t begin = std::clamp<int64_t>(-first, 0, segment.pixels);
  return {begin,
          std::clamp<int64_t>(plan.slid.extent - first, begin, segment.pixels)};
}

/// The vector of the image at a pixel relative to the tile's first one.
Value TileEmitter::loadPixels(int64_t rowPixel, int64_t columnPixel) {
  Place at = frame.place;
  // Some output reads the pixel with some tap; the sum is all that counts.
  auto move = [&](const DepthwiseAxis &axis, int64_t pixel, int64_t step) {
    for (int64_t o = 0;; o += step)
      if (std::optional<int64_t> tap = axis.getTap(o, pixel)) {
        at.offsets[axis.output] += o;
        at.offsets[axis.kernel] = *tap;
        return;
      }
  };
  move(plan.grouped, rowPixel, 1);
  move(plan.slid, columnPixel, segment.pixels);
  if (column) {
    if (!at.bases[plan.slid.output])
      at.offsets[plan.slid.output] -= frame.place.offsets[plan.slid.output];
    at.bases[plan.slid.output] = column;
  }
  auto [begin, end] = getInside(rowPixel, columnPixel);
  at.offsets[plan.slid.output] += begin;
  return load(at, begin, end);
}

/// Whether all pixels of `group` in one column lie in a border of zeros.
bool TileEmitter::isZero(int64_t columnPixel, int64_t group) const {
  return plan.border && plan.border.getValue().isZero() &&
         llvm::all_of(getRows(group), [&](int64_t rowPixel) {
           auto [begin, end] = getInside(rowPixel, columnPixel);
           return begin == end;
         });
}

/// The pixels [begin, end) of a vector, which are in the image from `at` on,
/// and the border in place of the others.
Value TileEmitter::load(const Place &at, int64_t begin, int64_t end) {
  int64_t bytes = segment.getBytes(), channels = bytes / segment.pixels;
  Value loaded;
  if (begin < end)
    loaded = pixels->loadRun(frame.image, frame.imageMap, at,
                             (end - begin) * channels);
  if (end - begin < segment.pixels) {
    auto type = VectorType::get({segment.width}, rewriter.getI8Type());
    Value border = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, plan.border.getValue()));
    return loaded
               ? vector::InsertStridedSliceOp::create(
                     rewriter, loc, loaded, border,
                     ArrayRef<int64_t>{begin * channels}, ArrayRef<int64_t>{1})
               : border;
  }
  if (bytes == segment.width)
    return loaded;
  SmallVector<int64_t> mask(segment.width, -1);
  for (int64_t i = 0; i < bytes; ++i)
    mask[i] = i;
  return vector::ShuffleOp::create(rewriter, loc, loaded, loaded, mask);
}

/// `count` elements of a packed constant from `indices` on, behind the number
/// of the block.
Value TileEmitter::loadPacked(Value packed, ArrayRef<int64_t> indices,
                              int64_t count) {
  Type element = getElementTypeOrSelf(packed.getType());
  SmallVector<Value> at{block};
  for (int64_t index : indices)
    at.push_back(makeIndex(index));
  Value padding =
      arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(element));
  return vector::TransferReadOp::create(
      rewriter, loc, VectorType::get({count}, element), packed, at, padding,
      ArrayRef<bool>{true});
}

Value TileEmitter::castElements(Value value, unsigned bits) {
  auto type = cast<VectorType>(value.getType());
  int64_t size = type.getDimSize(0) * type.getElementTypeBitWidth() / bits;
  return vector::BitCastOp::create(
      rewriter, loc, VectorType::get({size}, rewriter.getIntegerType(bits)),
      value);
}

/// The low or high halves of each 16 bytes of two vectors, element by element.
Value TileEmitter::unpack(Value lhs, Value rhs, bool high) {
  auto type = cast<VectorType>(lhs.getType());
  int64_t size = type.getDimSize(0);
  int64_t piece = kPieceBits / type.getElementTypeBitWidth();
  SmallVector<int64_t> mask;
  for (int64_t start = 0; start < size; start += piece)
    for (int64_t i = 0; i < piece / 2; ++i) {
      int64_t element = start + i + (high ? piece / 2 : 0);
      mask.append({element, size + element});
    }
  return vector::ShuffleOp::create(rewriter, loc, lhs, rhs, mask);
}

/// The pixels of `group` in one column: their bytes of one channel side by
/// side, as bytes or as words. Pixels beyond the last one meet zero weights and
/// may be anything.
Half TileEmitter::interleave(int64_t columnPixel, int64_t number, bool high) {
  SmallVector<Value> pixels;
  for (int64_t pixel : getRows(number))
    pixels.push_back(loadPixels(pixel, columnPixel));
  if (plan.pairsColumns && pixels.size() % 2 != 0) {
    int64_t neighbour = columnPixel ^ 1;
    Value beside = pixels.back();
    if (llvm::is_contained(columnPixels, neighbour))
      beside = loadPixels(getRows(number).back(), neighbour);
    pixels.push_back(beside);
    if (columnPixel % 2 != 0)
      std::swap(pixels.back(), pixels[pixels.size() - 2]);
  }
  auto pair = [&](size_t first) {
    Value lhs = pixels[first];
    return unpack(lhs, first + 1 < pixels.size() ? pixels[first + 1] : lhs,
                  high);
  };
  Value even = pair(0);
  if (plan.ways == 2) {
    Value zero = arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(even.getType()));
    return {castElements(unpack(even, zero, false), 16),
            castElements(unpack(even, zero, true), 16)};
  }
  even = castElements(even, 16);
  Value odd = pixels.size() > 2 ? castElements(pair(2), 16) : even;
  return {castElements(unpack(even, odd, false), 8),
          castElements(unpack(even, odd, true), 8)};
}

/// The operands of a stage that are constants, in the order of `quarter`.
SmallVector<Value> TileEmitter::getGiven(const KernelStage &stage,
                                         int64_t quarter) {
  linalg::GenericOp op = stage.op;
  SmallVector<Value> given(op->getNumOperands());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (operand == stage.chained || !op.payloadUsesValueFromOperand(operand) ||
        !isa<ShapedType>(operand->get().getType()) ||
        op.getMatchingIndexingMap(operand).getNumResults() == 0)
      continue;
    Value packed =
        frame.getPacked(operand->get(), segment, 0, [&](ElementsAttr constant) {
          return packChannels(constant, segment);
        });
    given[operand->getOperandNumber()] =
        loadPacked(packed, {quarter * lanes}, lanes);
  }
  return given;
}

Value TileEmitter::emitInit(int64_t quarter) {
  Place at = frame.place;
  at.lanes = lanes;
  Value value = body.compute(group.init->op, at.project(group.init->rootLoops),
                             getGiven(*group.init, quarter));
  return body.spread(value, at);
}

Value TileEmitter::emitDot(Value accumulator, Value lhs, Value rhs) {
  if (plan.ways == 2)
    return qvec::DotWordsOp::create(rewriter, loc, accumulator.getType(),
                                    accumulator, lhs, rhs);
  return qvec::DotOp::create(rewriter, loc, accumulator.getType(), accumulator,
                             lhs, rhs, plan.isImageUnsigned,
                             /*rhs_unsigned=*/false);
}

/// The stages up to the narrowing, without the narrowing itself and without
/// bounds that saturation keeps anyway: 32-bit integers.
Value TileEmitter::emitNarrowing(Value value, int64_t quarter,
                                 const Place &at) {
  for (KernelStage &stage :
       MutableArrayRef(group.epilogue).take_front(plan.narrowing)) {
    SmallVector<Value> given = getGiven(stage, quarter);
    given[stage.chained->getOperandNumber()] = value;
    value = body.compute(stage.op, at.project(stage.rootLoops), given);
  }
  auto trunc = value.getDefiningOp<arith::TruncIOp>();
  assert(trunc && "the plan ends at a truncation");
  value = trunc.getIn();
  for (int bound = 0; bound < 2; ++bound) {
    assert((value.getDefiningOp<arith::MinSIOp>() ||
            value.getDefiningOp<arith::MaxSIOp>()) &&
           "the plan ends at two clamps");
    value = value.getDefiningOp()->getOperand(0);
  }
  auto makeBound = [&](int64_t bound) {
    Value scalar = arith::ConstantIntOp::create(rewriter, loc, bound, 32);
    return body.spread(scalar, at);
  };
  value = body.spread(value, at);
  if (plan.low != (plan.isResultUnsigned() ? 0 : -128))
    value = arith::MaxSIOp::create(rewriter, loc, value, makeBound(plan.low));
  if (plan.high != (plan.isResultUnsigned() ? 255 : 127))
    value = arith::MinSIOp::create(rewriter, loc, value, makeBound(plan.high));
  return value;
}

/// One quarter of the channels of all outputs of the tile, as 32-bit integers.
SmallVector<Value> TileEmitter::emitQuarter(int64_t quarter) {
  SmallVector<Value> sums(rows * columns, emitInit(quarter));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t tap = 0; tap < plan.slid.taps; ++tap)
      for (int64_t number = 0; number < groups; ++number) {
        if (llvm::none_of(getRows(number), [&](int64_t pixel) {
              return plan.grouped.getTap(row, pixel).has_value();
            }))
          continue;
        int64_t entry =
            ((row * plan.slid.taps + tap) * groups + number) * 4 + quarter;
        Value weight = loadPacked(taps, {entry, 0}, lanes * plan.ways);
        for (int64_t column = 0; column < columns; ++column) {
          int64_t pixel = column * segment.pixels * plan.slid.stride +
                          tap * plan.slid.dilation;
          auto found = interleaved.find({pixel, number});
          if (found == interleaved.end())
            continue;
          Value &sum = sums[row * columns + column];
          sum = emitDot(sum, found->second[quarter % 2], weight);
        }
      }
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      Place at = getPlace(row, column);
      at.lanes = lanes;
      Value &sum = sums[row * columns + column];
      sum = emitNarrowing(sum, quarter, at);
    }
  return sums;
}

/// Two vectors narrowed to half of their bits, which brings neighbouring
/// quarters or halves back together.
Value TileEmitter::pack(Value lhs, Value rhs, bool isUnsigned) {
  auto type = cast<VectorType>(lhs.getType());
  auto packed = VectorType::get(
      {2 * type.getDimSize(0)},
      rewriter.getIntegerType(type.getElementTypeBitWidth() / 2));
  return qvec::PackOp::create(rewriter, loc, packed, lhs, rhs, isUnsigned);
}

/// Applies what is left of the epilogue to bytes in their own order and stores
/// them.
Value TileEmitter::store(Value bytes, int64_t row, int64_t column, Value dest) {
  auto slice = [&](int64_t from, int64_t count) -> Value {
    if (count == segment.width)
      return bytes;
    return vector::ExtractStridedSliceOp::create(
        rewriter, loc, bytes, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{count},
        ArrayRef<int64_t>{1});
  };
  int64_t channels = segment.getBytes() / segment.pixels;
  for (int64_t pixel = 0; pixel < segment.pixels; ++pixel) {
    Place at = getPlace(row, column);
    at.offsets[plan.slid.output] += pixel;
    at.lanes = channels;
    Value value = slice(pixel * channels, channels);
    KernelStage *last = &group.epilogue[plan.narrowing - 1];
    for (KernelStage &stage :
         MutableArrayRef(group.epilogue).drop_front(plan.narrowing)) {
      last = &stage;
      SmallVector<Value> given(stage.op->getNumOperands());
      given[stage.chained->getOperandNumber()] = value;
      value = body.compute(stage.op, at.project(stage.rootLoops), given);
    }
    AffineMap map =
        last->op.getMatchingIndexingMap(last->op.getDpsInitOperand(0));
    dest = body.store(value, dest, map, at.project(last->rootLoops));
  }
  return dest;
}

Value TileEmitter::emit(Value dest) {
  beginPart({});
  OpOperand *weight = group.root.getDpsInputOperand(plan.weight);
  AffineMap weightMap = group.root.getMatchingIndexingMap(weight);
  taps =
      frame.getPacked(weight->get(), segment, rows, [&](ElementsAttr constant) {
        return packTaps(constant, weightMap, plan, segment, rows);
      });
  // By half of the channels: the outputs of the tile as 16-bit integers.
  SmallVector<SmallVector<Value>> words;
  SmallVector<Value> done;
  for (int64_t first = 0; first < segment.getQuarters(); first += 2) {
    interleaved.clear();
    pixels.emplace(rewriter, loc);
    if (first > 0 && plan.reloadsPixels && frame.iteration)
      column = stay(getColumn(), done);
    for (int64_t pixel : columnPixels)
      for (int64_t number = 0; number < groups; ++number)
        if (!isZero(pixel, number))
          interleaved[{pixel, number}] =
              interleave(pixel, number, /*high=*/first > 0);
    SmallVector<Value> columns;
    for (const auto &entry : interleaved)
      llvm::append_range(columns, entry.second);
    beginPart(columns);
    SmallVector<Value> low = emitQuarter(first), high = low;
    if (first + 1 < segment.getQuarters()) {
      beginPart(low);
      high = emitQuarter(first + 1);
    }
    done = llvm::to_vector(llvm::concat<Value>(low, high));
    words.emplace_back();
    for (auto [lhs, rhs] : llvm::zip_equal(low, high))
      words.back().push_back(pack(lhs, rhs, /*isUnsigned=*/false));
  }
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      int64_t output = row * columns + column;
      Value bytes = pack(words.front()[output], words.back()[output],
                         plan.isResultUnsigned());
      dest = store(bytes, row, column, dest);
    }
  return dest;
}

} // namespace

Value DepthwiseFrame::getPacked(
    Value constant, const DepthwiseSegment &segment, int64_t rows,
    llvm::function_ref<ElementsAttr(ElementsAttr)> pack) {
  Value &made = packed[{constant.getAsOpaquePointer(), &segment, rows}];
  if (!made) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(front);
    made = arith::ConstantOp::create(rewriter, loc,
                                     pack(getRawConstant(constant)));
  }
  return made;
}

Value emitDepthwiseTile(DepthwiseFrame &frame, const DepthwiseSegment &segment,
                        int64_t rows, int64_t columns, Value dest) {
  return TileEmitter(frame, segment, rows, columns).emit(dest);
}

} // namespace quantc::codegen
