// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The later form wins where operations of several are mixed: an operation that
// stayed in float is part of every later form.
#include "quantc/Driver/ModelForm.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace quantc {

/// The stage that makes operations like `op`.
static Stage getStageOf(Operation *op) {
  if (isa<linalg::GenericOp>(op))
    return Stage::Lower;
  // Accumulators of integers enter with an imported model, beside its casts.
  if (isa<qnn::QuantizeOp, qnn::DequantizeOp, qnn::FakeQuantizeOp,
          qnn::DynamicQuantizeOp, qnn::DynamicDequantizeOp,
          qnn::IntegerConv2DOp, qnn::IntegerMatMulOp>(op))
    return Stage::Quantize;
  bool isQuantized =
      isa_and_present<qnn::QNNDialect>(op->getDialect()) &&
      !isa<qnn::ObserveOp, qnn::ConstantOp, qnn::FloatLayerNormOp>(op);
  if (isQuantized)
    return Stage::Legalize;
  auto function = dyn_cast<func::FuncOp>(op);
  bool hasRange = op->hasAttr(qnn::kCalibrationAttr);
  for (unsigned i = 0, e = function ? function.getNumArguments() : 0; i < e;
       ++i)
    hasRange |=
        static_cast<bool>(function.getArgAttr(i, qnn::kCalibrationAttr));
  return hasRange ? Stage::Calibrate : Stage::Import;
}

Stage findReachedStage(ModuleOp module) {
  Stage reached = Stage::Import;
  module.walk(
      [&](Operation *op) { reached = std::max(reached, getStageOf(op)); });
  return reached;
}

llvm::StringRef getStageName(Stage stage) {
  constexpr llvm::StringLiteral names[] = {"import",   "prepare",  "calibrate",
                                           "quantize", "legalize", "lower",
                                           "codegen"};
  return names[static_cast<int>(stage)];
}

llvm::StringRef getFormName(Stage stage) {
  constexpr llvm::StringLiteral names[] = {
      "a float graph", "a float graph", "a float graph with ranges",
      "QDQ form",      "qnn form",      "linalg form",
      "LLVM form"};
  return names[static_cast<int>(stage)];
}

} // namespace quantc
