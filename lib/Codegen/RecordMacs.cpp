// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts products while a reduction is one operation: once it is loops over
// padded and packed memory, nobody can tell work from padding.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"

#include "LayerNames.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_RECORDMACSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// True if the body adds a product to what it accumulates.
bool accumulatesProduct(linalg::GenericOp op) {
  bool multiplies = false, adds = false;
  for (Operation &inner : op.getBody()->without_terminator()) {
    multiplies |= isa<arith::MulIOp, arith::MulFOp>(inner);
    adds |= isa<arith::AddIOp, arith::AddFOp>(inner) &&
            llvm::is_contained(inner.getOperands(),
                               op.getBody()->getArguments().back());
  }
  return multiplies && adds;
}

int64_t countMacs(linalg::GenericOp op) {
  if (op.getNumReductionLoops() == 0 || !accumulatesProduct(op))
    return 0;
  int64_t macs = 1;
  for (int64_t size : op.getStaticLoopRanges()) {
    if (ShapedType::isDynamic(size))
      return 0;
    macs *= size;
  }
  return macs;
}

struct RecordMacsPass : public impl::RecordMacsPassBase<RecordMacsPass> {
  void runOnOperation() override {
    Builder b(&getContext());
    llvm::MapVector<StringAttr, std::pair<int64_t, Type>> counts;
    getOperation().walk([&](linalg::GenericOp op) {
      int64_t macs = countMacs(op);
      auto names = getLayerNames(op.getLoc());
      if (macs > 0 && !names.empty())
        add(counts[b.getStringAttr(names.front())], op, macs);
    });
    NamedAttrList attrs;
    for (auto &[name, entry] : counts)
      attrs.append(name, b.getArrayAttr({b.getI64IntegerAttr(entry.first),
                                         TypeAttr::get(entry.second)}));
    getOperation()->setAttr(kMacsAttrName, attrs.getDictionary(&getContext()));
  }

private:
  static void add(std::pair<int64_t, Type> &entry, linalg::GenericOp op,
                  int64_t macs) {
    entry.first += macs;
    entry.second = op.getBody()->getArguments().back().getType();
  }
};

} // namespace
} // namespace quantc::codegen
