// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which accuracy passes run, in which order, on which samples.
#include "Accuracy.h"
#include "AccuracyBudget.h"

#include "ErrorAttribution.h"

#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Driver/ReportedError.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace quantc {
namespace {

/// Samples that are kept whole while the quantized model is simulated: more of
/// them bring nothing, as means of quantized and float model are taken from the
/// same ones.
constexpr int64_t kMaxSamples = 64;
/// Of these, the ones on which every tensor is tried alone.
constexpr int64_t kSensitivitySamples = 16;
/// How often a budget is tried.
constexpr int64_t kMostTrials = 6;
/// A budget is measured on every so many-th sample, which nothing else looks
/// at: weights that were fitted to a sample are too good on it.
constexpr int64_t kHeldOut = 3;
constexpr int64_t kLeastToHoldOut = 12;
/// And the memory that they may take.
constexpr int64_t kMaxBytes = int64_t(1) << 29;

/// The most bytes of tensors that are alive together in one sample.
int64_t getLiveBytes(func::FuncOp function) {
  llvm::DenseMap<Operation *, int64_t> position;
  Block &body = function.getFunctionBody().front();
  for (auto [index, op] : llvm::enumerate(body))
    position[&op] = index;
  std::vector<int64_t> change(position.size() + 1, 0);
  auto visit = [&](Value value, int64_t first) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || !type.hasStaticShape() || value.use_empty())
      return;
    int64_t last = first;
    for (Operation *user : value.getUsers())
      last = std::max(last, position.lookup(user));
    int64_t bytes = type.getNumElements() * sizeof(float);
    change[first] += bytes;
    change[last + 1] -= bytes;
  };
  for (BlockArgument argument : body.getArguments())
    visit(argument, 0);
  for (Operation &op : body)
    for (Value result : op.getResults())
      if (op.getNumOperands() > 0)
        visit(result, position[&op]);
  int64_t alive = 0, most = 1;
  for (int64_t bytes : change)
    most = std::max(most, alive += bytes);
  return most;
}

class Improvement {
public:
  Improvement(ModuleOp module, const CompileOptions &options,
              ErrorAttribution *attribution)
      : module(module), options(options), attribution(attribution),
        steps(getAccuracySteps(options)) {}

  llvm::Error run() {
    if (llvm::Error error = chooseSamples())
      return error;
    if (options.accuracyBudget) {
      auto copy = ModelCopy::create(module);
      if (!copy)
        return copy.takeError();
      reference = std::move(*copy);
    }
    if (llvm::Error error = measureChannels(module, choice, options))
      return error;
    if (options.accuracyBudget)
      return fitBudget();
    if (llvm::Error error = equalize(module))
      return error;
    if (llvm::Error error = beginAttribution())
      return error;
    return improveLayers(module);
  }

private:
  llvm::Error chooseSamples() {
    auto total = countSamples(module, options);
    if (!total)
      return total.takeError();
    auto function = *module.getOps<func::FuncOp>().begin();
    int64_t affordable =
        std::max<int64_t>(kMaxBytes / getLiveBytes(function), 1);
    choice.total = *total;
    int64_t available = choice.total;
    if (options.accuracyBudget && choice.total >= kLeastToHoldOut) {
      choice.heldOut = kHeldOut;
      available -= choice.total / kHeldOut;
    }
    choice.count = std::min({available, kMaxSamples, affordable});
    return llvm::Error::success();
  }

  llvm::Error runPasses(ModuleOp target,
                        llvm::function_ref<void(OpPassManager &)> build) {
    ErrorWatch watch(target.getContext());
    PassManager pm(target.getContext());
    if (options.configurePasses && failed(options.configurePasses(pm)))
      return watch.fail("the accuracy passes failed");
    build(pm);
    if (failed(pm.run(target)))
      return watch.fail("the accuracy passes failed");
    return llvm::Error::success();
  }

  llvm::Error equalize(ModuleOp target) {
    return runPasses(target, [&](OpPassManager &pm) {
      if (has(AccuracyStep::AbsorbBiases))
        pm.addNestedPass<func::FuncOp>(qnn::createAbsorbBiasesPass());
      if (has(AccuracyStep::EqualizeChannels))
        pm.addNestedPass<func::FuncOp>(qnn::createEqualizeChannelsPass());
    });
  }

  llvm::Error beginAttribution() {
    return attribution ? attribution->begin(module) : llvm::Error::success();
  }

  /// Weights and biases, for the policies that `target` has.
  llvm::Error improveLayers(ModuleOp target) {
    if (has(AccuracyStep::RoundWeights) || has(AccuracyStep::CorrectBias))
      if (llvm::Error error = improveInLockstep(target, choice, steps, options))
        return error;
    return runPasses(target, [](OpPassManager &pm) {
      pm.addNestedPass<func::FuncOp>(qnn::createCorrectBiasPass());
    });
  }

  /// Widens tensors until a trial meets the budget. What sensitivities cannot
  /// know, how much the improvement of layers brings, the first trial tells, in
  /// which nothing is wide.
  llvm::Error fitBudget() {
    auto sensitivities = measureSensitivities(module, getFew(), options);
    if (!sensitivities)
      return sensitivities.takeError();
    auto function = *module.getOps<func::FuncOp>().begin();
    AccuracyBudget budget(function, *sensitivities, !options.failOnFloat);
    double allowed = std::pow(10.0, -*options.accuracyBudget / 10.0);
    for (int64_t trial = 1;; ++trial) {
      auto wide = ModelCopy::create(module);
      if (!wide)
        return wide.takeError();
      budget.apply(wide->getFunction(), function);
      if (llvm::Error error = equalize(wide->getModule()))
        return error;
      auto improved = ModelCopy::create(wide->getModule());
      if (!improved)
        return improved.takeError();
      if (llvm::Error error = improveLayers(improved->getModule()))
        return error;
      auto noise =
          measureNoise(improved->getModule(), *reference, getJudges(), options);
      if (!noise)
        return noise.takeError();
      // Few samples have to show more.
      budget.learn(noise->getBound());
      if (noise->getBound() <= allowed || trial == kMostTrials ||
          !budget.widenUntil(allowed)) {
        report(budget, *noise, noise->getBound() <= allowed);
        return finish(budget, *improved);
      }
    }
  }

  SampleChoice getFew() const {
    SampleChoice few = choice;
    few.count = std::min(choice.count, kSensitivitySamples);
    return few;
  }

  SampleChoice getJudges() const {
    SampleChoice judges = choice;
    if (choice.heldOut) {
      judges.takesHeldOut = true;
      judges.count = std::min(choice.total / choice.heldOut, choice.count);
    }
    return judges;
  }

  void report(const AccuracyBudget &budget, const MeasuredNoise &noise,
              bool isMet) {
    budget.explain();
    auto name = remark::RemarkOpts::name("Budget").category("qnn-accuracy");
    auto remark = isMet ? remark::passed(module.getLoc(), name)
                        : remark::missed(module.getLoc(), name);
    remark << llvm::formatv(
                  "{0} of {1:f1} dB: {2:f1} dB measured on the calibration "
                  "data, no less than {3:f1} dB by its standard error, with "
                  "{4} tensors or layers wider than 8 bits",
                  isMet ? "within the budget" : "not within the budget",
                  *options.accuracyBudget, toDecibel(noise.noise),
                  toDecibel(noise.getBound()), budget.countWidened())
                  .str();
  }

  /// Replaces the module by `improved`, a trial of `budget`. What the trial
  /// did before its layers were improved is done once more, to be heard.
  llvm::Error finish(const AccuracyBudget &budget, const ModelCopy &improved) {
    auto function = *module.getOps<func::FuncOp>().begin();
    budget.apply(function, function);
    if (llvm::Error error = equalize(module))
      return error;
    if (llvm::Error error = beginAttribution())
      return error;
    return takeOver(improved);
  }

  llvm::Error takeOver(const ModelCopy &trial) {
    auto copy = copyInto(module.getContext(), trial.getModule());
    if (!copy)
      return copy.takeError();
    module.getBodyRegion().takeBody((*copy)->getBodyRegion());
    return llvm::Error::success();
  }

  bool has(AccuracyStep step) const { return llvm::is_contained(steps, step); }

  ModuleOp module;
  const CompileOptions &options;
  ErrorAttribution *attribution;
  std::vector<AccuracyStep> steps;
  /// The float model, where a budget compares with it.
  std::optional<ModelCopy> reference;
  SampleChoice choice;
};

} // namespace

std::vector<AccuracyStep> getAccuracySteps(const CompileOptions &options) {
  if (options.accuracySteps)
    return *options.accuracySteps;
  std::vector<AccuracyStep> all = {AccuracyStep::EqualizeChannels,
                                   AccuracyStep::RoundWeights,
                                   AccuracyStep::CorrectBias};
  // What costs nothing at run time comes before wider tensors.
  if (options.accuracyBudget)
    return all;
  switch (options.accuracy) {
  case Accuracy::None:
    return {};
  case Accuracy::Fast:
    return {AccuracyStep::EqualizeChannels, AccuracyStep::CorrectBias};
  case Accuracy::Best:
    break;
  }
  return all;
}

llvm::Error improveAccuracy(ModuleOp module, const CompileOptions &options,
                            ErrorAttribution *attribution) {
  if (options.accuracy == Accuracy::None && !options.accuracyBudget &&
      !options.accuracySteps)
    return attribution ? attribution->begin(module) : llvm::Error::success();
  if (options.calibrationData.empty()) {
    if (options.accuracy == Accuracy::Best || options.accuracyBudget ||
        options.accuracySteps)
      return llvm::createStringError(
          llvm::StringRef(options.accuracyBudget  ? "--accuracy-budget"
                          : options.accuracySteps ? "--accuracy-steps"
                                                  : "--accuracy=best") +
          " measures layers: expected --calibration-data=X.npz");
    remark::missed(
        module.getLoc(),
        remark::RemarkOpts::name("NotCorrected").category("qnn-accuracy"))
        << "biases are not corrected and channels not equalized: that needs "
           "--calibration-data";
    return llvm::Error::success();
  }
  return Improvement(module, options, attribution).run();
}

} // namespace quantc
