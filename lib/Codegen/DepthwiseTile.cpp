// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile interleaves the pixels of each column once and uses them for all
// outputs that read the column. It goes through its channels in two halves, so
// that the interleaved pixels of one half are all that lives in registers.
#include "DepthwiseTile.h"

#include "DepthwisePacking.h"
#include "DepthwisePixels.h"
#include "RawConstant.h"
#include "Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Emits one tile: `rows` x `columns` vectors of `segment`.
class TileEmitter {
public:
  TileEmitter(DepthwiseFrame &frame, const DepthwiseSegment &segment,
              int64_t rows, int64_t columns)
      : rewriter(frame.rewriter), group(frame.group), plan(frame.plan),
        loc(frame.loc), frame(frame), segment(segment), rows(rows),
        columns(columns), lanes(segment.width / 4),
        pixels(frame, segment, rows, columns),
        body(rewriter, loc, group.looksUp) {}

  Value emit(Value dest);

private:
  Place getPlace(int64_t row, int64_t column) const;
  Value loadPacked(Value packed, ArrayRef<int64_t> indices, int64_t count);
  Value stay(Value index, ValueRange after = {});
  void beginPart(ValueRange after);
  Value getColumn();
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  SmallVector<Value> emitQuarter(int64_t quarter);
  Value extend(Value value, unsigned bits);
  void addProducts(int64_t tap, MutableArrayRef<SmallVector<Value>> words);
  SmallVector<SmallVector<Value>> emitProducts();
  void narrow(MutableArrayRef<Value> sums, int64_t quarter);
  SmallVector<Value> packHalf(ArrayRef<Value> low, ArrayRef<Value> high);
  SmallVector<Value> emitHalf(int64_t first, SmallVectorImpl<Value> &done);
  SmallVector<SmallVector<Value>> emitHalves();
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
  DepthwisePixels pixels;
  BodyEmitter body;
  /// The number of the block. All constants of a tile are more than registers
  /// hold: they are loaded where they are used.
  Value block;
  Value taps;
};

Place TileEmitter::getPlace(int64_t row, int64_t column) const {
  Place at = frame.place;
  at.offsets[plan.grouped.output] += row;
  at.offsets[plan.slid.output] += column * plan.getStep(segment);
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

/// One quarter of the channels of all outputs of the tile, narrowed, as 32-bit
/// integers.
SmallVector<Value> TileEmitter::emitQuarter(int64_t quarter) {
  SmallVector<Value> sums(rows * columns, emitInit(quarter));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t tap = 0; tap < plan.slid.taps; ++tap)
      for (int64_t number = 0; number < pixels.getNumGroups(); ++number) {
        if (llvm::none_of(pixels.getRows(number), [&](int64_t pixel) {
              return plan.grouped.getTap(row, pixel).has_value();
            }))
          continue;
        int64_t entry =
            (row * plan.slid.taps + tap) * pixels.getNumGroups() + number;
        int64_t ways = lanes * plan.ways;
        Value weight = loadPacked(taps, {entry, quarter * ways}, ways);
        for (int64_t column = 0; column < columns; ++column) {
          Value &sum = sums[row * columns + column];
          if (Value lane = pixels.get(column, tap, number, quarter % 2))
            sum = emitDot(sum, lane, weight);
        }
      }
  narrow(sums, quarter);
  return sums;
}

Value TileEmitter::extend(Value value, unsigned bits) {
  auto type = cast<VectorType>(value.getType());
  return arith::ExtSIOp::create(
      rewriter, loc, type.clone(rewriter.getIntegerType(bits)), value);
}

/// Products of tap `tap` added to those in `words`: for each half of the
/// channels, one vector for each output of the tile.
void TileEmitter::addProducts(int64_t tap,
                              MutableArrayRef<SmallVector<Value>> words) {
  int64_t down = tap / plan.slid.taps, across = tap % plan.slid.taps;
  int64_t entry = across * plan.grouped.taps + down;
  Value weights = loadPacked(taps, {entry, 0}, segment.width);
  for (auto [half, products] : llvm::enumerate(words)) {
    auto take = [&, half = static_cast<int64_t>(half)](Value bytes) {
      return extend(slice(rewriter, loc, bytes, half * 2 * lanes, 2 * lanes),
                    16);
    };
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column) {
        Value bytes = pixels.get(column, across, pixels.getGroup(row, down),
                                 /*quarter=*/0);
        if (!bytes)
          continue;
        Value product =
            arith::MulIOp::create(rewriter, loc, take(bytes), take(weights));
        Value &word = products[row * columns + column];
        word = word ? arith::AddIOp::create(rewriter, loc, word, product)
                    : product;
      }
  }
}

/// All quarters of the channels of all outputs of the tile, from sums of two
/// products, which fit words.
SmallVector<SmallVector<Value>> TileEmitter::emitProducts() {
  SmallVector<SmallVector<Value>> sums;
  for (int64_t quarter = 0; quarter < segment.getQuarters(); ++quarter)
    sums.emplace_back(rows * columns, emitInit(quarter));
  int64_t count = plan.grouped.taps * plan.slid.taps;
  for (int64_t tap = 0; tap < count; tap += 2) {
    SmallVector<SmallVector<Value>> words(llvm::divideCeil(sums.size(), 2),
                                          SmallVector<Value>(rows * columns));
    addProducts(tap, words);
    if (tap + 1 < count)
      addProducts(tap + 1, words);
    for (auto [quarter, parts] : llvm::enumerate(sums))
      for (auto [sum, word] : llvm::zip_equal(parts, words[quarter / 2]))
        if (word)
          sum = arith::AddIOp::create(
              rewriter, loc, sum,
              extend(slice(rewriter, loc, word,
                           static_cast<int64_t>(quarter) % 2 * lanes, lanes),
                     32));
  }
  return sums;
}

/// Narrows one quarter of the channels of all outputs.
void TileEmitter::narrow(MutableArrayRef<Value> sums, int64_t quarter) {
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      Place at = getPlace(row, column);
      at.lanes = lanes;
      Value &sum = sums[row * columns + column];
      sum = emitNarrowing(sum, quarter, at);
    }
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

/// By half of the channels: the outputs of the tile as 16-bit integers, from
/// narrowed quarters.
SmallVector<Value> TileEmitter::packHalf(ArrayRef<Value> low,
                                         ArrayRef<Value> high) {
  SmallVector<Value> words;
  for (auto [lhs, rhs] : llvm::zip_equal(low, high))
    words.push_back(pack(lhs, rhs, /*isUnsigned=*/false));
  return words;
}

/// One half of the channels, from quarter `first` on. Pixels that are loaded
/// again are behind `done`, which becomes what this half has computed.
SmallVector<Value> TileEmitter::emitHalf(int64_t first,
                                         SmallVectorImpl<Value> &done) {
  bool reloads = first > 0 && plan.reloadsPixels && frame.iteration;
  pixels.load(/*high=*/first > 0, reloads ? stay(getColumn(), done) : Value());
  beginPart(pixels.getAll());
  SmallVector<Value> low = emitQuarter(first), high = low;
  if (first + 1 < segment.getQuarters()) {
    beginPart(low);
    high = emitQuarter(first + 1);
  }
  done = llvm::to_vector(llvm::concat<Value>(low, high));
  return packHalf(low, high);
}

/// The outputs of the tile as 16-bit integers, by half of the channels.
SmallVector<SmallVector<Value>> TileEmitter::emitHalves() {
  SmallVector<SmallVector<Value>> words;
  if (plan.ways > 1) {
    SmallVector<Value> done;
    for (int64_t first = 0; first < segment.getQuarters(); first += 2)
      words.push_back(emitHalf(first, done));
    return words;
  }
  pixels.load(/*high=*/false, Value());
  SmallVector<SmallVector<Value>> quarters = emitProducts();
  for (auto [quarter, sums] : llvm::enumerate(quarters))
    narrow(sums, static_cast<int64_t>(quarter));
  for (size_t low = 0; low < quarters.size(); low += 2)
    words.push_back(packHalf(quarters[low],
                             quarters[std::min(low + 1, quarters.size() - 1)]));
  return words;
}

/// Applies what is left of the epilogue to bytes in their own order and stores
/// them.
Value TileEmitter::store(Value bytes, int64_t row, int64_t column, Value dest) {
  KernelStage *last = &group.epilogue[plan.narrowing - 1];
  auto slice = [&](int64_t from, int64_t count) -> Value {
    if (count == segment.width)
      return bytes;
    return vector::ExtractStridedSliceOp::create(
        rewriter, loc, bytes, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{count},
        ArrayRef<int64_t>{1});
  };
  if (plan.flat)
    return body.storeRun(slice(0, segment.getBytes()), dest, frame.resultMap,
                         getPlace(row, column).project(last->rootLoops));
  int64_t channels = segment.getBytes() / segment.pixels;
  for (int64_t pixel = 0; pixel < segment.pixels; ++pixel) {
    Place at = getPlace(row, column);
    at.offsets[plan.slid.output] += pixel * plan.getDistance(columns);
    at.lanes = channels;
    Value value = slice(pixel * channels, channels);
    for (KernelStage &stage :
         MutableArrayRef(group.epilogue).drop_front(plan.narrowing)) {
      last = &stage;
      SmallVector<Value> given(stage.op->getNumOperands());
      given[stage.chained->getOperandNumber()] = value;
      value = body.compute(stage.op, at.project(stage.rootLoops), given);
    }
    dest =
        body.store(value, dest, frame.resultMap, at.project(last->rootLoops));
  }
  return dest;
}

Value TileEmitter::emit(Value dest) {
  beginPart({});
  OpOperand *weight = group.root.getDpsInputOperand(plan.weight);
  AffineMap weightMap = group.root.getMatchingIndexingMap(weight);
  // Weights in lanes of their own are the same for all rows of the tile.
  int64_t packedRows = plan.ways == 1 ? 1 : rows;
  taps = frame.getPacked(
      weight->get(), segment, packedRows, [&](ElementsAttr constant) {
        return packTaps(constant, weightMap, plan, segment, packedRows);
      });
  SmallVector<SmallVector<Value>> words = emitHalves();
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
