// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model in a context of its own, where passes can be tried: nobody hears
// their remarks, and an error of theirs is a string.
#ifndef QUANTC_LIB_DRIVER_MODELCOPY_H
#define QUANTC_LIB_DRIVER_MODELCOPY_H

#include "quantc/Execution/CompiledModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OwningOpRef.h"

namespace quantc {

class ModelCopy {
public:
  static llvm::Expected<ModelCopy> create(mlir::ModuleOp module);

  mlir::MLIRContext *getContext() const { return context.get(); }
  mlir::ModuleOp getModule() const { return *module; }
  mlir::func::FuncOp getFunction() const;

  /// A float graph with ranges to QDQ form.
  llvm::Error quantize();

private:
  ModelCopy() = default;

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// A copy of `module` in `context`.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
copyInto(mlir::MLIRContext *context, mlir::ModuleOp module);

/// From the values of `original` to those of `copy`, which has the same
/// operations.
mlir::IRMapping mapFunction(mlir::func::FuncOp original,
                            mlir::func::FuncOp copy);

/// Compiles `module`, a float graph or QDQ form, for this machine.
llvm::Expected<std::unique_ptr<exec::CompiledModel>>
compileForHost(mlir::ModuleOp module);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_MODELCOPY_H
