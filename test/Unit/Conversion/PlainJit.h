// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs linalg on tensors through upstream's plainest lowering: bufferization,
// scalar loops, LLVM, no optimization. Nothing of this project's code
// generation takes part, so that a difference in results is one of the lowering
// to linalg.
#ifndef QUANTC_TEST_UNIT_CONVERSION_PLAINJIT_H
#define QUANTC_TEST_UNIT_CONVERSION_PLAINJIT_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace quantc::test {

class PlainJit {
public:
  /// Compiles the function `main` of `module`, which is lowered in place.
  static llvm::Expected<PlainJit> create(mlir::ModuleOp module);

  /// Buffers are dense and row-major, in the order of the function's arguments
  /// and results.
  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs);

private:
  std::unique_ptr<mlir::ExecutionEngine> engine;
  llvm::SmallVector<llvm::SmallVector<int64_t>> shapes;
};

} // namespace quantc::test

#endif // QUANTC_TEST_UNIT_CONVERSION_PLAINJIT_H
