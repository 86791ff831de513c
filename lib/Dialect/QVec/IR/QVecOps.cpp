// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration and verifiers of the qvec dialect.
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

#include "quantc/Dialect/QVec/IR/QVecDialect.cpp.inc"

#define GET_OP_CLASSES
#include "quantc/Dialect/QVec/IR/QVecOps.cpp.inc"

namespace quantc::qvec {

void QVecDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "quantc/Dialect/QVec/IR/QVecOps.cpp.inc"
      >();
}

LogicalResult DotOp::verify() {
  auto lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  auto bytes = cast<VectorType>(getLhs().getType()).getDimSize(0);
  if (bytes != 4 * lanes) // C1
    return emitOpError() << "has operands of " << bytes
                         << " elements, expected " << 4 * lanes
                         << ", four for each of the " << lanes
                         << " accumulators";
  return success();
}

LogicalResult DotWordsOp::verify() {
  auto lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  auto words = cast<VectorType>(getLhs().getType()).getDimSize(0);
  if (words != 2 * lanes) // C2
    return emitOpError() << "has operands of " << words
                         << " elements, expected " << 2 * lanes
                         << ", two for each of the " << lanes
                         << " accumulators";
  return success();
}

LogicalResult PackOp::verify() {
  auto operand = cast<VectorType>(getLhs().getType());
  auto result = cast<VectorType>(getResult().getType());
  int64_t bits = operand.getElementTypeBitWidth();
  if (operand.getDimSize(0) * bits % 128 != 0) // C3
    return emitOpError() << "has operands of " << operand.getDimSize(0) * bits
                         << " bits, expected a multiple of 128";
  if (result.getElementTypeBitWidth() * 2 != bits ||
      result.getDimSize(0) != 2 * operand.getDimSize(0)) // C4
    return emitOpError() << "narrows " << operand << " to " << result
                         << ", expected " << 2 * operand.getDimSize(0)
                         << " elements of " << bits / 2 << " bits";
  return success();
}

LogicalResult LookupOp::verify() {
  if (getTable().size() != 256) // C5
    return emitOpError() << "has a table of " << getTable().size()
                         << " entries, expected 256, one for each byte";
  return success();
}

} // namespace quantc::qvec
