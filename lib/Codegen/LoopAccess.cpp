// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LoopAccess.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

using namespace mlir;

namespace quantc::codegen {

/// Whether `value` is computed from `variable` by operations inside its loop.
static bool dependsOn(Value value, BlockArgument variable) {
  if (value == variable)
    return true;
  // What a load waits for does not say where it reads.
  if (auto stay = value.getDefiningOp<qvec::StayOp>())
    return dependsOn(stay.getIndex(), variable);
  Operation *op = value.getDefiningOp();
  return op && variable.getOwner()->getParentOp()->isProperAncestor(op) &&
         op->getNumRegions() == 0 &&
         llvm::any_of(op->getOperands(), [&](Value operand) {
           return dependsOn(operand, variable);
         });
}

bool indicesVaryIn(Operation *access, scf::ForOp loop) {
  auto variable = cast<BlockArgument>(loop.getInductionVar());
  return llvm::any_of(access->getOperands(), [&](Value index) {
    return index.getType().isIndex() && dependsOn(index, variable);
  });
}

} // namespace quantc::codegen
