// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The form that the calibrate stage hands on. Which values need a range is the
// plan's answer; whether the ranges give scales, that of the assignment.
#include "ScaleAssignment.h"

#include "quantc/Dialect/QNN/Transforms/Passes.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_VERIFYCALIBRATEDPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

struct VerifyCalibratedPass
    : impl::VerifyCalibratedPassBase<VerifyCalibratedPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (getOperation().isExternal())
      return;
    auto plan = QuantizationPlan::buildByPolicy(getOperation());
    if (failed(ScaleAssignment::build(plan)))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn
