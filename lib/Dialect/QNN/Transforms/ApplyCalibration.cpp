// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Brings the ranges of a calibration table back to the values they belong to.
#include "quantc/Calibration/CalibrationTable.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

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

/// Errors for the values that `table` does not know.
static LogicalResult checkComplete(FunctionOpInterface function,
                                   const QuantizationPlan &plan,
                                   const CalibrationTable &table) {
  LogicalResult result = success();
  for (const auto &[value, name] : plan.getValues())
    if (!table.getRanges().contains(name))
      result = emitError(value.getLoc())
               << "the calibration table has no range for tensor '" << name
               << "'";
  llvm::StringSet<llvm::MallocAllocator> known;
  for (const auto &[value, name] : plan.getValues())
    known.insert(name);
  for (const auto &[name, range] : table.getRanges())
    if (!known.contains(name))
      result = function.emitError()
               << "the calibration table has a range for tensor '" << name
               << "', which is no tensor of this model";
  return result;
}

LogicalResult applyCalibration(FunctionOpInterface function,
                               const CalibrationTable &table, StringRef label) {
  function->walk([](ObserveOp observe) {
    observe.replaceAllUsesWith(observe.getInput());
    observe.erase();
  });
  auto plan = QuantizationPlan::build(function);
  if (failed(checkComplete(function, plan, table)))
    return failure();
  MLIRContext *context = function.getContext();
  StringAttr tableName =
      label.empty() ? StringAttr() : StringAttr::get(context, label);
  for (const auto &[value, name] : plan.getValues()) {
    TensorRange range = table.getRanges().find(name)->second;
    setCalibration(value,
                   CalibrationAttr::get(context, table.provenance.method,
                                        table.provenance.samples, range.min,
                                        range.max, tableName));
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
