// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the form that the import and prepare stages hand on. The labels F1 to
// F5 are those of the pass description. Nothing is changed, and every offender
// is reported before the pass fails.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_VERIFYFLOATGRAPHPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool isStaticTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape();
}

bool isFloatGraphType(Type type) {
  return isStaticTensor(type) && getElementTypeOrSelf(type).isF32();
}

/// The casts and accumulators with which an imported model comes.
bool isStorageOp(Operation *op) {
  return isa<QuantizeOp, DequantizeOp, FakeQuantizeOp, ConstantOp,
             DynamicQuantizeOp, DynamicDequantizeOp, IntegerConv2DOp,
             IntegerDepthwiseConv2DOp, IntegerMatMulOp, quant::StorageCastOp>(
      op);
}

/// F5. Integers that only casts, accumulators and operations that move them
/// give or take.
bool isStorageType(Type type) {
  if (!isStaticTensor(type))
    return false;
  Type element = getElementTypeOrSelf(type);
  return isQuantizedElementType(element) || element.isInteger(8) ||
         element.isInteger(16) || element.isInteger(32);
}

bool isStorageValue(Value value);

/// Whether `op` moves stored integers.
bool movesStorage(Operation *op) {
  return isa<tosa::ReshapeOp, tosa::TransposeOp, tosa::SliceOp, tosa::ConcatOp>(
             op) &&
         llvm::any_of(op->getOperands(), isStorageValue);
}

/// F5.
bool isStorageValue(Value value) {
  if (!isStorageType(value.getType()))
    return false;
  if (Operation *op = value.getDefiningOp())
    return isStorageOp(op) || movesStorage(op);
  return isQuantizedElementType(getElementTypeOrSelf(value)) ||
         llvm::any_of(value.getUsers(), isStorageOp);
}

/// F3.
bool isAllowedOp(Operation *op) {
  if (isa<func::ReturnOp, arith::ConstantOp, ObserveOp, FloatLayerNormOp>(op) ||
      isStorageOp(op))
    return true;
  // Softmax is a named operation too, but no linalg::LinalgOp.
  if (isa_and_present<linalg::LinalgDialect>(op->getDialect()))
    return !isa<linalg::GenericOp>(op);
  if (isa_and_present<tensor::TensorDialect>(op->getDialect()))
    return true;
  return isa_and_present<tosa::TosaDialect>(op->getDialect()) &&
         !isa<tosa::IfOp, tosa::WhileOp, tosa::CustomOp, tosa::VariableOp,
              tosa::VariableReadOp, tosa::VariableWriteOp>(op);
}

/// F4.
bool isAllowedResult(Operation *op, Value result) {
  Type type = result.getType();
  if (isa<tosa::shapeType>(type) || isFloatGraphType(type) ||
      isStorageValue(result))
    return true;
  // What a constant holds is its user's concern: mul's shift is an i8.
  bool isConstant = op->hasTrait<OpTrait::ConstantLike>();
  bool isCondition = isStaticTensor(type) &&
                     getElementTypeOrSelf(type).isInteger(1) &&
                     isa_and_present<tosa::TosaDialect>(op->getDialect());
  return isConstant || isCondition;
}

LogicalResult verifyOp(Operation *op) {
  if (!isAllowedOp(op))
    return op->emitError() << "'" << op->getName()
                           << "' is not part of the float graph; expected an "
                              "operation of tosa (without control flow), named "
                              "linalg, tensor, arith.constant, qnn.observe, "
                              "qnn.float_layer_norm or a cast of qnn";
  LogicalResult result = success();
  for (Value value : op->getResults())
    if (!isAllowedResult(op, value))
      result = op->emitError()
               << "result of '" << op->getName() << "' has type "
               << value.getType() << "; expected an f32 tensor of static shape";
  return result;
}

/// F2 of the function, then F3 and F4 of its operations.
LogicalResult verifyFunction(func::FuncOp function) {
  LogicalResult result = success();
  auto verifyValues = [&](ValueRange values, StringRef what) {
    for (auto [index, value] : llvm::enumerate(values))
      if (!isFloatGraphType(value.getType()) && !isStorageValue(value))
        result = function.emitError()
                 << what << " " << index << " of '" << function.getSymName()
                 << "' has type " << value.getType()
                 << "; expected an f32 tensor of static shape";
  };
  verifyValues(function.getArguments(), "argument");
  if (function.getBody().hasOneBlock())
    verifyValues(function.getBody().front().getTerminator()->getOperands(),
                 "result");

  function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (failed(verifyOp(op)))
      result = failure();
    // The regions of a named operation are its definition, not the graph.
    return op->getNumRegions() ? WalkResult::skip() : WalkResult::advance();
  });
  return result;
}

/// F1: finds the one function that is the model in `model` and reports what
/// else the module has.
LogicalResult findModelFunction(ModuleOp module, func::FuncOp &model) {
  LogicalResult result = success();
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function || function.isDeclaration() || !function.isPublic()) {
      result = op.emitError()
               << "'" << op.getName()
               << "' beside the model; expected a module of one public "
                  "func.func with a body";
    } else if (model) {
      InFlightDiagnostic error = function.emitError()
                                 << "second public function '"
                                 << function.getSymName()
                                 << "'; expected exactly one";
      error.attachNote(model.getLoc())
          << "the first is '" << model.getSymName() << "'";
      result = error;
    } else {
      model = function;
    }
  }
  if (succeeded(result) && !model)
    return module.emitError(
        "module has no function; expected exactly one public func.func");
  if (model && !model.getBody().hasOneBlock())
    return model.emitError()
           << "body of '" << model.getSymName() << "' has "
           << model.getBody().getBlocks().size() << " blocks; expected one";
  if (model && model.getNumResults() == 0)
    return model.emitError() << "'" << model.getSymName() << "' has no results";
  return result;
}

struct VerifyFloatGraphPass
    : impl::VerifyFloatGraphPassBase<VerifyFloatGraphPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    func::FuncOp model;
    LogicalResult form = findModelFunction(getOperation(), model);
    LogicalResult content = model ? verifyFunction(model) : success();
    if (failed(form) || failed(content))
      signalPassFailure();
  }
};

} // namespace

} // namespace quantc::qnn
