// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of quant-calibrate. What it does is runCalibrateDriver, and
// behind the word "merge" runMergeDriver.
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
runs over the samples. Independent jobs measure parts of the data, and their
tables are merged into the one that a single job would have written:

  quant-calibrate model.onnx --data=samples.npz --shard=1/2 -o 1.json
  quant-calibrate model.onnx --data=samples.npz --shard=2/2 -o 2.json
  quant-calibrate merge 1.json 2.json -o table.json

merge with --method chooses the ranges anew without running the model. Exit
code 0, or 1 after "error: ..." with no table written.
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
  cl::list<std::string> inputs(
      cl::Positional,
      cl::desc("MODEL.{onnx,mlir,mlirbc} | merge T.json T.json ..."),
      cl::cat(category));
  auto text = [&](llvm::StringRef name, std::string &target,
                  llvm::StringRef value, llvm::StringRef description) {
    return std::make_unique<cl::opt<std::string, true>>(
        name, cl::desc(description), cl::value_desc(value),
        cl::location(target), cl::cat(category));
  };
  std::string method, shard;
  auto data =
      text("data", options.compile.calibrationData, "X.npz", "The samples");
  auto output = text("o", options.saveCalibrationTable, "T.json",
                     "The calibration table");
  auto normalize = text("normalize", options.compile.normalize, "MEAN,STD",
                        "Feed (x - MEAN) / STD; for one number a channel "
                        "M1:M2:M3,S1:S2:S3");
  auto methodName =
      text("method", method, "NAME",
           "How ranges follow: min-max (default), moving-average, percentile, "
           "entropy, mse, octav or auto");
  cl::opt<double> percentile(
      "percentile", cl::desc("Of --method=percentile and auto (default 99.99)"),
      cl::value_desc("P"), cl::cat(category));
  auto shardText =
      text("shard", shard, "I/N", "Measure part I of N of the samples, from 1");
  auto checkpoint = text("checkpoint", options.checkpoint, "C.json",
                         "Keep the state here while measuring, and go on from "
                         "it where it is there");
  cl::opt<unsigned, true> interval(
      "checkpoint-interval",
      cl::desc("Seconds between checkpoints (default 10)"), cl::value_desc("S"),
      cl::location(options.checkpointInterval), cl::cat(category));
  // For tests: the table does not depend on it.
  cl::opt<std::string, true> cpu(
      "cpu", cl::desc("Compile the float model for this CPU (native)"),
      cl::value_desc("NAME"), cl::location(options.compile.target.cpu),
      cl::Hidden, cl::cat(category));
  std::string mistakes;
  llvm::raw_string_ostream mistakeStream(mistakes);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &mistakeStream)) {
    llvm::StringRef first = llvm::StringRef(mistakes).split('\n').first;
    // A wrong value was printed by its option already.
    return fail(first.empty() ? "the command line is not valid; see --help"
                              : first.substr(first.find(": ") + 2));
  }

  llvm::Expected<MethodOptions> methodOptions = MethodOptions::parse(
      method, percentile.getNumOccurrences() ? std::optional<double>(percentile)
                                             : std::nullopt);
  if (!methodOptions)
    return fail("--method: " + llvm::toString(methodOptions.takeError()));
  if (inputs.empty())
    return fail(
        "expected a model: quant-calibrate MODEL --data=X.npz -o T.json");
  if (inputs.front() == "merge") {
    if (inputs.size() < 2)
      return fail("expected tables: quant-calibrate merge A.json B.json "
                  "-o C.json");
    if (options.saveCalibrationTable.empty())
      return fail("expected an output: -o C.json");
    if (data->getNumOccurrences() || shardText->getNumOccurrences() ||
        checkpoint->getNumOccurrences() || normalize->getNumOccurrences())
      return fail("merge takes tables, --method, --percentile and -o");
    std::optional<MethodOptions> chosen;
    if (methodName->getNumOccurrences())
      chosen = *methodOptions;
    if (llvm::Error error =
            runMergeDriver(llvm::ArrayRef(&inputs[1], inputs.size() - 1),
                           options.saveCalibrationTable, chosen))
      return fail(std::move(error));
    return 0;
  }
  if (inputs.size() > 1)
    return fail("expected one model, not also '" + inputs[1] + "'");
  options.input = inputs.front();
  options.compile.calibrationMethod = *methodOptions;
  if (options.compile.calibrationData.empty())
    return fail("expected samples: --data=X.npz");
  if (options.saveCalibrationTable.empty())
    return fail("expected an output: -o T.json");
  if (shardText->getNumOccurrences()) {
    llvm::Expected<Shard> parsed = Shard::parse(shard);
    if (!parsed)
      return fail(parsed.takeError());
    options.shard = *parsed;
  }
  if (llvm::Error error = runCalibrateDriver(options))
    return fail(std::move(error));
  return 0;
}
