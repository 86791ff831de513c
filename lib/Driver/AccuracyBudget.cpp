// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which tensors get 16 bits, and which layers stay float, so that the noise at
// the outputs stays within a budget at the least cost. The sensitivities are
// measured once; the choice is made on their sums, because the noise of
// different tensors is nearly independent.
#include "AccuracyBudget.h"

#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace quantc {

/// What a multiply-add costs in place of one of bytes. Those of 16-bit
/// activations take two, and twice the memory for what stands between layers;
/// floats have neither dot products nor a quarter of the memory.
static constexpr double kWordCost = 1.0;
static constexpr double kFloatCost = 6.0;
/// What is left of the noise of weights behind the correction of means.
static constexpr double kCorrectedNoise = 0.08;
/// The noise of 16 bits in place of 8: a step is 257 times smaller.
static constexpr double kWordNoise = 1.0 / (257.0 * 257.0);

static int64_t getMultiplyAdds(const qnn::Contraction &layer) {
  return cast<RankedTensorType>(layer.getResult().getType()).getNumElements() *
         layer.getDepth();
}

AccuracyBudget::AccuracyBudget(func::FuncOp function,
                               std::vector<TensorSensitivity> sensitivities,
                               bool allowFloat)
    : tensors(std::move(sensitivities)), allowFloat(allowFloat) {
  auto layers = qnn::getContractions(function);
  for (const TensorSensitivity &tensor : tensors) {
    double cost = 0.0;
    if (tensor.value) {
      // Who reads words, and the passing of them through memory.
      cost = cast<RankedTensorType>(tensor.value.getType()).getNumElements();
      for (const qnn::Contraction &layer : layers)
        if (layer.activation->get() == tensor.value)
          cost += kWordCost * getMultiplyAdds(layer);
    } else {
      for (const qnn::Contraction &layer : layers)
        if (layer.op == tensor.layer)
          cost += kFloatCost * getMultiplyAdds(layer);
    }
    costs.push_back(cost);
  }
  widened.assign(tensors.size(), false);
}

double AccuracyBudget::getPredictedNoise() const {
  double noise = 0.0;
  for (size_t i = 0; i < tensors.size(); ++i)
    noise += getNoise(i) - (widened[i] ? getGain(i) : 0.0);
  return noise;
}

double AccuracyBudget::getNoise(size_t i) const {
  return tensors[i].noise * (tensors[i].value ? 1.0 : kCorrectedNoise);
}

double AccuracyBudget::getGain(size_t i) const {
  return getNoise(i) * (tensors[i].value ? 1.0 - kWordNoise : 1.0);
}

bool AccuracyBudget::widenUntil(double budget) {
  while (getPredictedNoise() > budget)
    if (!widenNext())
      return false;
  return true;
}

bool AccuracyBudget::widenNext() {
  std::optional<size_t> best;
  double most = 0.0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (widened[i] || (!tensors[i].value && !allowFloat))
      continue;
    double gain = getGain(i) / costs[i];
    if (gain > most) {
      most = gain;
      best = i;
    }
  }
  if (!best)
    return false;
  widened[*best] = true;
  return true;
}

double toDecibel(double noise) { return -10.0 * std::log10(noise); }

void AccuracyBudget::apply(func::FuncOp copy, func::FuncOp original) const {
  IRMapping mapping = mapFunction(original, copy);
  for (auto [tensor, isWide] : llvm::zip(tensors, widened)) {
    if (!isWide)
      continue;
    if (!tensor.value) {
      Value result = mapping.lookup(tensor.layer->getResult(0));
      qnn::setStaysFloat(result.getDefiningOp());
      continue;
    }
    qnn::TensorPolicy policy = qnn::getActivationPolicy(tensor.value);
    policy.bits = 16;
    qnn::setActivationPolicy(mapping.lookup(tensor.value), policy);
  }
}

void AccuracyBudget::explain() const {
  for (auto [tensor, isWide] : llvm::zip(tensors, widened)) {
    if (!isWide)
      continue;
    Location loc =
        tensor.value ? tensor.value.getLoc() : tensor.layer->getLoc();
    remark::passed(loc,
                   remark::RemarkOpts::name("Widened").category("qnn-accuracy"))
        << llvm::formatv(tensor.value
                             ? "16 bits: with 8, it alone leaves {0:f1} dB"
                             : "stays float: its weights alone leave {0:f1} dB",
                         toDecibel(tensor.noise))
               .str();
  }
}

int64_t AccuracyBudget::countWidened() const {
  return llvm::count(widened, true);
}

} // namespace quantc
