// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A requantize in high words of products (N25) becomes one f32 multiplication
// (N31) where that is proven to give the same integers: for the multipliers by
// the Numerics library, for the accumulators by a bound of the reduction that
// they come from.
#include "quantc/Codegen/Passes.h"

#include "BoundAccumulators.h"
#include "KernelPlan.h"
#include "RawConstant.h"

#include "quantc/Numerics/FloatScale.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using quantc::numerics::FixedPointMultiplier;

namespace quantc::codegen {
#define GEN_PASS_DEF_REQUANTIZEINFLOATPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// 1.5 * 2^23: an f32 number of this size has no fraction, so that adding it
/// rounds to an integer, ties to even, which its low bits then are.
constexpr float kRounder = 12582912.0f;
constexpr int32_t kRounderBits = 0x4B400000;
/// What fits in those bits.
constexpr double kMaxRounded = 4194304.0;

/// A number of the body, one for all channels or one for each.
struct Parameter {
  SmallVector<int64_t> values;
  /// The operand that holds the numbers; null for a single one.
  OpOperand *operand = nullptr;

  int64_t at(size_t channel) const {
    return operand ? values[channel] : values.front();
  }
};

std::optional<Parameter> matchParameter(linalg::GenericOp op, Value value) {
  Parameter parameter;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant))) {
    parameter.values.push_back(constant.getSExtValue());
    return parameter;
  }
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return std::nullopt;
  parameter.operand = op.getDpsInputOperand(argument.getArgNumber());
  std::optional<SmallVector<int64_t>> values =
      readIntegers(parameter.operand->get(), /*isSigned=*/true);
  if (!values)
    return std::nullopt;
  parameter.values = *values;
  return parameter;
}

/// ((high(accumulator << preShift, multiplier) + offset) >> shift), clamped.
struct HighWords {
  Value accumulator;
  int32_t preShift = 0;
  Parameter multiplier, offset, shift;
  arith::ShRSIOp result;
  int64_t low, high;
};

std::optional<HighWords> matchHighWords(linalg::GenericOp op,
                                        arith::ShRSIOp result) {
  auto sum = result.getLhs().getDefiningOp<arith::AddIOp>();
  auto product =
      sum ? sum.getLhs().getDefiningOp<arith::MulSIExtendedOp>() : nullptr;
  if (!product || sum.getLhs() != product.getHigh() ||
      !product.getLow().use_empty() || !result->hasOneUse())
    return std::nullopt;
  auto max = dyn_cast<arith::MaxSIOp>(*result->user_begin());
  auto min = max && max->hasOneUse()
                 ? dyn_cast<arith::MinSIOp>(*max->user_begin())
                 : nullptr;
  APInt low, high;
  if (!min || !matchPattern(max.getRhs(), m_ConstantInt(&low)) ||
      !matchPattern(min.getRhs(), m_ConstantInt(&high)))
    return std::nullopt;
  auto multiplier = matchParameter(op, product.getRhs());
  auto offset = matchParameter(op, sum.getRhs());
  auto shift = matchParameter(op, result.getRhs());
  if (!multiplier || !offset || !shift)
    return std::nullopt;
  HighWords words{
      product.getLhs(), 0,      *multiplier,        *offset,
      *shift,           result, low.getSExtValue(), high.getSExtValue()};
  if (auto shifted = words.accumulator.getDefiningOp<arith::ShLIOp>()) {
    APInt amount;
    if (!matchPattern(shifted.getRhs(), m_ConstantInt(&amount)))
      return std::nullopt;
    words.accumulator = shifted.getLhs();
    words.preShift = static_cast<int32_t>(amount.getZExtValue());
  }
  return words;
}

/// What takes the place of the high words.
struct FloatScales {
  /// For each channel, or one for all.
  SmallVector<float> scales;
  SmallVector<int32_t> zeroPoints;
  /// An operand with the map and the shape of those; null for one for all.
  OpOperand *like = nullptr;
};

/// Scale and zero point of channel `channel`, whose accumulators are in
/// `bound`.
std::optional<std::pair<float, int32_t>>
scaleChannel(const HighWords &words, size_t channel, numerics::Interval bound) {
  auto multiplier = static_cast<int32_t>(words.multiplier.at(channel));
  auto shift = static_cast<int32_t>(words.shift.at(channel));
  int64_t offset = words.offset.at(channel);
  // One integer for every accumulator.
  if (multiplier == 0)
    return std::pair(0.0f, static_cast<int32_t>(offset >> shift));
  if (shift < 1)
    return std::nullopt;
  int64_t rounding = int64_t(1) << (shift - 1);
  int64_t zeroPoint = (offset - rounding) >> shift;
  if (zeroPoint * (int64_t(1) << shift) + rounding != offset)
    return std::nullopt;
  FixedPointMultiplier fixed{multiplier, shift + 32 - words.preShift};
  // What is within the clamp and within reach.
  auto round = [&](int64_t accumulator) {
    return std::llround(static_cast<double>(accumulator) * fixed.toReal());
  };
  numerics::StorageRange results{
      std::max<int64_t>(words.low - zeroPoint, round(bound.min) - 1),
      std::min<int64_t>(words.high - zeroPoint, round(bound.max) + 1)};
  if (results.min < numerics::kScaledRange.min ||
      results.max > numerics::kScaledRange.max)
    return std::nullopt;
  std::optional<float> scale = numerics::findFloatScale(fixed, results);
  auto largest = static_cast<double>(std::max(-bound.min, bound.max));
  if (!scale || largest * *scale >= kMaxRounded)
    return std::nullopt;
  return std::pair(*scale, static_cast<int32_t>(zeroPoint));
}

/// `accumulators` is the operand of `op` that `words` scales.
std::optional<FloatScales> findScales(linalg::GenericOp op,
                                      const HighWords &words,
                                      OpOperand *accumulators) {
  FloatScales found;
  for (const Parameter *parameter :
       {&words.multiplier, &words.offset, &words.shift}) {
    if (!parameter->operand)
      continue;
    if (found.like && op.getMatchingIndexingMap(found.like) !=
                          op.getMatchingIndexingMap(parameter->operand))
      return std::nullopt;
    found.like = parameter->operand;
  }
  Channels channels;
  if (found.like) {
    AffineMap map = op.getMatchingIndexingMap(found.like);
    if (map.getNumResults() == 1)
      channels.dim = op.getMatchingIndexingMap(accumulators)
                         .getResultPosition(map.getResult(0));
    channels.count =
        cast<ShapedType>(found.like->get().getType()).getNumElements();
  }
  auto bounds = boundAccumulators(accumulators->get(), channels);
  if (!bounds)
    return std::nullopt;
  for (auto [channel, bound] : llvm::enumerate(*bounds)) {
    auto scaled = scaleChannel(words, channel, bound);
    if (!scaled)
      return std::nullopt;
    auto [scale, zeroPoint] = *scaled;
    found.scales.push_back(scale);
    found.zeroPoints.push_back(zeroPoint);
  }
  return found;
}

struct RequantizeInFloatPass
    : public impl::RequantizeInFloatPassBase<RequantizeInFloatPass> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isKernel(op) && op.getNumReductionLoops() == 0)
        ops.push_back(op);
    });
    for (linalg::GenericOp op : ops) {
      SmallVector<arith::ShRSIOp> shifts(
          op.getBody()->getOps<arith::ShRSIOp>());
      for (arith::ShRSIOp shift : shifts)
        op = rewrite(op, shift);
    }
  }

private:
  /// `op`, or what took its place.
  linalg::GenericOp rewrite(linalg::GenericOp op, arith::ShRSIOp result) {
    std::optional<HighWords> words = matchHighWords(op, result);
    auto argument =
        words ? dyn_cast<BlockArgument>(words->accumulator) : BlockArgument();
    if (!argument || argument.getArgNumber() >= op.getNumDpsInputs())
      return op;
    std::optional<FloatScales> scales =
        findScales(op, *words, op.getDpsInputOperand(argument.getArgNumber()));
    if (!scales)
      return op;
    OpBuilder builder(op);
    auto makeOperand = [&](auto values, Type element) -> Value {
      using T = typename decltype(values)::value_type;
      auto type = RankedTensorType::get(
          cast<ShapedType>(scales->like->get().getType()).getShape(), element);
      ArrayRef<char> bytes(reinterpret_cast<const char *>(values.data()),
                           values.size() * sizeof(T));
      return arith::ConstantOp::create(builder, op.getLoc(),
                                       makeRawConstant(type, bytes));
    };
    SmallVector<int32_t> subtracted;
    for (int32_t zeroPoint : scales->zeroPoints)
      subtracted.push_back(kRounderBits - zeroPoint);
    SmallVector<Value> added;
    bool oneScale = llvm::all_equal(scales->scales);
    bool oneZeroPoint = llvm::all_equal(subtracted);
    if (!oneScale)
      added.push_back(makeOperand(scales->scales, builder.getF32Type()));
    if (!oneZeroPoint)
      added.push_back(makeOperand(subtracted, builder.getI32Type()));
    linalg::GenericOp extended = addInputs(op, added, scales->like);

    Block *body = extended.getBody();
    Location loc = result.getLoc();
    builder.setInsertionPoint(result);
    unsigned next = extended.getNumDpsInputs() - added.size();
    Value scale =
        oneScale
            ? arith::ConstantOp::create(
                  builder, loc, builder.getF32FloatAttr(scales->scales.front()))
            : Value(body->getArgument(next++));
    Value zero =
        oneZeroPoint
            ? arith::ConstantIntOp::create(builder, loc, subtracted.front(), 32)
            : Value(body->getArgument(next));
    Value number = arith::SIToFPOp::create(builder, loc, builder.getF32Type(),
                                           words->accumulator);
    Value product = arith::MulFOp::create(builder, loc, number, scale);
    Value rounder = arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(kRounder));
    Value rounded = arith::AddFOp::create(builder, loc, product, rounder);
    Value bits =
        arith::BitcastOp::create(builder, loc, builder.getI32Type(), rounded);
    Value scaled = arith::SubIOp::create(builder, loc, bits, zero);
    eraseChain(result, scaled);
    return extended;
  }

  /// `op` with more inputs that are indexed as `like` is.
  static linalg::GenericOp addInputs(linalg::GenericOp op,
                                     ArrayRef<Value> added, OpOperand *like) {
    if (added.empty())
      return op;
    OpBuilder builder(op);
    SmallVector<Value> inputs(op.getDpsInputs());
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    AffineMap map = op.getMatchingIndexingMap(like);
    for (Value value : added) {
      maps.insert(maps.begin() + inputs.size(), map);
      inputs.push_back(value);
    }
    auto extended = linalg::GenericOp::create(
        builder, op.getLoc(), op->getResultTypes(), inputs, op.getDpsInits(),
        maps, op.getIteratorTypesArray());
    extended->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    unsigned position = op.getNumDpsInputs();
    extended.getRegion().takeBody(op.getRegion());
    for (Value value : added)
      extended.getBody()->insertArgument(
          position++, getElementTypeOrSelf(value.getType()), op.getLoc());
    op->replaceAllUsesWith(extended);
    op->erase();
    return extended;
  }

  /// Replaces the end of the chain of high words and erases what is left.
  static void eraseChain(arith::ShRSIOp result, Value replacement) {
    result->replaceAllUsesWith(ValueRange{replacement});
    SmallVector<Operation *> dead{result};
    while (!dead.empty()) {
      Operation *op = dead.pop_back_val();
      SmallVector<Value> operands(op->getOperands());
      op->erase();
      for (Value operand : operands)
        if (Operation *source = operand.getDefiningOp();
            source && source->use_empty() &&
            isa<arith::AddIOp, arith::ShLIOp, arith::MulSIExtendedOp>(source))
          dead.push_back(source);
    }
  }
};

} // namespace
} // namespace quantc::codegen
