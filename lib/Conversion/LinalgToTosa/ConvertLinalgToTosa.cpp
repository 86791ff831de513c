// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One walk from the arguments to the results: each operation finds its operands
// converted already. What has no form in TOSA stays, and is reported as float
// by whoever wanted integers.
#include "TosaWriter.h"
#include "quantc/Conversion/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::conversion {

#define GEN_PASS_DEF_CONVERTLINALGTOTOSAPASS
#include "quantc/Conversion/Passes.h.inc"

namespace {

/// Fills and empty tensors that nobody starts from any more.
void eraseUnused(func::FuncOp function) {
  for (Block &block : function.getFunctionBody())
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
}

struct ConvertLinalgToTosaPass
    : impl::ConvertLinalgToTosaPassBase<ConvertLinalgToTosaPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateLinalgContractionToTosaPatterns(patterns);
    populateLinalgElementwiseToTosaPatterns(patterns);
    populateTensorToTosaPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
    eraseUnused(getOperation());
  }
};

} // namespace
} // namespace quantc::conversion
