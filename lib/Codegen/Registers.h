// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors of any length as vectors of the length of a register: what every
// pattern that emits an instruction does first and last.
#ifndef QUANTC_LIB_CODEGEN_REGISTERS_H
#define QUANTC_LIB_CODEGEN_REGISTERS_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/Builders.h"

#include <optional>

namespace quantc::codegen {

/// The least number of `elementBits` wide elements that a register holds, from
/// 128 bits on, and that covers `count`; none beyond the registers of `isa`.
std::optional<int64_t> getRegisterElements(int64_t count, unsigned elementBits,
                                           const ISA &isa);

/// `value` with undefined elements behind it up to `size`.
mlir::Value widen(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value value, int64_t size);

/// The first `size` elements of `value`.
mlir::Value narrow(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value value, int64_t size);

/// `count` elements of `value` from `offset` on.
mlir::Value slice(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value value, int64_t offset, int64_t count);

/// All elements of `parts`, in order.
mlir::Value concatenate(mlir::OpBuilder &builder, mlir::Location loc,
                        llvm::ArrayRef<mlir::Value> parts);

mlir::Value callIntrinsic(mlir::OpBuilder &builder, mlir::Location loc,
                          llvm::StringRef name, mlir::Type type,
                          mlir::ValueRange operands);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_REGISTERS_H
