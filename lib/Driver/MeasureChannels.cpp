// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statistics of channels in the float model. Sums are formed in double in the
// order of the samples, so that they do not depend on threads.
#include "Accuracy.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Driver/ObservedModel.h"

#include <cassert>
#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc {
namespace {

/// Streaming statistics of the last dimension of one tensor.
class ChannelStatistics {
public:
  explicit ChannelStatistics(int64_t channels)
      : least(channels, std::numeric_limits<float>::infinity()),
        greatest(channels, -std::numeric_limits<float>::infinity()),
        sums(channels, 0.0), squares(channels, 0.0) {}

  void observe(llvm::ArrayRef<float> values) {
    size_t channels = sums.size();
    assert(channels > 0 && "a tensor of no channels has no numbers");
    for (size_t first = 0; first < values.size(); first += channels)
      for (size_t c = 0; c < channels; ++c) {
        float value = values[first + c];
        least[c] = std::min(least[c], value);
        greatest[c] = std::max(greatest[c], value);
        sums[c] += value;
        squares[c] += double(value) * value;
      }
    count += values.size() / channels;
  }

  std::vector<float> getRanges() const {
    std::vector<float> ranges;
    ranges.reserve(2 * least.size());
    for (auto [low, high] : llvm::zip(least, greatest)) {
      ranges.push_back(low);
      ranges.push_back(high);
    }
    return ranges;
  }

  std::vector<float> getMeans() const {
    std::vector<float> means;
    means.reserve(sums.size());
    for (double sum : sums)
      means.push_back(static_cast<float>(sum / count));
    return means;
  }

  std::vector<float> getVariances() const {
    std::vector<float> variances;
    for (auto [sum, square] : llvm::zip(sums, squares)) {
      double mean = sum / count;
      variances.push_back(
          static_cast<float>(std::max(square / count - mean * mean, 0.0)));
    }
    return variances;
  }

private:
  std::vector<float> least, greatest;
  std::vector<double> sums, squares;
  int64_t count = 0;
};

llvm::SmallVector<qnn::Contraction> findContractions(ModuleOp module) {
  llvm::SmallVector<qnn::Contraction> result;
  for (auto function : module.getOps<func::FuncOp>())
    llvm::append_range(result, qnn::getContractions(function));
  return result;
}

llvm::SmallVector<qnn::FloatLayerNormOp> findLayerNorms(ModuleOp module) {
  llvm::SmallVector<qnn::FloatLayerNormOp> result;
  module.walk([&](qnn::FloatLayerNormOp norm) { result.push_back(norm); });
  return result;
}

/// What an observer is called: the number of a contraction, behind a letter
/// for its result or for the value that is quantized behind it; or that of a
/// layer norm. Names tell them apart, not their order: other operations may
/// stand between the two.
constexpr char kResult = 'r', kQuantized = 'q', kLayerNorm = 'n';

/// A copy of `module` with both observers for each contraction, and one for
/// each layer norm.
OwningOpRef<ModuleOp> instrument(ModuleOp module) {
  OwningOpRef<ModuleOp> copy(module.clone());
  OpBuilder builder(module.getContext());
  auto observe = [&](Value value, char kind, size_t index) {
    builder.setInsertionPointAfterValue(value);
    qnn::ObserveOp::create(builder, value.getLoc(), value,
                           kind + std::to_string(index));
  };
  llvm::SmallVector<qnn::Contraction> contractions = findContractions(*copy);
  for (auto [index, contraction] : llvm::enumerate(contractions)) {
    // A second user of the result would part it from its clamp.
    Value quantized = qnn::getQuantizedResult(contraction);
    observe(contraction.getResult(), kResult, index);
    observe(quantized, kQuantized, index);
  }
  for (auto [index, norm] : llvm::enumerate(findLayerNorms(*copy)))
    observe(norm.getResult(), kLayerNorm, index);
  return copy;
}

} // namespace

llvm::Error measureChannels(ModuleOp module, SampleChoice choice,
                            const CompileOptions &options) {
  if (findContractions(module).empty() && findLayerNorms(module).empty())
    return llvm::Error::success();
  ObserveOptions observeOptions;
  observeOptions.insertObservers = false;
  auto model = ObservedModel::create(*instrument(module), observeOptions);
  if (!model)
    return model.takeError();
  auto dataset =
      (*model)->openDataset(options.calibrationData, options.normalize);
  if (!dataset)
    return dataset.takeError();

  llvm::ArrayRef<ObservedTensor> tensors = (*model)->getTensors();
  std::vector<ChannelStatistics> statistics;
  for (const ObservedTensor &tensor : tensors)
    statistics.emplace_back(tensor.shape.back());
  int64_t current = 0;
  llvm::Error error = (*model)->run(
      **dataset, "measuring channels",
      [&](size_t tensor, llvm::ArrayRef<float> values) {
        if (tensors[tensor].name[0] != kResult || choice.contains(current))
          statistics[tensor].observe(values);
      },
      [&](int64_t sample) {
        current = sample + 1;
        return llvm::Error::success();
      });
  if (error)
    return error;
  llvm::SmallVector<qnn::Contraction> contractions = findContractions(module);
  llvm::SmallVector<qnn::FloatLayerNormOp> norms = findLayerNorms(module);
  for (auto [tensor, result] : llvm::zip(tensors, statistics)) {
    size_t index = std::stoul(tensor.name.substr(1));
    if (tensor.name[0] == kResult) {
      Operation *op = contractions[index].op;
      qnn::setMeasured(op, qnn::kOutputMeanAttr, result.getMeans());
      continue;
    }
    Operation *op =
        tensor.name[0] == kLayerNorm
            ? norms[index].getOperation()
            : qnn::getQuantizedResult(contractions[index]).getDefiningOp();
    qnn::setMeasured(op, qnn::kChannelRangesAttr, result.getRanges());
    qnn::setMeasured(op, qnn::kChannelVariancesAttr, result.getVariances());
  }
  return llvm::Error::success();
}

} // namespace quantc
