// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers of layer_norm and of its float form.
#include "OpUtils.h"

#include "quantc/Numerics/LayerNorm.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

/// C2 of `values`: N finite f32 numbers. A resource may be absent here: then
/// its numbers are not looked at.
static LogicalResult verifyRowConstant(Operation *op, StringRef name,
                                       ElementsAttr values, int64_t length) {
  auto type = dyn_cast<RankedTensorType>(values.getShapedType());
  if (!type || !type.getElementType().isF32() || type.getRank() != 1 ||
      type.getDimSize(0) != length)
    return op->emitOpError() << name << " has type " << values.getShapedType()
                             << ", expected tensor<" << length << "xf32>";
  auto dense = dyn_cast<DenseFPElementsAttr>(values);
  if (dense && !llvm::all_of(dense, [](const APFloat &value) {
        return value.isFinite();
      }))
    return op->emitOpError() << name << " has a number that is not finite";
  return success();
}

/// C2 and C3.
template <typename OpT>
static LogicalResult verifyLayerNorm(OpT op) {
  RankedTensorType type = op.getInput().getType();
  if (type.getRank() < 1)
    return op.emitOpError() << "input " << type << " has no axis";
  int64_t length = type.getShape().back();
  if (failed(verifyRowConstant(op, "gamma", op.getGamma(), length)) ||
      failed(verifyRowConstant(op, "beta", op.getBeta(), length)))
    return failure();
  APFloat epsilon = op.getEpsilon();
  if (!epsilon.isFinite() || epsilon.isNegative())
    return op.emitOpError() << "epsilon " << epsilon.convertToDouble()
                            << ", expected a finite number of at least 0";
  return success();
}

LogicalResult FloatLayerNormOp::verify() { return verifyLayerNorm(*this); }

LogicalResult LayerNormOp::verify() {
  if (failed(verifyByteStorage(*this)) || failed(verifyLayerNorm(*this))) // C1
    return failure();
  int64_t length = getType().getShape().back();
  if (length > numerics::kLongestLayerNormRow)
    return emitOpError() << "size " << length
                         << " along the last axis, expected at most "
                         << numerics::kLongestLayerNormRow;
  return success();
}

} // namespace quantc::qnn
