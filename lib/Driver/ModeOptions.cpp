// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An option that changes nothing is a mistake of whoever gave it: a model
// compiled without the calibration that was asked for would pass for one with.
#include "ModeOptions.h"

#include "quantc/Driver/ModelForm.h"

#include "mlir/Support/LLVM.h"

namespace quantc {

static llvm::Error needsMode(const llvm::Twine &option, llvm::StringRef mode) {
  return llvm::createStringError(option + " needs --mode=" + mode);
}

/// What only ranges that are known before the model runs have a use for.
static llvm::Error checkUncalibrated(const CompileDriverOptions &options) {
  const CompileOptions &compile = options.compile;
  std::pair<bool, const char *> given[] = {
      {!compile.calibrationData.empty(), "--calibration-data"},
      {!compile.calibrationTable.empty(), "--calibration-table"},
      {!compile.normalize.empty(), "--normalize"},
      {!options.saveCalibrationTable.empty(), "--save-calibration-table"},
      {compile.boundary == Boundary::Integer, "--io=int8"},
      {compile.failOnFloat, "--fail-on-float"},
      {compile.rounding.has_value(), "--rounding"},
      {compile.accuracy != Accuracy::Fast, "--accuracy"},
      {compile.accuracySteps.has_value(), "--accuracy-steps"},
      {compile.accuracyBudget.has_value(), "--accuracy-budget"}};
  for (auto [isGiven, name] : given)
    if (isGiven)
      return needsMode(name, "static");
  bool quantizes = compile.mode != Mode::Float;
  if (compile.stopAfter == Stage::Calibrate ||
      (!quantizes && (compile.stopAfter == Stage::Quantize ||
                      compile.stopAfter == Stage::Legalize)))
    return needsMode("--stop-after=" + getStageName(compile.stopAfter),
                     "static");
  return llvm::Error::success();
}

static llvm::Error checkWeightOptions(const CompileOptions &compile) {
  if (compile.mode != Mode::WeightOnly) {
    if (compile.weightBits)
      return needsMode("--weight-bits", "weight-only");
    if (compile.weightBlock)
      return needsMode("--weight-block", "weight-only");
    return llvm::Error::success();
  }
  unsigned bits = compile.weightBits.value_or(8);
  if (bits != 4 && bits != 8)
    return llvm::createStringError("--weight-bits takes 4 or 8");
  if (!compile.weightBlock)
    return llvm::Error::success();
  if (bits != 4)
    return llvm::createStringError("--weight-block needs --weight-bits=4");
  if (*compile.weightBlock < 2)
    return llvm::createStringError("--weight-block takes a number from 2 on");
  return llvm::Error::success();
}

/// Beyond this, floats themselves are noise.
static constexpr double kMostDecibel = 140.0;

static llvm::Error checkBudget(const CompileOptions &compile) {
  if (!compile.accuracyBudget ||
      (*compile.accuracyBudget > 0 && *compile.accuracyBudget <= kMostDecibel))
    return llvm::Error::success();
  return llvm::createStringError(
      "--accuracy-budget takes decibels above 0, at most 140");
}

llvm::Error checkModeOptions(const CompileDriverOptions &options) {
  if (llvm::Error error = checkWeightOptions(options.compile))
    return error;
  if (llvm::Error error = checkBudget(options.compile))
    return error;
  if (options.compile.mode == Mode::Static)
    return llvm::Error::success();
  return checkUncalibrated(options);
}

llvm::Error checkModeForm(const CompileDriverOptions &options, Stage start) {
  Mode mode = options.compile.mode;
  if ((mode != Mode::Dynamic && mode != Mode::WeightOnly) ||
      start < Stage::Quantize)
    return llvm::Error::success();
  return llvm::createStringError(
      "'" + options.input + "' is in " + getFormName(start) +
      ": how it is quantized is decided; expected no --mode");
}

llvm::Error checkLateOptions(const CompileDriverOptions &options, Stage start) {
  const CompileOptions &compile = options.compile;
  struct Option {
    bool isGiven;
    Stage decided;
    const char *fixed, *name;
  } given[] = {
      {!compile.calibrationData.empty() || !compile.calibrationTable.empty(),
       Stage::Quantize, "scales are", "calibration"},
      {!compile.normalize.empty(), Stage::Quantize, "scales are",
       "--normalize"},
      {compile.accuracy != Accuracy::Fast, Stage::Quantize, "scales are",
       "--accuracy"},
      {compile.accuracySteps.has_value(), Stage::Quantize, "scales are",
       "--accuracy-steps"},
      {compile.accuracyBudget.has_value(), Stage::Quantize, "scales are",
       "--accuracy-budget"},
      {compile.boundary == Boundary::Integer, Stage::Lower, "boundary is",
       "--io=int8"},
      {compile.rounding.has_value(), Stage::Lower, "arithmetic is",
       "--rounding"}};
  for (const Option &option : given)
    if (option.isGiven && start >= option.decided)
      return llvm::createStringError(
          llvm::Twine("'") + options.input + "' is in " + getFormName(start) +
          ": its " + option.fixed + " fixed; expected no " + option.name);
  return llvm::Error::success();
}

} // namespace quantc
