// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function is the entry is decided by ModelInterface.
#include "EntryFunction.h"

#include "quantc/Codegen/ModelInterface.h"

using namespace mlir;

namespace quantc::codegen {

FailureOr<func::FuncOp> findEntryOfOneBlock(ModuleOp module) {
  FailureOr<Operation *> entry = findEntryFunction(module);
  if (failed(entry))
    return failure();
  auto function = dyn_cast<func::FuncOp>(*entry);
  if (!function || !llvm::hasSingleElement(function.getBody()))
    return (*entry)->emitOpError() << "expected a func.func of one block";
  return function;
}

} // namespace quantc::codegen
