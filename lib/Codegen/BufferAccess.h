// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which bytes an operation touches, once memory is planned: every buffer is an
// argument of the function, a constant, or a view of the arena at a known
// offset.
#ifndef QUANTC_LIB_CODEGEN_BUFFERACCESS_H
#define QUANTC_LIB_CODEGEN_BUFFERACCESS_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace quantc::codegen {

/// Bytes `begin` to `end` of the memory behind `root`, an argument of the
/// function. Arguments do not overlap. A null root stands for any memory.
struct BufferAccess {
  mlir::Value root;
  int64_t begin = 0;
  int64_t end = 0;
  bool isWrite = false;
};

/// The bytes behind `buffer`, which is seen through views; nothing for a
/// constant.
std::optional<BufferAccess> resolveBuffer(mlir::Value buffer);

/// What `op` and the operations inside it touch. Constants are left out: nobody
/// writes them.
llvm::SmallVector<BufferAccess> getBufferAccesses(mlir::Operation *op);

/// True if the order of the two matters.
bool conflict(const BufferAccess &a, const BufferAccess &b);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_BUFFERACCESS_H
