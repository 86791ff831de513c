// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights and biases layer by layer. The float and the quantized model run in
// lockstep: once all samples are through a layer its error is known, and is
// taken from the values on which the next layers run. So an error is a layer's
// own, no correction is counted twice, and a layer is fitted to the inputs that
// it will really see.
#include "Accuracy.h"
#include "InputMoments.h"

#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Execution/ProgressBar.h"

using namespace mlir;

namespace quantc {
namespace {

std::vector<double> getMeans(LockstepModel &model, Value value,
                             int64_t channels) {
  std::vector<double> means(channels, 0.0);
  int64_t count = 0;
  for (int64_t sample = 0; sample < model.getSampleCount(); ++sample) {
    llvm::ArrayRef<float> values = model.getValues(value, sample);
    for (size_t first = 0; first < values.size(); first += channels)
      for (int64_t c = 0; c < channels; ++c)
        means[c] += values[first + c];
    count += values.size() / channels;
  }
  for (double &mean : means)
    mean /= count;
  return means;
}

void subtract(LockstepModel &model, Value value, llvm::ArrayRef<float> error) {
  for (int64_t sample = 0; sample < model.getSampleCount(); ++sample) {
    llvm::MutableArrayRef<float> values = model.getValues(value, sample);
    for (size_t first = 0; first < values.size(); first += error.size())
      for (size_t c = 0; c < error.size(); ++c)
        values[first + c] -= error[c];
  }
}

/// Measures the error of one layer, of which `model` has `copy`, and takes it
/// from the values on which the next layers run.
llvm::Error correctLayer(const qnn::Contraction &layer,
                         const qnn::Contraction &copy, LockstepModel &model) {
  Value result = copy.getResult();
  if (llvm::Error error = model.advanceTo(result))
    return error;
  llvm::ArrayRef<float> expected =
      qnn::getMeasured(layer.op, qnn::kOutputMeanAttr);
  std::vector<float> error;
  for (auto [mean, wanted] :
       llvm::zip(getMeans(model, result, layer.getChannels()), expected))
    error.push_back(static_cast<float>(mean - wanted));
  subtract(model, result, error);
  qnn::setMeasured(layer.op, qnn::kOutputErrorAttr, error);
  return llvm::Error::success();
}

class WeightChooser {
public:
  WeightChooser(LockstepModel &original, LockstepModel &quantized)
      : original(original), quantized(quantized) {}

  /// Chooses the weights of `layer`; its copies in the two models compute its
  /// result then. False where its weights stay as they are.
  llvm::Expected<bool> choose(const qnn::Contraction &layer,
                              const qnn::Contraction &floatCopy,
                              const qnn::Contraction &copy) {
    if (!InputMoments::isSupported(layer))
      return false;
    if (llvm::Error error = original.advanceTo(floatCopy.activation->get()))
      return std::move(error);
    if (llvm::Error error = quantized.advanceTo(copy.activation->get()))
      return std::move(error);
    InputMoments moments(layer, quantized.getSampleCount());
    for (int64_t sample = 0; sample < quantized.getSampleCount(); ++sample)
      moments.add(quantized.getValues(copy.activation->get(), sample),
                  original.getValues(floatCopy.activation->get(), sample));
    qnn::WeightChoice choice;
    // A fit follows the noise of its samples the more, the fewer there are for
    // each weight.
    choice.ridge = kRidge * qnn::WeightBlocks::get(layer).size /
                   moments.getEffectiveCount();
    if (!qnn::chooseWeights(layer, moments.getMoments(),
                            moments.getCrossMoments(), choice))
      return false;
    copyWeights(layer, copy);
    return true;
  }

private:
  static constexpr double kRidge = 4.0;

  /// The chosen weights are their own dequantized values.
  static void copyWeights(const qnn::Contraction &layer,
                          const qnn::Contraction &copy) {
    auto weights = *qnn::FloatConstant::read(layer.weight->get());
    OpBuilder builder(copy.op);
    builder.setInsertionPointToStart(copy.op->getBlock());
    copy.weight->set(qnn::createFloatConstant(builder, copy.op->getLoc(),
                                              weights.getShape(),
                                              weights.values().vec()));
  }

  LockstepModel &original, &quantized;
};

} // namespace

llvm::Error improveInLockstep(ModuleOp module, SampleChoice choice,
                              llvm::ArrayRef<AccuracyStep> steps,
                              const CompileOptions &options) {
  bool choosesWeights = llvm::is_contained(steps, AccuracyStep::RoundWeights);
  bool corrects = llvm::is_contained(steps, AccuracyStep::CorrectBias);
  std::unique_ptr<LockstepModel> original;
  if (choosesWeights) {
    auto created = createLockstep(module, choice, options);
    if (!created)
      return created.takeError();
    original = std::move(*created);
  }
  auto quantized = createLockstep(module, choice, options);
  if (!quantized)
    return quantized.takeError();
  if (llvm::Error error = (*quantized)->quantize())
    return error;
  auto layers = qnn::getContractions(*module.getOps<func::FuncOp>().begin());
  auto copies = qnn::getContractions((*quantized)->getFunction());
  auto floatCopies =
      original ? qnn::getContractions(original->getFunction()) : copies;
  assert(layers.size() == copies.size() && "quantizing removed a layer");
  exec::ProgressBar bar("improving layers", layers.size());
  for (auto [index, layer] : llvm::enumerate(layers)) {
    if (choosesWeights) {
      auto chosen = WeightChooser(*original, **quantized)
                        .choose(layer, floatCopies[index], copies[index]);
      if (!chosen)
        return chosen.takeError();
      if (*chosen)
        (*quantized)->findConstants();
    }
    if (corrects)
      if (llvm::Error error = correctLayer(layer, copies[index], **quantized))
        return error;
    Operation *op = layer.op;
    op->removeAttr(qnn::kOutputMeanAttr);
    bar.update(index + 1);
  }
  return llvm::Error::success();
}

} // namespace quantc
