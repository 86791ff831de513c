// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of quant-calibrate. What it does is runCalibrateDriver.
#include "quantc/Driver/CompileDriver.h"
#include "quantc/Driver/ReportedError.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;
using namespace quantc;

static constexpr llvm::StringLiteral kOverview =
    R"(measures the ranges of a float model on real data

  quant-calibrate model.onnx --data=samples.npz -o table.json

The arrays of the npz file are named as the model's inputs; their first axis
runs over the samples. Exit code 0, or 1 after "error: ..." with no table
written.
)";

static int fail(const llvm::Twine &message) {
  llvm::errs() << "error: " << message << '\n';
  return 1;
}

static int fail(llvm::Error error) {
  llvm::handleAllErrors(
      std::move(error), [](const ReportedError &) {},
      [](const llvm::ErrorInfoBase &other) { fail(other.message()); });
  return 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ResetCommandLineParser();
  CompileDriverOptions options;
  cl::OptionCategory category("quant-calibrate options");
  cl::opt<std::string, true> input(
      cl::Positional, cl::desc("MODEL.{onnx,mlir,mlirbc}"),
      cl::location(options.input), cl::cat(category));
  cl::opt<std::string, true> data(
      "data", cl::desc("The samples"), cl::value_desc("X.npz"),
      cl::location(options.compile.calibrationData), cl::cat(category));
  cl::opt<std::string, true> output(
      "o", cl::desc("The calibration table"), cl::value_desc("T.json"),
      cl::location(options.saveCalibrationTable), cl::cat(category));
  cl::opt<std::string, true> normalize(
      "normalize",
      cl::desc("Feed (x - MEAN) / STD; for one number a channel "
               "M1:M2:M3,S1:S2:S3"),
      cl::value_desc("MEAN,STD"), cl::location(options.compile.normalize),
      cl::cat(category));
  std::string mistakes;
  llvm::raw_string_ostream mistakeStream(mistakes);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &mistakeStream)) {
    llvm::StringRef first = llvm::StringRef(mistakes).split('\n').first;
    // A wrong value was printed by its option already.
    return fail(first.empty() ? "the command line is not valid; see --help"
                              : first.substr(first.find(": ") + 2));
  }
  if (options.input.empty())
    return fail(
        "expected a model: quant-calibrate MODEL --data=X.npz -o T.json");
  if (options.compile.calibrationData.empty())
    return fail("expected samples: --data=X.npz");
  if (options.saveCalibrationTable.empty())
    return fail("expected an output: -o T.json");
  if (llvm::Error error = runCalibrateDriver(options))
    return fail(std::move(error));
  return 0;
}
