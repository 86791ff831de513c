// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One compiled float model in which every tensor has a switch: an argument of
// one number that mixes the tensor with its quantized self. So the noise of
// each tensor is a run, not a compilation.
#include "Sensitivity.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Execution/ProgressBar.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>

using namespace mlir;

namespace quantc {
namespace {

/// Energy of outputs, and of their differences, over all samples.
class NoiseMeter {
public:
  void add(ArrayRef<float> original, ArrayRef<float> changed) {
    double noise = 0.0;
    for (auto [a, b] : llvm::zip_equal(original, changed)) {
      double difference = double(a) - b;
      energy += double(a) * a;
      noise += difference * difference;
    }
    sum += noise;
    squares += noise * noise;
    ++count;
  }

  double get() const { return energy > 0 ? sum / energy : 0.0; }

  /// The standard error of `get`: other samples of the same kind would differ
  /// by this much. 0 for a single sample, which cannot tell.
  double getError() const {
    if (count < 2 || energy <= 0)
      return 0.0;
    double variance = (squares - sum * sum / count) / (count - 1);
    return std::sqrt(std::max(variance, 0.0) * count) / energy;
  }

private:
  double energy = 0.0, sum = 0.0, squares = 0.0;
  int64_t count = 0;
};

/// The outputs of one invocation, one after the other.
std::vector<float> getOutputs(const exec::Invocation &invocation) {
  std::vector<float> all;
  const auto &specs = invocation.getModel().getSignature().outputs;
  for (auto [spec, data] : llvm::zip(specs, invocation.getOutputs())) {
    auto *values = static_cast<const float *>(data);
    all.insert(all.end(), values, values + spec.getElementCount());
  }
  return all;
}

class SwitchBuilder {
public:
  explicit SwitchBuilder(func::FuncOp function)
      : function(function), builder(function.getContext()) {}

  /// `real` where the new argument is 0, `quantized` where it is 1; `real` is
  /// replaced in the uses of `quantized`.
  void mix(Value real, Value quantized) {
    auto type = cast<RankedTensorType>(real.getType());
    SmallVector<int64_t> ones(type.getRank(), 1);
    unsigned index = function.getNumArguments();
    auto flagType = RankedTensorType::get(ones, type.getElementType());
    (void)function.insertArgument(index, flagType, {}, function.getLoc());
    builder.setInsertionPointAfterValue(quantized);
    Location loc = quantized.getLoc();
    Value shift = qnn::createMulShift(builder, loc);
    Value difference = tosa::SubOp::create(builder, loc, type, quantized, real);
    Value scaled = tosa::MulOp::create(builder, loc, type, difference,
                                       function.getArgument(index), shift);
    Value mixed = tosa::AddOp::create(builder, loc, type, real, scaled);
    quantized.replaceAllUsesExcept(mixed, difference.getDefiningOp());
  }

private:
  func::FuncOp function;
  OpBuilder builder;
};

/// The dequantize behind the quantize of `value`, or null.
Value findDequantized(Value value) {
  for (Operation *user : value.getUsers())
    if (auto quantize = dyn_cast<qnn::QuantizeOp>(user))
      for (Operation *reader : quantize->getUsers())
        if (isa<qnn::DequantizeOp>(reader))
          return reader->getResult(0);
  return {};
}

/// Puts a switch on every tensor of `copy` and returns what each is for in the
/// module of `function`.
llvm::Expected<std::vector<TensorSensitivity>>
insertSwitches(ModelCopy &copy, func::FuncOp function) {
  IRMapping mapping = mapFunction(function, copy.getFunction());
  auto plan = qnn::QuantizationPlan::buildByPolicy(function);
  auto layers = qnn::getContractions(function);
  auto copies = qnn::getContractions(copy.getFunction());
  SmallVector<Value> weights;
  for (const qnn::Contraction &layer : copies)
    weights.push_back(layer.weight->get());
  if (llvm::Error error = copy.quantize())
    return std::move(error);

  std::vector<TensorSensitivity> result;
  SwitchBuilder switches(copy.getFunction());
  for (const auto &[value, name] : plan.getValues()) {
    Value real = mapping.lookup(value);
    if (Value quantized = findDequantized(real)) {
      switches.mix(real, quantized);
      result.push_back({value, nullptr, 0.0});
    }
  }
  for (auto [index, layer] : llvm::enumerate(layers)) {
    Value quantized = copies[index].weight->get();
    if (quantized == weights[index])
      continue;
    switches.mix(weights[index], quantized);
    result.push_back({Value(), layer.op, 0.0});
  }
  return result;
}

} // namespace

llvm::Expected<std::vector<TensorSensitivity>>
measureSensitivities(ModuleOp module, SampleChoice choice,
                     const CompileOptions &options) {
  auto samples = readSamples(module, choice, options);
  if (!samples)
    return samples.takeError();
  auto copy = ModelCopy::create(module);
  if (!copy)
    return copy.takeError();
  auto function = *module.getOps<func::FuncOp>().begin();
  auto tensors = insertSwitches(*copy, function);
  if (!tensors)
    return tensors.takeError();
  auto model = compileForHost(copy->getModule());
  if (!model)
    return model.takeError();
  auto invocation = exec::Invocation::create(**model);
  if (!invocation)
    return invocation.takeError();

  exec::ProgressBar bar("measuring sensitivities", choice.count);
  ArrayRef<void *> inputs = invocation->getInputs();
  std::vector<NoiseMeter> meters(tensors->size());
  for (int64_t sample = 0; sample < choice.count; ++sample) {
    for (auto [index, argument] : llvm::enumerate(*samples))
      std::memcpy(inputs[index], argument[sample].data(),
                  argument[sample].size());
    if (llvm::Error error = invocation->run())
      return std::move(error);
    std::vector<float> original = getOutputs(*invocation);
    for (auto [index, meter] : llvm::enumerate(meters)) {
      auto *flag = static_cast<float *>(inputs[samples->size() + index]);
      *flag = 1.0f;
      if (llvm::Error error = invocation->run())
        return std::move(error);
      *flag = 0.0f;
      meter.add(original, getOutputs(*invocation));
    }
    bar.update(sample + 1);
  }
  for (auto [tensor, meter] : llvm::zip(*tensors, meters))
    tensor.noise = meter.get();
  return tensors;
}

llvm::Expected<MeasuredNoise> measureNoise(ModuleOp module,
                                           const ModelCopy &reference,
                                           SampleChoice choice,
                                           const CompileOptions &options) {
  auto samples = readSamples(module, choice, options);
  if (!samples)
    return samples.takeError();
  auto quantizedCopy = ModelCopy::create(module);
  if (!quantizedCopy)
    return quantizedCopy.takeError();
  if (llvm::Error error = quantizedCopy->quantize())
    return std::move(error);
  // Compiling consumes what it compiles.
  auto floatCopy = ModelCopy::create(reference.getModule());
  if (!floatCopy)
    return floatCopy.takeError();
  auto original = compileForHost(floatCopy->getModule());
  if (!original)
    return original.takeError();
  auto quantized = compileForHost(quantizedCopy->getModule());
  if (!quantized)
    return quantized.takeError();
  auto first = exec::Invocation::create(**original);
  if (!first)
    return first.takeError();
  auto second = exec::Invocation::create(**quantized);
  if (!second)
    return second.takeError();
  NoiseMeter meter;
  for (int64_t sample = 0; sample < choice.count; ++sample) {
    for (exec::Invocation *invocation : {&*first, &*second}) {
      for (auto [index, argument] : llvm::enumerate(*samples))
        std::memcpy(invocation->getInputs()[index], argument[sample].data(),
                    argument[sample].size());
      if (llvm::Error error = invocation->run())
        return std::move(error);
    }
    meter.add(getOutputs(*first), getOutputs(*second));
  }
  return MeasuredNoise{meter.get(), meter.getError()};
}

} // namespace quantc
