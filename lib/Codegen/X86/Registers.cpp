// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything here is a shuffle that LLVM removes where the parts meet again.
#include "Registers.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen::x86 {

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

Value concatenate(OpBuilder &builder, Location loc, ArrayRef<Value> parts) {
  Value result = parts.front();
  for (Value part : parts.drop_front()) {
    int64_t have = cast<VectorType>(result.getType()).getDimSize(0);
    int64_t more = cast<VectorType>(part.getType()).getDimSize(0);
    auto mask = llvm::to_vector(llvm::seq<int64_t>(have + more));
    result = vector::ShuffleOp::create(builder, loc, result, part, mask);
  }
  return result;
}

Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name, Type type,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(builder, loc, type,
                                       builder.getStringAttr(name), operands)
      .getResult(0);
}

} // namespace quantc::codegen::x86
