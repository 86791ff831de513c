// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which tensors get 16 bits, and which layers stay float, so that the noise at
// the outputs stays within a budget at the least cost. The sensitivities are
// measured once; the choice is made on their sums, because the noise of
// different tensors is nearly independent. Whole models are measured elsewhere.
#include "AccuracyBudget.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
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
/// The noise of 16 bits in place of 8: a step is 257 times smaller, and twice
/// as large for the headroom.
static constexpr double kWordNoise = 4.0 / (257.0 * 257.0);
/// The range of 16 bits in parts of what was measured. One bit less of
/// precision is nothing to them, and numbers beyond those of the calibration
/// data are not clipped.
static constexpr double kHeadroom = 2.0;
/// Less than this part of the noise is not worth a wider tensor.
static constexpr double kLeastGain = 0.01;

static int64_t getMultiplyAdds(const qnn::Contraction &layer) {
  return cast<RankedTensorType>(layer.getResult().getType()).getNumElements() *
         layer.getDepth();
}

Location AccuracyBudget::Unit::getLoc() const {
  return isWeight() ? layer->getLoc() : values.front().getLoc();
}

AccuracyBudget::AccuracyBudget(func::FuncOp function,
                               ArrayRef<TensorSensitivity> sensitivities,
                               bool allowFloat)
    : allowFloat(allowFloat) {
  auto layers = qnn::getContractions(function);
  for (const TensorSensitivity &tensor : sensitivities)
    tensor.value ? addValue(tensor, layers) : addWeight(tensor, layers);
}

void AccuracyBudget::addWeight(const TensorSensitivity &tensor,
                               ArrayRef<qnn::Contraction> layers) {
  Unit unit;
  unit.layer = tensor.layer;
  unit.noise = tensor.noise;
  for (const qnn::Contraction &layer : layers)
    if (layer.op == tensor.layer)
      unit.cost += kFloatCost * getMultiplyAdds(layer);
  units.push_back(std::move(unit));
}

AccuracyBudget::Unit &AccuracyBudget::findUnit(Value value) {
  auto producer = value.getDefiningOp<qnn::QuantizableOpInterface>();
  if (producer && producer.hasSameScale())
    for (Unit &unit : units)
      for (Value operand : producer->getOperands())
        if (llvm::is_contained(unit.values, operand))
          return unit;
  return units.emplace_back();
}

void AccuracyBudget::addValue(const TensorSensitivity &tensor,
                              ArrayRef<qnn::Contraction> layers) {
  Unit &unit = findUnit(tensor.value);
  unit.values.push_back(tensor.value);
  // What is moved is not rounded again.
  unit.noise = std::max(unit.noise, tensor.noise);
  // The passing of words through memory, and who reads them.
  unit.cost += cast<RankedTensorType>(tensor.value.getType()).getNumElements();
  for (const qnn::Contraction &layer : layers)
    if (layer.activation->get() == tensor.value)
      unit.cost += kWordCost * getMultiplyAdds(layer);
}

void AccuracyBudget::learn(double measured) {
  double values = 0.0, weights = 0.0;
  for (const Unit &unit : units) {
    double noise = unit.noise;
    if (unit.isWeight())
      weights += unit.isWide ? 0.0 : noise;
    else
      values += unit.isWide ? noise * kWordNoise : noise;
  }
  valuePart = values > measured ? measured / values : 1.0;
  weightPart = weights > 0 ? std::max(measured - values, 0.0) / weights : 0.0;
}

double AccuracyBudget::getNoise(const Unit &unit) const {
  return unit.noise * (unit.isWeight() ? weightPart : valuePart);
}

double AccuracyBudget::getGain(const Unit &unit) const {
  return getNoise(unit) * (unit.isWeight() ? 1.0 : 1.0 - kWordNoise);
}

double AccuracyBudget::getPredictedNoise() const {
  double noise = 0.0;
  for (const Unit &unit : units)
    noise += getNoise(unit) - (unit.isWide ? getGain(unit) : 0.0);
  return noise;
}

AccuracyBudget::Unit *AccuracyBudget::findBest() {
  Unit *best = nullptr;
  double most = 0.0, least = kLeastGain * getPredictedNoise();
  for (Unit &unit : units) {
    if (unit.isWide || (unit.isWeight() && !allowFloat) ||
        getGain(unit) < least)
      continue;
    double gain = getGain(unit) / unit.cost;
    if (gain > most) {
      most = gain;
      best = &unit;
    }
  }
  return best;
}

bool AccuracyBudget::widenUntil(double budget) {
  bool changed = false;
  while (getPredictedNoise() > budget) {
    Unit *best = findBest();
    if (!best)
      break;
    best->isWide = changed = true;
  }
  return changed;
}

double toDecibel(double noise) { return -10.0 * std::log10(noise); }

/// The range of `value` with headroom.
static void widenRange(Value value) {
  qnn::CalibrationAttr range = qnn::getCalibration(value);
  if (!range)
    return;
  qnn::setCalibration(value,
                      qnn::CalibrationAttr::get(
                          value.getContext(), range.getMethod(),
                          range.getSamples(), kHeadroom * range.getLeast(),
                          kHeadroom * range.getGreatest(), range.getTable()));
}

void AccuracyBudget::apply(func::FuncOp copy, func::FuncOp original) const {
  IRMapping mapping = mapFunction(original, copy);
  for (const Unit &unit : units) {
    if (!unit.isWide)
      continue;
    if (unit.isWeight()) {
      Value result = mapping.lookup(unit.layer->getResult(0));
      qnn::setStaysFloat(result.getDefiningOp());
      continue;
    }
    for (Value value : unit.values) {
      qnn::TensorPolicy policy = qnn::getActivationPolicy(value);
      policy.bits = 16;
      qnn::setActivationPolicy(mapping.lookup(value), policy);
      widenRange(mapping.lookup(value));
    }
  }
}

void AccuracyBudget::explain() const {
  for (const Unit &unit : units)
    if (unit.isWide)
      remark::passed(
          unit.getLoc(),
          remark::RemarkOpts::name("Widened").category("qnn-accuracy"))
          << llvm::formatv(unit.isWeight()
                               ? "stays float: its weights alone leave {0:f1} "
                                 "dB"
                               : "16 bits: with 8, it alone leaves {0:f1} dB",
                           toDecibel(unit.noise))
                 .str();
}

int64_t AccuracyBudget::countWidened() const {
  return llvm::count_if(units, [](const Unit &unit) { return unit.isWide; });
}

} // namespace quantc
