// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector code leaves it to the target whether a product is rounded before it is
// added: the same instruction where there is one, two where there is none.
#include "HostArithmetic.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace quantc {

void fuseMultiplyAdds(ModuleOp module) {
  SmallVector<LLVM::FMulAddOp> ops;
  module.walk([&](LLVM::FMulAddOp op) { ops.push_back(op); });
  for (LLVM::FMulAddOp op : ops) {
    OpBuilder builder(op);
    Value fused = LLVM::FMAOp::create(builder, op.getLoc(), op.getA(),
                                      op.getB(), op.getC());
    op.replaceAllUsesWith(fused);
    op.erase();
  }
}

} // namespace quantc
