// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One qnn.observe behind each value of the quantization plan.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_INSERTOBSERVERSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

struct InsertObserversPass
    : impl::InsertObserversPassBase<InsertObserversPass> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    auto plan = QuantizationPlan::build(getOperation());
    OpBuilder builder(&getContext());
    for (const auto &[value, name] : plan.getValues()) {
      builder.setInsertionPointAfterValue(value);
      auto observe = ObserveOp::create(builder, value.getLoc(), value, name);
      Value(value).replaceAllUsesExcept(observe, observe);
    }
  }
};

} // namespace
} // namespace quantc::qnn
