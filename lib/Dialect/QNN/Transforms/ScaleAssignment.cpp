// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values tied by operations that keep the scale form groups; a group has one
// type, from the union of its ranges. A value with a fixed type (softmax) gives
// it to its group only where nothing else feeds the group; otherwise it keeps
// its own type and is requantized on the way in.
#include "ScaleAssignment.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Numerics/QuantParams.h"

#include <algorithm>
#include <limits>

using namespace mlir;
using mlir::quant::UniformQuantizedType;

namespace quantc::qnn {

using Groups = llvm::EquivalenceClasses<Value>;

/// Signed, over the whole of 8 bits; a later stage stores activations as the
/// target wants them.
static constexpr numerics::StorageRange kStorage{-128, 127};

static UniformQuantizedType makeType(MLIRContext *context, double scale,
                                     int64_t zeroPoint) {
  return UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, 8),
      Float32Type::get(context), scale, zeroPoint, kStorage.min, kStorage.max);
}

UniformQuantizedType
ScaleAssignment::getActivationType(Location loc, double min, double max) {
  llvm::Expected<numerics::QuantParams> params =
      numerics::chooseAsymmetric(min, max, kStorage);
  if (!params) {
    emitError(loc) << toString(params.takeError());
    return {};
  }
  return makeType(loc.getContext(), params->scale, params->zeroPoint);
}

static std::optional<FixedQuantization> getFixed(Value value) {
  auto producer = value.getDefiningOp<QuantizableOpInterface>();
  return producer ? producer.getFixedResult() : std::nullopt;
}

static UniformQuantizedType makeFixedType(Value value) {
  FixedQuantization fixed = *getFixed(value);
  return makeType(value.getContext(), fixed.scale,
                  kStorage.min + fixed.zeroPointOffset);
}

/// Ties the operands and results of the operations that keep the scale.
static Groups buildGroups(const QuantizationPlan &plan) {
  Groups groups;
  for (const auto &[value, name] : plan.getValues())
    groups.insert(value);
  for (const auto &[value, name] : plan.getValues()) {
    auto producer = value.getDefiningOp<QuantizableOpInterface>();
    if (!producer || !producer.hasSameScale())
      continue;
    for (OpOperand &operand : producer->getOpOperands())
      if (producer.getOperandRole(operand.getOperandNumber()) ==
              OperandRole::Activation &&
          plan.contains(operand.get()))
        groups.unionSets(value, operand.get());
  }
  return groups;
}

/// Whether `value` only receives stored integers from its own group.
static bool isMoved(Value value) {
  auto producer = value.getDefiningOp<QuantizableOpInterface>();
  return producer && producer.hasSameScale();
}

/// The only value of a fixed type in `members` if all others are moved from it.
static Value getPinnedSource(ArrayRef<Value> members) {
  Value pinned;
  for (Value member : members) {
    if (getFixed(member)) {
      if (pinned)
        return {};
      pinned = member;
    } else if (!isMoved(member)) {
      return {};
    }
  }
  return pinned;
}

/// The union of the ranges of `members`; an error for each that has none.
static FailureOr<RealRange> getUnionRange(ArrayRef<Value> members,
                                          const QuantizationPlan &plan) {
  RealRange range{std::numeric_limits<double>::infinity(),
                  -std::numeric_limits<double>::infinity()};
  bool complete = true;
  for (Value member : members) {
    CalibrationAttr calibration = getCalibration(member);
    if (!calibration) {
      emitError(member.getLoc())
          << "tensor '" << plan.getValues().find(member)->second
          << "' has no calibrated range; expected a '" << kCalibrationAttr
          << "' attribute";
      complete = false;
      continue;
    }
    range.min = std::min(range.min, calibration.getLeast());
    range.max = std::max(range.max, calibration.getGreatest());
  }
  if (!complete)
    return failure();
  return range;
}

FailureOr<ScaleAssignment>
ScaleAssignment::build(const QuantizationPlan &plan) {
  Groups groups = buildGroups(plan);
  ScaleAssignment assignment;
  bool complete = true;
  for (const auto &[value, name] : plan.getValues()) {
    if (groups.getLeaderValue(value) != value)
      continue;
    SmallVector<Value> members(groups.findLeader(value), groups.member_end());
    UniformQuantizedType type;
    if (Value pinned = getPinnedSource(members)) {
      type = makeFixedType(pinned);
    } else {
      FailureOr<RealRange> range = getUnionRange(members, plan);
      if (succeeded(range))
        type = getActivationType(value.getLoc(), range->min, range->max);
    }
    complete &= static_cast<bool>(type);
    for (Value member : members)
      assignment.types[member] =
          getFixed(member) ? makeFixedType(member) : type;
  }
  if (!complete)
    return failure();
  return assignment;
}

UniformQuantizedType ScaleAssignment::getOperandType(QuantizableOpInterface op,
                                                     Value value) const {
  if (op.hasSameScale())
    if (UniformQuantizedType type = getType(op->getResult(0)))
      return type;
  return getType(value);
}

} // namespace quantc::qnn
