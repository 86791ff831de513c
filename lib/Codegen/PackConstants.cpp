// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves the dimension that a kernel's vectors run along to the end of each
// constant operand. The plan of the kernel is made by KernelPlan, which counts
// on this pass.
#include "quantc/Codegen/Passes.h"

#include "KernelPlan.h"
#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <map>

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PACKCONSTANTSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

struct PackConstantsPass
    : public impl::PackConstantsPassBase<PackConstantsPass> {
  using PackConstantsPassBase::PackConstantsPassBase;

  void runOnOperation() override {
    getOperation().walk([&](linalg::GenericOp op) {
      if (isKernel(op))
        packOperands(op);
    });
  }

private:
  void packOperands(linalg::GenericOp op) {
    KernelPlan plan = planKernel(op, vectorBits, getISATable().back());
    if (!plan.vectorDim)
      return;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    for (OpOperand *operand : op.getDpsInputOperands()) {
      AffineMap &map = maps[operand->getOperandNumber()];
      if (classifyAccess(map, *plan.vectorDim) != Access::Strided ||
          !map.isProjectedPermutation())
        continue;
      SmallVector<unsigned> order;
      for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
        if (map.getDimPosition(i) != *plan.vectorDim)
          order.push_back(i);
      order.push_back(*map.getResultPosition(
          getAffineDimExpr(*plan.vectorDim, op.getContext())));
      if (Value packed = getPacked(operand->get(), order)) {
        operand->set(packed);
        map = map.getSubMap(order);
      }
    }
    OpBuilder builder(op);
    op.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
  }

  /// `value` with its dimensions in `order`, or null if it is no constant.
  Value getPacked(Value value, ArrayRef<unsigned> order) {
    ElementsAttr constant = getRawConstant(value);
    if (!constant)
      return {};
    Operation *source = value.getDefiningOp();
    SmallVector<int64_t> permutation(order);
    arith::ConstantOp &packed =
        cache[{source, {permutation.begin(), permutation.end()}}];
    if (!packed) {
      OpBuilder builder(source);
      builder.setInsertionPointAfter(source);
      packed = arith::ConstantOp::create(
          builder, source->getLoc(), transposeConstant(constant, permutation));
    }
    return packed.getResult();
  }

  std::map<std::pair<Operation *, std::vector<int64_t>>, arith::ConstantOp>
      cache;
};

} // namespace
} // namespace quantc::codegen
