// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The acme dialect as any dialect is written. It does not know quantc.
#include "Acme/Acme.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#include "Acme/AcmeDialect.cpp.inc"

#define GET_OP_CLASSES
#include "Acme/AcmeOps.cpp.inc"

void acme::AcmeDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "Acme/AcmeOps.cpp.inc"
      >();
}

LogicalResult acme::BlurPoolOp::verify() {
  ArrayRef<int64_t> input = getInput().getType().getShape();
  SmallVector<int64_t> expected(input);
  for (unsigned axis : {1, 2}) {
    if (ShapedType::isDynamic(input[axis]))
      continue;
    if (input[axis] < 3)
      return emitOpError("needs images of at least 3x3 pixels, got ")
             << getInput().getType();
    expected[axis] = (input[axis] - 3) / 2 + 1;
  }
  if (failed(verifyCompatibleShape(expected, getType().getShape())))
    return emitOpError("has result ")
           << getType() << ", expected shape " << expected;
  return success();
}
