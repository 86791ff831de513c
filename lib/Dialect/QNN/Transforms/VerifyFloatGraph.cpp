// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the form that the import and prepare stages hand on. The labels F1 to
// F4 are those of the pass description. Nothing is changed, and every offender
// is reported before the pass fails.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
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

/// F3. The float graph knows operations of the qnn dialect only by their names:
/// a graph without them does not need it.
bool isAllowedOp(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (isa<func::ReturnOp, arith::ConstantOp>(op) || name == "qnn.observe" ||
      name == "qnn.float_layer_norm")
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
bool isAllowedResult(Operation *op, Type type) {
  if (isa<tosa::shapeType>(type) || isFloatGraphType(type))
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
                              "linalg, tensor, arith.constant, qnn.observe or "
                              "qnn.float_layer_norm";
  LogicalResult result = success();
  for (Type type : op->getResultTypes())
    if (!isAllowedResult(op, type))
      result = op->emitError()
               << "result of '" << op->getName() << "' has type " << type
               << "; expected an f32 tensor of static shape";
  return result;
}

/// F2 of the function, then F3 and F4 of its operations.
LogicalResult verifyFunction(func::FuncOp function) {
  LogicalResult result = success();
  auto verifyTypes = [&](TypeRange types, StringRef what) {
    for (auto [index, type] : llvm::enumerate(types))
      if (!isFloatGraphType(type))
        result = function.emitError()
                 << what << " " << index << " of '" << function.getSymName()
                 << "' has type " << type
                 << "; expected an f32 tensor of static shape";
  };
  verifyTypes(function.getArgumentTypes(), "argument");
  verifyTypes(function.getResultTypes(), "result");

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
