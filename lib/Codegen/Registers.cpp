// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything here is a shuffle that LLVM removes where the parts meet again.
#include "Registers.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace quantc::codegen {

std::optional<int64_t> getRegisterElements(int64_t count, unsigned elementBits,
                                           const ISA &isa) {
  for (int64_t bits = 128; bits <= isa.vectorBits; bits *= 2)
    if (count * elementBits <= bits)
      return bits / elementBits;
  return std::nullopt;
}

Value widen(OpBuilder &builder, Location loc, Value value, int64_t size) {
  auto type = cast<VectorType>(value.getType());
  if (type.getDimSize(0) == size)
    return value;
  SmallVector<int64_t> mask(size, -1);
  for (int64_t i = 0; i < type.getDimSize(0); ++i)
    mask[i] = i;
  return vector::ShuffleOp::create(builder, loc, value, value, mask);
}

Value narrow(OpBuilder &builder, Location loc, Value value, int64_t size) {
  return slice(builder, loc, value, 0, size);
}

Value slice(OpBuilder &builder, Location loc, Value value, int64_t offset,
            int64_t count) {
  if (cast<VectorType>(value.getType()).getDimSize(0) == count)
    return value;
  return vector::ExtractStridedSliceOp::create(
      builder, loc, value, ArrayRef<int64_t>{offset}, ArrayRef<int64_t>{count},
      ArrayRef<int64_t>{1});
}

/// Two vectors as one. Operands of equal length make one shuffle of it; others
/// would be taken apart into elements.
static Value join(OpBuilder &builder, Location loc, Value lhs, Value rhs) {
  int64_t left = cast<VectorType>(lhs.getType()).getDimSize(0);
  int64_t right = cast<VectorType>(rhs.getType()).getDimSize(0);
  int64_t longer = std::max(left, right);
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < left; ++i)
    mask.push_back(i);
  for (int64_t i = 0; i < right; ++i)
    mask.push_back(longer + i);
  return vector::ShuffleOp::create(builder, loc,
                                   widen(builder, loc, lhs, longer),
                                   widen(builder, loc, rhs, longer), mask);
}

Value concatenate(OpBuilder &builder, Location loc, ArrayRef<Value> parts) {
  if (parts.size() == 1)
    return parts.front();
  size_t half = llvm::PowerOf2Ceil(parts.size()) / 2;
  return join(builder, loc, concatenate(builder, loc, parts.take_front(half)),
              concatenate(builder, loc, parts.drop_front(half)));
}

Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name, Type type,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(builder, loc, type,
                                       builder.getStringAttr(name), operands)
      .getResult(0);
}

} // namespace quantc::codegen
