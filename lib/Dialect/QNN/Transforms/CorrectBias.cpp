// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Biases that take back the mean error of their channel. Where the error comes
// from, a measurement or the rounding of the weights, is said by attributes.
#include "WeightParams.h"

#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_CORRECTBIASPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

LogicalResult checkSize(const Contraction &contraction, StringRef name,
                        ArrayRef<float> values, int64_t expected) {
  if (static_cast<int64_t>(values.size()) == expected)
    return success();
  return QuantizableOpInterface(contraction.op).emitOpError()
         << "'" << name << "' has " << values.size() << " numbers; expected "
         << expected;
}

/// The mean error that the rounding of the weights makes.
FailureOr<std::vector<double>> computeError(const Contraction &contraction,
                                            FloatConstant &weights,
                                            ArrayRef<float> mean) {
  int64_t expected =
      contraction.isDepthwise() ? weights.size() : contraction.getDepth();
  if (failed(checkSize(contraction, kInputMeanAttr, mean, expected)))
    return failure();
  FailureOr<std::vector<float>> rounded =
      getRoundedWeights(contraction, weights);
  if (failed(rounded))
    return failure();
  std::vector<double> error(contraction.getChannels(), 0.0);
  for (auto [index, weight] : llvm::enumerate(weights.values()))
    error[contraction.getOutputChannel(index)] +=
        (double((*rounded)[index]) - weight) * mean[index % expected];
  return error;
}

struct CorrectBiasPass : impl::CorrectBiasPassBase<CorrectBiasPass> {
  void runOnOperation() override {
    bool allGood = true;
    for (const Contraction &contraction : getContractions(getOperation()))
      allGood &= succeeded(correct(contraction));
    if (!allGood)
      signalPassFailure();
  }

private:
  static LogicalResult correct(const Contraction &contraction) {
    Operation *op = contraction.op;
    ArrayRef<float> measured = getMeasured(op, kOutputErrorAttr);
    ArrayRef<float> mean = getMeasured(op, kInputMeanAttr);
    auto weights = FloatConstant::read(contraction.weight->get());
    auto bias = FloatConstant::read(contraction.bias->get());
    if ((measured.empty() && mean.empty()) || !weights || !bias)
      return success();
    std::vector<double> error(measured.begin(), measured.end());
    if (measured.empty()) {
      auto computed = computeError(contraction, *weights, mean);
      if (failed(computed))
        return failure();
      error = std::move(*computed);
    } else if (failed(checkSize(contraction, kOutputErrorAttr, measured,
                                contraction.getChannels()))) {
      return failure();
    }
    replaceBias(contraction, *bias, error);
    op->removeAttr(kOutputErrorAttr);
    op->removeAttr(kInputMeanAttr);
    return success();
  }

  static void replaceBias(const Contraction &contraction,
                          const FloatConstant &bias, ArrayRef<double> error) {
    std::vector<float> corrected;
    for (auto [channel, value] : llvm::enumerate(error))
      corrected.push_back(
          static_cast<float>(bias[bias.size() == 1 ? 0 : channel] - value));
    OpBuilder builder(contraction.op);
    contraction.bias->set(createFloatConstant(
        builder, contraction.bias->get().getLoc(),
        {static_cast<int64_t>(error.size())}, std::move(corrected), "bias"));
  }
};

} // namespace
} // namespace quantc::qnn
