// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The meaning of a model in qnn form, computed by plain loops straight from the
// descriptions of the operations: what native code is compared with, bit by
// bit. It shares no arithmetic with the lowering, the folders or the Numerics
// library, only the parameters that stand in the types. It is no fast way to
// run a model.
#ifndef QUANTC_EXECUTION_REFERENCEEVALUATOR_H
#define QUANTC_EXECUTION_REFERENCEEVALUATOR_H

#include "quantc/Execution/CompiledModel.h"

#include "mlir/IR/BuiltinOps.h"

namespace quantc::exec {

namespace reference {
struct Program;
} // namespace reference

class ReferenceEvaluator : public CompiledModel {
public:
  /// Prepares the one public function of `module`. Accepted are the operations
  /// of the qnn dialect, float constants, and the TOSA operations that move
  /// floats between the boundary and a quantize (transpose, reshape). Anything
  /// else is refused with its location, and so are scales for which the
  /// arithmetic of an operation is not defined. The module may be destroyed
  /// afterwards.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  create(mlir::ModuleOp module);

  ~ReferenceEvaluator() override;

  /// Needs no arena.
  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *arena) const override;

private:
  ReferenceEvaluator(ModelSignature signature,
                     std::unique_ptr<const reference::Program> program);

  std::unique_ptr<const reference::Program> program;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_REFERENCEEVALUATOR_H
