// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The formulas N13 to N16 and N25 of docs/Numerics.md as arith operations.
#include "Requantization.h"

#include "IntegerConstant.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using quantc::numerics::FixedPointMultiplier;
using quantc::numerics::HighWordMultiplier;
using quantc::numerics::Interval;
using quantc::qnn::RoundingMode;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Planning
//===----------------------------------------------------------------------===//

llvm::Error checkAccumulator(Interval accumulator, const Twine &what) {
  if (accumulator.fitsInt32())
    return llvm::Error::success();
  return llvm::createStringError(
      what + " can reach [" + Twine(accumulator.min) + ", " +
      Twine(accumulator.max) + "], beyond a 32-bit accumulator");
}

/// Up to here no step of N15 leaves 64 bits.
static constexpr int64_t kLargestWideAccumulator = int64_t(1) << 61;

/// M in double: the products are exact, the division rounds once.
static double getRealMultiplier(const AccumulatorScale &scale) {
  return double(scale.input) * double(scale.weight) /
         (double(scale.output) * static_cast<double>(scale.count));
}

/// M in f32, in the order of N16.
static float getFloatMultiplier(const AccumulatorScale &scale) {
  return numerics::floatMultiplier(scale.input, scale.weight,
                                   scale.output *
                                       static_cast<float>(scale.count));
}

static llvm::Expected<RequantizeSpec>
addMultipliers(RequantizeSpec spec, ArrayRef<AccumulatorScale> scales) {
  for (auto [channel, scale] : llvm::enumerate(scales)) {
    if (spec.rounding == RoundingMode::FloatEven) {
      float multiplier = getFloatMultiplier(scale);
      if (!(multiplier > 0.0f) || !std::isfinite(multiplier))
        return llvm::createStringError(
            "channel " + Twine(channel) +
            ": the scales have no f32 multiplier that is positive and finite");
      spec.floatMultipliers.push_back(multiplier);
      continue;
    }
    llvm::Expected<FixedPointMultiplier> multiplier =
        numerics::computeMultiplier(getRealMultiplier(scale));
    if (!multiplier)
      return llvm::createStringError("channel " + Twine(channel) + ": " +
                                     llvm::toString(multiplier.takeError()));
    spec.multipliers.push_back(*multiplier);
  }
  return spec;
}

/// Chooses how accumulators beyond 32 bits are requantized.
static llvm::Expected<RequantizeSpec> planWide(RequantizeSpec spec,
                                               numerics::StorageRange stored) {
  numerics::Rounding rounding = spec.rounding == RoundingMode::Single
                                    ? numerics::Rounding::Single
                                    : numerics::Rounding::Double;
  auto saturates = [&](FixedPointMultiplier m) {
    return numerics::saturatesBeyondInt32(m, rounding, spec.zeroPoint, stored);
  };
  if (llvm::all_of(spec.multipliers, saturates)) {
    using Limits = std::numeric_limits<int32_t>;
    spec.saturates = true;
    spec.accumulator = {std::max<int64_t>(spec.accumulator.min, Limits::min()),
                        std::min<int64_t>(spec.accumulator.max, Limits::max())};
    return spec;
  }
  bool fits = spec.accumulator.min > -kLargestWideAccumulator &&
              spec.accumulator.max < kLargestWideAccumulator;
  if (!fits || llvm::any_of(spec.multipliers, [](FixedPointMultiplier m) {
        return m.shift < 32;
      }))
    return llvm::createStringError(
        "the accumulator can reach [" + Twine(spec.accumulator.min) + ", " +
        Twine(spec.accumulator.max) +
        "], beyond 32 bits, and the scales of its channels are too different "
        "for 64 bits");
  return spec;
}

llvm::Expected<RequantizeSpec>
planRequantize(RoundingMode rounding, ArrayRef<AccumulatorScale> scales,
               Interval accumulator, quant::QuantizedType result,
               std::optional<ArrayRef<int32_t>> clamp) {
  RequantizeSpec spec;
  spec.rounding = rounding;
  spec.accumulator = accumulator;
  spec.zeroPoint = qnn::getZeroPoint(result, 0);
  spec.range = qnn::getStorageRange(result);
  // The verifier has checked that the clamp lies in the storage range.
  if (clamp)
    spec.range = {(*clamp)[0], (*clamp)[1]};
  spec.isWide = !accumulator.fitsInt32();
  llvm::Expected<RequantizeSpec> complete =
      addMultipliers(std::move(spec), scales);
  if (!complete || !complete->isWide || rounding == RoundingMode::FloatEven)
    return complete;
  return planWide(std::move(*complete), qnn::getStorageRange(result));
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

/// What may differ between the channels of a HighWordScaling.
static constexpr int32_t HighWordMultiplier::*kHighWordMembers[] = {
    &HighWordMultiplier::multiplier, &HighWordMultiplier::offset,
    &HighWordMultiplier::shift};

/// Whether |acc * m + rounding| < 2^62 for every accumulator: then the sum
/// shifted by 31 lies in i32.
static bool fitsAfterShift31(const RequantizeSpec &spec) {
  auto magnitude = static_cast<uint64_t>(
      std::max(std::abs(spec.accumulator.min), std::abs(spec.accumulator.max)));
  uint64_t doubleTerm = spec.rounding == RoundingMode::Double ? 1u << 30 : 0;
  return llvm::all_of(spec.multipliers, [&](FixedPointMultiplier m) {
    // magnitude <= 2^31, so no term here comes near 2^64.
    uint64_t reach = magnitude * static_cast<uint64_t>(m.multiplier) +
                     (uint64_t(1) << (m.shift - 1)) + doubleTerm;
    return m.shift >= 31 && reach < uint64_t(1) << 62;
  });
}

RequantizeEmitter::RequantizeEmitter(const RequantizeSpec &spec) : spec(spec) {
  if (isFloat()) {
    uniformMultiplier = llvm::all_equal(spec.floatMultipliers);
    return;
  }
  bool keepsWide = spec.isWide && !spec.saturates;
  if (spec.rounding == RoundingMode::Single && !keepsWide)
    highWord = numerics::computeHighWordScaling(
        spec.multipliers, spec.accumulator, spec.zeroPoint);
  minShift = maxShift = spec.multipliers.front().shift;
  for (FixedPointMultiplier m : spec.multipliers) {
    uniformMultiplier &= m.multiplier == spec.multipliers.front().multiplier;
    minShift = std::min(minShift, m.shift);
    maxShift = std::max(maxShift, m.shift);
  }
  uniformShift = minShift == maxShift;
  isNarrow = !keepsWide && fitsAfterShift31(spec);
}

/// One constant tensor for each member of a channel that differs between
/// channels, in the order of emitHighWord.
static SmallVector<Value>
createHighWordParameters(OpBuilder &builder, Location loc,
                         ArrayRef<int64_t> shape,
                         ArrayRef<HighWordMultiplier> channels) {
  SmallVector<Value> parameters;
  for (auto member : kHighWordMembers) {
    std::vector<int32_t> values;
    for (const HighWordMultiplier &channel : channels)
      values.push_back(channel.*member);
    if (!llvm::all_equal(values))
      parameters.push_back(
          createIntegerConstant(builder, loc, shape, std::move(values)));
  }
  return parameters;
}

SmallVector<Value>
RequantizeEmitter::createParameters(OpBuilder &builder, Location loc,
                                    ArrayRef<int64_t> channels) const {
  SmallVector<Value> parameters;
  if (isFloat()) {
    if (!uniformMultiplier) {
      auto type = RankedTensorType::get(channels, builder.getF32Type());
      parameters.push_back(arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(type,
                                 ArrayRef<float>(spec.floatMultipliers))));
    }
    return parameters;
  }
  if (highWord)
    return createHighWordParameters(builder, loc, channels, highWord->channels);
  std::vector<int32_t> multipliers, shifts;
  for (FixedPointMultiplier m : spec.multipliers) {
    multipliers.push_back(m.multiplier);
    shifts.push_back(m.shift - getShiftBase());
  }
  if (!uniformMultiplier)
    parameters.push_back(
        createIntegerConstant(builder, loc, channels, std::move(multipliers)));
  if (!uniformShift)
    parameters.push_back(
        createIntegerConstant(builder, loc, channels, std::move(shifts)));
  return parameters;
}

/// 2^(shift-1), and the sign-dependent term of the rounding `double` where the
/// shift exceeds 31. `shift` is the parameter, less 31 in the narrow form, or
/// null where it is the same for all channels.
Value RequantizeEmitter::emitRoundingTerm(OpBuilder &builder, Location loc,
                                          Value accumulator,
                                          Value shift) const {
  Value half;
  if (!shift) {
    half = createInteger(builder, loc, 64, int64_t(1) << (maxShift - 1));
  } else {
    Value wide = extendStored(builder, loc, shift, /*isSigned=*/false, 64);
    // Both forms shift by a non-negative number: every shift is at least 2.
    Value one = createInteger(builder, loc, 64,
                              isNarrow ? int64_t(1) << 30 : int64_t(1));
    if (!isNarrow)
      wide = arith::SubIOp::create(builder, loc, wide,
                                   createInteger(builder, loc, 64, 1));
    half = arith::ShLIOp::create(builder, loc, one, wide);
  }
  if (spec.rounding != RoundingMode::Double || maxShift <= 31)
    return half;
  Value isNotNegative =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge,
                            accumulator, createInteger(builder, loc, 32, 0));
  Value term = arith::SelectOp::create(
      builder, loc, isNotNegative,
      createInteger(builder, loc, 64, int64_t(1) << 30),
      createInteger(builder, loc, 64, -(int64_t(1) << 30)));
  if (minShift <= 31) {
    Value hasTerm = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::sgt, shift,
        createInteger(builder, loc, 32, isNarrow ? 0 : 31));
    term = arith::SelectOp::create(builder, loc, hasTerm, term,
                                   createInteger(builder, loc, 64, 0));
  }
  return arith::AddIOp::create(builder, loc, half, term);
}

/// (acc * m + rounding) >> shift, as i32 in the narrow form and as i64 else.
/// Narrow: floor(v / 2^shift) = floor(floor(v / 2^31) / 2^(shift - 31)), and
/// the inner quotient fits i32, so a logical shift and a truncation give it.
Value RequantizeEmitter::emitFixedPoint(OpBuilder &builder, Location loc,
                                        Value accumulator,
                                        ValueRange parameters) const {
  Value shift = uniformShift ? Value() : parameters.back();
  Value wide = extendStored(builder, loc, accumulator, /*isSigned=*/true, 64);
  Value product = multiply(builder, loc, wide, parameters);
  Value sum =
      arith::AddIOp::create(builder, loc, product,
                            emitRoundingTerm(builder, loc, accumulator, shift));
  if (!isNarrow) {
    Value amount = shift ? extendStored(builder, loc, shift, false, 64)
                         : createInteger(builder, loc, 64, maxShift);
    return arith::ShRSIOp::create(builder, loc, sum, amount);
  }
  Value high = arith::ShRUIOp::create(builder, loc, sum,
                                      createInteger(builder, loc, 64, 31));
  Value narrow = truncateTo(builder, loc, high, builder.getI32Type());
  if (!shift && maxShift == 31)
    return narrow;
  Value amount = shift ? shift : createInteger(builder, loc, 32, maxShift - 31);
  return arith::ShRSIOp::create(builder, loc, narrow, amount);
}

/// Scales that are powers of two leave nothing to multiply but 2^30.
Value RequantizeEmitter::multiply(OpBuilder &builder, Location loc, Value value,
                                  ValueRange parameters) const {
  int32_t first = spec.multipliers.front().multiplier;
  if (uniformMultiplier && first == FixedPointMultiplier::kMinMultiplier)
    return arith::ShLIOp::create(builder, loc, value,
                                 createInteger(builder, loc, 64, 30));
  Value multiplier = uniformMultiplier
                         ? createInteger(builder, loc, 64, first)
                         : extendStored(builder, loc, parameters.front(),
                                        /*isSigned=*/true, 64);
  return arith::MulIOp::create(builder, loc, value, multiplier);
}

/// The high and the low part of the accumulator are multiplied on their own:
/// acc = h * 2^31 + l. All terms but l * m are multiples of 2^31 before the
/// shift, so l * m may lose its low bits first.
Value RequantizeEmitter::emitWide(OpBuilder &builder, Location loc,
                                  Value accumulator,
                                  ValueRange parameters) const {
  auto constant = [&](int64_t value) {
    return createInteger(builder, loc, 64, value);
  };
  Value high = arith::ShRSIOp::create(builder, loc, accumulator, constant(31));
  Value low = arith::AndIOp::create(builder, loc, accumulator,
                                    constant((int64_t(1) << 31) - 1));
  Value lowProduct = multiply(builder, loc, low, parameters);
  if (spec.rounding == RoundingMode::Double) {
    Value isNotNegative = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::sge, accumulator, constant(0));
    Value away = arith::SelectOp::create(builder, loc, isNotNegative,
                                         constant(int64_t(1) << 30),
                                         constant(-(int64_t(1) << 30)));
    lowProduct = arith::AddIOp::create(builder, loc, lowProduct, away);
  }
  Value carry = arith::ShRSIOp::create(builder, loc, lowProduct, constant(31));
  Value sum = arith::AddIOp::create(
      builder, loc, multiply(builder, loc, high, parameters), carry);
  // The shift that is left is at least 1.
  Value shift = uniformShift ? constant(maxShift - getShiftBase())
                             : extendStored(builder, loc, parameters.back(),
                                            /*isSigned=*/false, 64);
  Value half = arith::ShLIOp::create(
      builder, loc, constant(1),
      arith::SubIOp::create(builder, loc, shift, constant(1)));
  sum = arith::AddIOp::create(builder, loc, sum, half);
  return arith::ShRSIOp::create(builder, loc, sum, shift);
}

/// N25, with the zero point.
Value RequantizeEmitter::emitHighWord(OpBuilder &builder, Location loc,
                                      Value accumulator,
                                      ValueRange parameters) const {
  ArrayRef<HighWordMultiplier> channels = highWord->channels;
  SmallVector<Value> members;
  for (auto member : kHighWordMembers) {
    bool uniform = llvm::all_of(channels, [&](const HighWordMultiplier &c) {
      return c.*member == channels.front().*member;
    });
    if (uniform) {
      members.push_back(
          createInteger(builder, loc, 32, channels.front().*member));
      continue;
    }
    members.push_back(parameters.front());
    parameters = parameters.drop_front();
  }
  auto shift = [&](int32_t left) -> Value {
    if (left == 0)
      return accumulator;
    Value amount = createInteger(builder, loc, 32, std::abs(left));
    if (left > 0)
      return arith::ShLIOp::create(builder, loc, accumulator, amount);
    return arith::ShRSIOp::create(builder, loc, accumulator, amount);
  };
  // Scales that are powers of two leave nothing to multiply: 2^30 / 2^32.
  bool isPower = llvm::all_of(channels, [](const HighWordMultiplier &c) {
    return c.multiplier == FixedPointMultiplier::kMinMultiplier;
  });
  Value high = isPower
                   ? shift(highWord->preShift - 2)
                   : arith::MulSIExtendedOp::create(
                         builder, loc, shift(highWord->preShift), members[0])
                         .getHigh();
  Value sum = arith::AddIOp::create(builder, loc, high, members[1]);
  return arith::ShRSIOp::create(builder, loc, sum, members[2]);
}

/// The product is clamped as a float, to integers, so that rounding it and
/// converting it are exact and stay in i32.
Value RequantizeEmitter::emitFloatEven(OpBuilder &builder, Location loc,
                                       Value accumulator,
                                       ValueRange parameters) const {
  FloatType f32 = builder.getF32Type();
  auto constant = [&](double value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getFloatAttr(f32, value));
  };
  Value real = arith::SIToFPOp::create(builder, loc, f32, accumulator);
  Value multiplier = uniformMultiplier ? constant(spec.floatMultipliers.front())
                                       : parameters.front();
  Value scaled = arith::MulFOp::create(builder, loc, real, multiplier);
  Value low = constant(spec.range.min - spec.zeroPoint);
  Value high = constant(spec.range.max - spec.zeroPoint);
  Value isLess = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT,
                                       scaled, low);
  Value raised = arith::SelectOp::create(builder, loc, isLess, low, scaled);
  Value isMore = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT,
                                       raised, high);
  Value clamped = arith::SelectOp::create(builder, loc, isMore, high, raised);
  Value rounded = math::RoundEvenOp::create(builder, loc, clamped);
  return arith::FPToSIOp::create(builder, loc, builder.getI32Type(), rounded);
}

Value RequantizeEmitter::emit(OpBuilder &builder, Location loc,
                              Value accumulator, ValueRange parameters,
                              Type resultType) const {
  assert(accumulator.getType().isInteger(spec.isWide ? 64 : 32) &&
         "an accumulator as wide as the spec says");
  if (spec.saturates) {
    using Limits = std::numeric_limits<int32_t>;
    accumulator = truncateTo(
        builder, loc,
        clampSigned(builder, loc, accumulator, Limits::min(), Limits::max()),
        builder.getI32Type());
  }
  if (highWord) {
    Value shifted = emitHighWord(builder, loc, accumulator, parameters);
    Value clamped =
        clampSigned(builder, loc, shifted, spec.range.min, spec.range.max);
    return truncateTo(builder, loc, clamped, resultType);
  }
  Value scaled;
  if (isFloat())
    scaled = emitFloatEven(builder, loc, accumulator, parameters);
  else if (spec.isWide && !spec.saturates)
    scaled = emitWide(builder, loc, accumulator, parameters);
  else
    scaled = emitFixedPoint(builder, loc, accumulator, parameters);
  // Clamping around zero first keeps the sum with the zero point in range.
  if (!isFloat())
    scaled = clampSigned(builder, loc, scaled, spec.range.min - spec.zeroPoint,
                         spec.range.max - spec.zeroPoint);
  scaled = truncateTo(builder, loc, scaled, builder.getI32Type());
  if (spec.zeroPoint != 0)
    scaled = arith::AddIOp::create(
        builder, loc, scaled, createInteger(builder, loc, 32, spec.zeroPoint));
  return truncateTo(builder, loc, scaled, resultType);
}

Value RequantizeEmitter::createOp(OpBuilder &builder, Location loc,
                                  Value accumulator,
                                  RankedTensorType resultType,
                                  AffineMap channelMap,
                                  ArrayRef<int64_t> channels) const {
  SmallVector<Value> inputs{accumulator};
  llvm::append_range(inputs, createParameters(builder, loc, channels));
  SmallVector<AffineMap> maps(inputs.size(), channelMap);
  maps.front() = builder.getMultiDimIdentityMap(resultType.getRank());
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    return emit(nested, nestedLoc, args.front(), args.drop_front(),
                resultType.getElementType());
  };
  return createElementwise(builder, loc, resultType, inputs, maps, body)
      .getResult(0);
}

} // namespace quantc::conversion
