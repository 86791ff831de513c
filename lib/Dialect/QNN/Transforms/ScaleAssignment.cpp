// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values tied by operations that keep the scale form groups; a group has one
// type, from the union of its ranges and the widest of its policies: no number
// is stored in less than what somebody asked for it, and moving it costs no
// requantize. A value with a fixed type (softmax) gives
// it to its group only where nothing else feeds the group; otherwise it keeps
// its own type and is requantized on the way in.
#include "ScaleAssignment.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Numerics/QuantParams.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;
using mlir::quant::UniformQuantizedType;

namespace quantc::qnn {

using Groups = llvm::EquivalenceClasses<Value>;

static UniformQuantizedType makeType(MLIRContext *context,
                                     const TensorPolicy &policy, double scale,
                                     int64_t zeroPoint) {
  numerics::StorageRange storage = policy.getStorage();
  return UniformQuantizedType::get(
      policy.isSigned ? quant::QuantizationFlags::Signed : 0,
      IntegerType::get(context, policy.bits), Float32Type::get(context), scale,
      zeroPoint, storage.min, storage.max);
}

UniformQuantizedType
ScaleAssignment::getActivationType(Location loc, double min, double max,
                                   const TensorPolicy &policy) {
  if (policy.bits < 4 || policy.granularity != Granularity::Tensor) {
    emitError(loc) << "a value cannot be quantized as "
                   << policy.getAttr(loc.getContext())
                   << "; expected at least 4 bits and one scale";
    return {};
  }
  bool powerOfTwo = policy.hasPowerOfTwoScale();
  llvm::Expected<numerics::QuantParams> params =
      policy.symmetric
          ? numerics::chooseSymmetric(std::max(std::abs(min), std::abs(max)),
                                      policy.getStorage(), powerOfTwo)
          : numerics::chooseAsymmetric(min, max, policy.getStorage(),
                                       powerOfTwo);
  if (!params) {
    emitError(loc) << toString(params.takeError());
    return {};
  }
  return makeType(loc.getContext(), policy, params->scale, params->zeroPoint);
}

static std::optional<FixedQuantization> getFixed(Value value) {
  auto producer = value.getDefiningOp<QuantizableOpInterface>();
  return producer ? producer.getFixedResult() : std::nullopt;
}

/// The parameters of a fixed result are those of 8 bits in full range. Wider or
/// narrower storage divides the same interval into as many steps as it has
/// numbers, and symmetric storage has half of them on its side: a scale that is
/// a power of two stays one.
static UniformQuantizedType makeFixedType(Value value,
                                          const TensorPolicy &policy) {
  FixedQuantization fixed = *getFixed(value);
  if (policy.bits == 8 && !policy.symmetric && !policy.narrow)
    return makeType(value.getContext(), policy, fixed.scale,
                    policy.getStorage().min + fixed.zeroPointOffset);
  numerics::StorageRange storage = policy.getStorage();
  int bits = static_cast<int>(policy.bits) - (policy.symmetric ? 1 : 0);
  double scale = std::ldexp(fixed.scale, 8 - bits);
  int64_t offset = fixed.zeroPointOffset * (int64_t(1) << bits) / 256;
  int64_t zeroPoint = policy.symmetric ? storage.max - storage.steps() / 2
                                       : storage.saturate(storage.min + offset);
  return makeType(value.getContext(), policy, scale, zeroPoint);
}

/// The policy that the `members` of a group share: the widest. Of equally wide
/// ones, one that was chosen goes before the default, an earlier before a
/// later.
static TensorPolicy getGroupPolicy(ArrayRef<Value> members) {
  Value widest = members.front();
  auto getRank = [](Value value) {
    return std::pair(getActivationPolicy(value).bits,
                     hasActivationPolicy(value));
  };
  for (Value member : members.drop_front())
    if (getRank(member) > getRank(widest))
      widest = member;
  return getActivationPolicy(widest);
}

/// Ties the operands and results of the operations that keep the scale.
static Groups buildGroups(const QuantizationPlan &plan) {
  Groups groups;
  for (const auto &[value, name] : plan.getValues())
    groups.insert(value);
  for (const auto &[value, name] : plan.getValues()) {
    auto producer = value.getDefiningOp<QuantizableOpInterface>();
    if (!producer || !producer.hasSameScale() || plan.staysFloat(producer))
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
  DenseMap<Value, unsigned> order;
  for (const auto &[value, name] : plan.getValues())
    order.try_emplace(value, order.size());
  ScaleAssignment assignment;
  bool complete = true;
  for (const auto &[value, name] : plan.getValues()) {
    if (groups.getLeaderValue(value) != value)
      continue;
    SmallVector<Value> members(groups.findLeader(value), groups.member_end());
    llvm::sort(members, [&](Value a, Value b) {
      return order.lookup(a) < order.lookup(b);
    });
    TensorPolicy policy = getGroupPolicy(members);
    UniformQuantizedType type;
    if (Value pinned = getPinnedSource(members)) {
      type = makeFixedType(pinned, policy);
    } else {
      FailureOr<RealRange> range = getUnionRange(members, plan);
      if (succeeded(range))
        type =
            getActivationType(value.getLoc(), range->min, range->max, policy);
    }
    complete &= static_cast<bool>(type);
    for (Value member : members)
      assignment.types[member] =
          getFixed(member) ? makeFixedType(member, policy) : type;
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
