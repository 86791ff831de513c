// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weight-only quantization. That a kernel never sees the dequantized tensor as
// a whole is the lowering's business.
#include "WeightOperand.h"

#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_QUANTIZEWEIGHTSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

struct QuantizeWeightsPass
    : impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    if (failed(checkOptions()))
      return signalPassFailure();
    OpBuilder builder(&getContext());
    for (auto op : llvm::to_vector(getOperation()
                                       .getFunctionBody()
                                       .front()
                                       .getOps<QuantizableOpInterface>())) {
      OpOperand *weight = getWeightOperand(op);
      if (!weight || staysFloat(op))
        continue;
      FailureOr<Value> real = quantizeWeight(builder, *weight, getPolicy());
      if (failed(real))
        return signalPassFailure();
      if (*real)
        weight->set(*real);
    }
  }

private:
  LogicalResult checkOptions() {
    if (bits != 4 && bits != 8)
      return getOperation().emitError()
             << "weights of " << bits.getValue() << " bits, expected 4 or 8";
    if (bits == 4 && block < 2)
      return getOperation().emitError() << "blocks of " << block.getValue()
                                        << ", expected at least 2 weights";
    return success();
  }

  TensorPolicy getPolicy() const {
    TensorPolicy policy = TensorPolicy::weight();
    policy.bits = bits;
    if (bits == 4) {
      policy.granularity = Granularity::Block;
      policy.blockSize = block;
    }
    return policy;
  }
};

} // namespace
} // namespace quantc::qnn
