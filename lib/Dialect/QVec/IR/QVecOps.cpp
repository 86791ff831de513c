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

} // namespace quantc::qvec
