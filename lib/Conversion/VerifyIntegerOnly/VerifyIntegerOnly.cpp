// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The proof that a model is integer-only. It trusts no mark: a boundary
// operation has to stand at the boundary.
#include "quantc/Conversion/IntegerBoundary.h"
#include "quantc/Conversion/Passes.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {
#define GEN_PASS_DEF_VERIFYINTEGERONLYPASS
#include "quantc/Conversion/Passes.h.inc"
} // namespace quantc::conversion

namespace quantc::conversion {

/// The first float type that `op` reads or gives.
static Type findFloatType(Operation *op) {
  for (Type type : op->getOperandTypes())
    if (isFloatLike(type))
      return type;
  for (Type type : op->getResultTypes())
    if (isFloatLike(type))
      return type;
  return {};
}

/// Whether floats may pass through `op` without being computed on.
static bool isTransparent(Operation *op) {
  return isDataMovement(op) || isa<tensor::EmptyOp>(op) ||
         op->hasTrait<OpTrait::ConstantLike>() ||
         op->hasTrait<OpTrait::ReturnLike>();
}

/// Whether `op` quantizes arguments or dequantizes results. Where the floats
/// are on both sides it is neither.
static bool isBoundary(Operation *op) {
  bool isMarked = isa<linalg::GenericOp>(op) && op->hasAttr(kBoundaryAttr);
  auto isFloat = [](Value value) { return isFloatLike(value.getType()); };
  if (isa<qnn::QuantizeOp>(op) ||
      (isMarked && llvm::none_of(op->getResults(), isFloat)))
    return readsFloatsOfArguments(op);
  if (isa<qnn::DequantizeOp>(op) || isMarked)
    return writesFloatsOfResults(op) &&
           llvm::none_of(op->getOperands(), [&](Value operand) {
             // The destination and the scales of the channels.
             Operation *source = operand.getDefiningOp();
             return isFloat(operand) && !(source && isTransparent(source));
           });
  return false;
}

/// A quantized operation whose rounding is a float multiplication.
static bool roundsInFloat(Operation *op) {
  auto rounding = op->getAttrOfType<qnn::RoundingModeAttr>("rounding");
  return isa_and_nonnull<qnn::QNNDialect>(op->getDialect()) && rounding &&
         rounding.getValue() == qnn::RoundingMode::FloatEven;
}

namespace {

class VerifyIntegerOnlyPass
    : public impl::VerifyIntegerOnlyPassBase<VerifyIntegerOnlyPass> {
public:
  using VerifyIntegerOnlyPassBase::VerifyIntegerOnlyPassBase;

  void runOnOperation() override {
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      // What is inside of a boundary operation belongs to it.
      if (isBoundary(op))
        return WalkResult::skip();
      if (roundsInFloat(op)) {
        op->emitOpError("computes on f32: its rounding is float_even");
        signalPassFailure();
      } else if (Type type = findFloatType(op); type && !isTransparent(op)) {
        op->emitOpError() << "computes on " << type
                          << " between the boundaries of the function";
        signalPassFailure();
      }
      return WalkResult::advance();
    });
    markAllAnalysesPreserved();
  }
};

} // namespace

} // namespace quantc::conversion
