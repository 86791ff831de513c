// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A multiplier is a number of the body or a constant operand, with an element
// for each channel.
#include "HighProducts.h"

#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <cstring>
#include <limits>

using namespace mlir;

namespace quantc::codegen {

/// Whether `value` is a constant, all elements of which are `least` or more and
/// `most` or less.
static bool isWithin(linalg::GenericOp op, Value value, int64_t least,
                     int64_t most) {
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number)))
    return number.getSExtValue() >= least && number.getSExtValue() <= most;
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
    if (element < least || element > most)
      return false;
  }
  return true;
}

void markNonNegativeFactors(linalg::GenericOp op) {
  auto isNonNegative = [&](Value value) {
    return isWithin(op, value, 0, std::numeric_limits<int32_t>::max());
  };
  for (auto product : op.getBody()->getOps<arith::MulSIExtendedOp>())
    if (isNonNegative(product.getLhs()) || isNonNegative(product.getRhs()))
      product->setAttr(kNonNegativeAttrName, UnitAttr::get(op.getContext()));
}

void markDoubles(linalg::GenericOp op) {
  constexpr int64_t limit = int64_t(1) << 30;
  for (auto sum : op.getBody()->getOps<arith::AddIOp>())
    for (auto [high, other] : {std::pair(sum.getLhs(), sum.getRhs()),
                               std::pair(sum.getRhs(), sum.getLhs())}) {
      auto product = high.getDefiningOp<arith::MulSIExtendedOp>();
      if (product && high == product.getHigh() &&
          product->hasAttr(kNonNegativeAttrName) &&
          isWithin(op, other, -limit, limit - 1))
        sum->setAttr(kDoublesAttrName, UnitAttr::get(op.getContext()));
    }
}

} // namespace quantc::codegen
