// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function as a list of kernels over numbered values. It keeps nothing of the
// IR, so the module may go.
#ifndef QUANTC_LIB_EXECUTION_REFERENCE_PROGRAM_H
#define QUANTC_LIB_EXECUTION_REFERENCE_PROGRAM_H

#include "Kernels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace quantc::exec::reference {

struct Program {
  struct Step {
    Kernel kernel;
    llvm::SmallVector<unsigned> operands;
    unsigned result;
    /// Elements of the result, and whether they are real numbers.
    size_t resultSize;
    bool isReal;
  };
  struct Constant {
    unsigned slot;
    Tensor tensor;
  };

  /// The number of values.
  unsigned slots = 0;
  llvm::SmallVector<unsigned> arguments, results;
  std::vector<Constant> constants;
  std::vector<Step> steps;
};

/// An error that names the first operation that has no kernel, and why.
llvm::Expected<Program> buildProgram(mlir::func::FuncOp function);

/// "LOCATION: 'OP' has no reference evaluation: REASON".
llvm::Error refuse(mlir::Operation *op, const llvm::Twine &reason);

} // namespace quantc::exec::reference

#endif // QUANTC_LIB_EXECUTION_REFERENCE_PROGRAM_H
