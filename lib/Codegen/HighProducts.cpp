// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A multiplier is a number of the body or a constant operand, with an element
// for each channel.
#include "HighProducts.h"

#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <cstring>

using namespace mlir;

namespace quantc::codegen {

static bool isNonNegative(linalg::GenericOp op, Value value) {
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number)))
    return number.isNonNegative();
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs() ||
      !value.getType().isInteger(32))
    return false;
  ElementsAttr constant =
      getRawConstant(op.getDpsInputOperand(argument.getArgNumber())->get());
  if (!constant)
    return false;
  ArrayRef<char> bytes = getRawBytes(constant);
  for (size_t at = 0; at < bytes.size(); at += sizeof(int32_t)) {
    int32_t element;
    std::memcpy(&element, bytes.data() + at, sizeof(element));
    if (element < 0)
      return false;
  }
  return true;
}

void markNonNegativeFactors(linalg::GenericOp op) {
  for (auto product : op.getBody()->getOps<arith::MulSIExtendedOp>())
    if (isNonNegative(op, product.getLhs()) ||
        isNonNegative(op, product.getRhs()))
      product->setAttr(kNonNegativeAttrName, UnitAttr::get(op.getContext()));
}

} // namespace quantc::codegen
