// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Brings the ranges of a calibration table back to the values they belong to.
#include "quantc/Calibration/CalibrationTable.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_APPLYCALIBRATIONPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

CalibrationAttr getCalibration(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function =
        dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    return function ? function.getArgAttrOfType<CalibrationAttr>(
                          argument.getArgNumber(), kCalibrationAttr)
                    : CalibrationAttr();
  }
  auto result = cast<OpResult>(value);
  auto list = result.getOwner()->getAttrOfType<ArrayAttr>(kCalibrationAttr);
  return list ? dyn_cast<CalibrationAttr>(list[result.getResultNumber()])
              : CalibrationAttr();
}

void setCalibration(Value value, CalibrationAttr calibration) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function =
        cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    function.setArgAttr(argument.getArgNumber(), kCalibrationAttr, calibration);
    return;
  }
  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  MLIRContext *context = op->getContext();
  SmallVector<Attribute> list(op->getNumResults(), UnitAttr::get(context));
  if (auto present = op->getAttrOfType<ArrayAttr>(kCalibrationAttr))
    list.assign(present.begin(), present.end());
  list[result.getResultNumber()] = calibration;
  op->setAttr(kCalibrationAttr, ArrayAttr::get(context, list));
}

/// An error where `table` was measured on another model.
static LogicalResult checkModel(FunctionOpInterface function,
                                const CalibrationTable &table) {
  const CalibrationProvenance &origin = table.provenance;
  if (origin.unfinished)
    return function.emitError()
           << "the calibration table is the checkpoint of a calibration that "
              "did not end";
  if (origin.modelHash.empty())
    return success();
  std::string hash = hashModel(function);
  if (hash == origin.modelHash)
    return success();
  return function.emitError()
         << "the calibration table was measured on another model: '"
         << origin.model << "' with hash " << origin.modelHash
         << "; this model's hash is " << hash;
}

/// Errors for the values that `table` does not know.
static LogicalResult checkComplete(FunctionOpInterface function,
                                   const QuantizationPlan &plan,
                                   const CalibrationTable &table) {
  LogicalResult result = success();
  for (const auto &[value, name] : plan.getValues())
    if (!table.getTensors().contains(name))
      result = emitError(value.getLoc())
               << "the calibration table has no range for tensor '" << name
               << "'";
  // With the hash the table is of this model: what it has more of is what the
  // policy leaves in float.
  if (!table.provenance.modelHash.empty())
    return result;
  llvm::StringSet<llvm::MallocAllocator> known;
  for (const auto &[value, name] : plan.getValues())
    known.insert(name);
  for (const auto &[name, tensor] : table.getTensors())
    if (!known.contains(name))
      result = function.emitError()
               << "the calibration table has a range for tensor '" << name
               << "', which is no tensor of this model";
  return result;
}

/// The range that the policy of `value` asks for.
static FailureOr<ChosenRange> chooseByPolicy(Value value, StringRef name,
                                             const TensorPolicy &policy,
                                             const CalibrationTable &table) {
  const TensorCalibration &tensor = table.getTensors().find(name)->second;
  llvm::Expected<MethodOptions> options = table.getMethodOptions();
  if (!options) {
    llvm::consumeError(options.takeError());
    options = MethodOptions();
  }
  if (!policy.method.empty()) {
    std::optional<CalibrationMethod> method = parseMethod(policy.method);
    if (!method)
      return emitError(value.getLoc())
             << "the policy of tensor '" << name
             << "' asks for the unknown calibration method '" << policy.method
             << "'";
    options->method = *method;
  }
  bool isMeasured = tensor.statistics && tensor.statistics->hasHistogram();
  if (!isMeasured || options->method == CalibrationMethod::MovingAverage)
    return emitError(value.getLoc())
           << "the policy of tensor '" << name << "' asks for the method '"
           << getMethodName(options->method)
           << "', but the calibration table has no statistics for it";
  TensorObserver observer;
  observer.statistics = *tensor.statistics;
  return chooseRange(
      observer, *options,
      {policy.getStorage(), policy.symmetric, policy.hasPowerOfTwoScale()});
}

/// Whether the range that stands in a table is not the one to take.
static bool needsOwnRange(const TensorPolicy &policy,
                          const TensorCalibration &tensor,
                          const CalibrationTable &table) {
  if (!policy.method.empty())
    return true;
  // The average is all that a table has of it, whatever the format is.
  llvm::Expected<MethodOptions> options = table.getMethodOptions();
  if (!options)
    llvm::consumeError(options.takeError());
  else if (options->method == CalibrationMethod::MovingAverage)
    return false;
  RangeFormat usual;
  bool isUsual = policy.getStorage().steps() == usual.storage.steps() &&
                 policy.symmetric == usual.symmetric &&
                 policy.hasPowerOfTwoScale() == usual.powerOfTwo;
  return !isUsual && tensor.statistics && tensor.statistics->hasHistogram();
}

LogicalResult applyCalibration(FunctionOpInterface function,
                               const CalibrationTable &table, StringRef label) {
  function->walk([](ObserveOp observe) {
    observe.replaceAllUsesWith(observe.getInput());
    observe.erase();
  });
  auto plan = QuantizationPlan::build(function);
  if (failed(checkModel(function, table)) ||
      failed(checkComplete(function, plan, table)))
    return failure();
  MLIRContext *context = function.getContext();
  StringAttr tableName =
      label.empty() ? StringAttr() : StringAttr::get(context, label);
  for (const auto &[value, name] : plan.getValues()) {
    const TensorCalibration &tensor = table.getTensors().find(name)->second;
    TensorRange range = tensor.range;
    StringRef method = table.getMethod(tensor);
    TensorPolicy policy = getActivationPolicy(value);
    if (needsOwnRange(policy, tensor, table)) {
      auto chosen = chooseByPolicy(value, name, policy, table);
      if (failed(chosen))
        return failure();
      range = chosen->range;
      method = getMethodName(chosen->method);
    }
    setCalibration(
        value, CalibrationAttr::get(context, method, table.provenance.samples,
                                    range.min, range.max, tableName));
  }
  return success();
}

namespace {

struct ApplyCalibrationPass
    : impl::ApplyCalibrationPassBase<ApplyCalibrationPass> {
  using Base::Base;

  void runOnOperation() override {
    if (table.empty()) {
      getOperation().emitError("expected the path of a calibration table in "
                               "option 'table'");
      return signalPassFailure();
    }
    llvm::Expected<CalibrationTable> read = CalibrationTable::read(table);
    if (!read) {
      getOperation().emitError() << toString(read.takeError());
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() &&
          failed(applyCalibration(function, *read, table)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn
