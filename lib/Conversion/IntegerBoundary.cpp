// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows floats outward: from operands to the arguments, from results to the
// return, through operations that only move them.
#include "quantc/Conversion/IntegerBoundary.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace quantc::conversion {

bool isFloatLike(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return isa<FloatType>(element);
}

/// A body that yields its arguments computes nothing.
static bool onlyYields(linalg::GenericOp op) {
  Block &body = *op.getBody();
  return llvm::hasSingleElement(body) &&
         llvm::all_of(body.getTerminator()->getOperands(),
                      llvm::IsaPred<BlockArgument>);
}

bool isDataMovement(Operation *op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return onlyYields(generic);
  return isa<tosa::TransposeOp, tosa::ReshapeOp, tosa::IdentityOp,
             linalg::TransposeOp, linalg::CopyOp, tensor::ExpandShapeOp,
             tensor::CollapseShapeOp, tensor::ReshapeOp, tensor::CastOp>(op);
}

namespace {
enum class FloatSource { Argument, Constant, Other };
} // namespace

/// Where the floats of `value` come from. A value that mixes arguments and
/// constants counts as an argument.
static FloatSource traceSource(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *owner = argument.getOwner()->getParentOp();
    return isa<FunctionOpInterface>(owner) &&
                   argument.getOwner()->isEntryBlock()
               ? FloatSource::Argument
               : FloatSource::Other;
  }
  Operation *op = value.getDefiningOp();
  if (isa<tensor::EmptyOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return FloatSource::Constant;
  if (!isDataMovement(op))
    return FloatSource::Other;
  FloatSource source = FloatSource::Constant;
  for (Value operand : op->getOperands()) {
    if (!isFloatLike(operand.getType()))
      continue;
    FloatSource found = traceSource(operand);
    if (found == FloatSource::Other)
      return found;
    if (found == FloatSource::Argument)
      source = found;
  }
  return source;
}

bool readsFloatsOfArguments(Operation *op) {
  bool readsArgument = false;
  for (Value operand : op->getOperands()) {
    if (!isFloatLike(operand.getType()))
      continue;
    FloatSource source = traceSource(operand);
    if (source == FloatSource::Other)
      return false;
    readsArgument |= source == FloatSource::Argument;
  }
  return readsArgument;
}

/// Whether all uses of `value` are, through data movement, the return.
static bool isOnlyReturned(Value value) {
  if (value.use_empty())
    return false;
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    if (isa<func::ReturnOp>(user))
      return true;
    return isDataMovement(user) &&
           llvm::all_of(user->getResults(), isOnlyReturned);
  });
}

bool writesFloatsOfResults(Operation *op) {
  bool writesResult = false;
  for (Value result : op->getResults()) {
    if (!isFloatLike(result.getType()))
      continue;
    if (!isOnlyReturned(result))
      return false;
    writesResult = true;
  }
  return writesResult;
}

} // namespace quantc::conversion
