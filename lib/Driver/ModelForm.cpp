// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The later form wins where operations of several are mixed: an operation that
// stayed in float is part of every later form.
#include "quantc/Driver/ModelForm.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace quantc {

/// Whether `op` gives and takes nothing but f32 tensors.
static bool isOnFloats(Operation *op) {
  auto isFloat = [](Type type) { return getElementTypeOrSelf(type).isF32(); };
  return llvm::all_of(op->getOperandTypes(), isFloat) &&
         llvm::all_of(op->getResultTypes(), isFloat);
}

/// The stage that makes operations like `op`. A frontend's own linalg is a
/// float graph: none that a stage left goes without the model's name.
static Stage getStageOf(Operation *op, bool isForeign) {
  if (isa_and_present<LLVM::LLVMDialect>(op->getDialect()))
    return Stage::Codegen;
  if (isa<linalg::GenericOp>(op))
    return isForeign && isOnFloats(op) ? Stage::Import : Stage::Lower;
  // Accumulators of integers enter with an imported model, beside its casts.
  if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp, qnn::QuantizeOp,
          qnn::DequantizeOp, qnn::FakeQuantizeOp, qnn::DynamicQuantizeOp,
          qnn::DynamicDequantizeOp, qnn::IntegerConv2DOp, qnn::IntegerMatMulOp>(
          op))
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
  bool isForeign = !module->hasAttr(qnn::kModelNameAttr);
  module.walk([&](Operation *op) {
    reached = std::max(reached, getStageOf(op, isForeign));
  });
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
