// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of quant-run. What it does is exec::runQuantRun; how a model
// file becomes code is loadExecutable.
#include "quantc/Driver/Compiler.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;
using namespace quantc;

static constexpr llvm::StringLiteral kOverview =
    R"(runs a model over the samples of an npz file

The arrays of the npz file are named as the model's inputs. Their first axis
runs over the samples: it replaces a batch axis of size 1, or stands before the
model's own axes. Integers are converted to the input's type. An input of
quantized integers takes real numbers, which are quantized, or an array of just
its own type, which is taken as it is.

Results on standard output:
  samples=N                       how many samples ran
  top1=P% top5=P%                 with --labels
  sqnr=XdB cosine=C same_top1=P% max_abs_diff=D
                                  with --compare, against that model
  peak=N GMAC/s and a table       with --profile, one row for each layer: median
                                  microseconds and their share, multiply-adds,
                                  bytes of inputs, outputs and weights, GMAC/s,
                                  and how much of the time this machine needs
                                  at best (docs/Performance.md)
  arena=BYTES lower_bound=BYTES   with --benchmark, the working memory of a run
                                  and what no plan can do without
  median=MS p95=MS                with --benchmark, milliseconds a sample
Exit code 0, or 1 with one line "error: ..." and no output file.
)";

static int fail(const llvm::Twine &message) {
  llvm::errs() << "error: " << message << '\n';
  return 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // The shared LLVM registers the options of all its own tools, with a
  // `--threads` among them.
  cl::ResetCommandLineParser();
  exec::RunOptions options;
  unsigned benchmark = 0, samples = 0;

  cl::OptionCategory category("quant-run options");
  cl::opt<std::string, true> model(
      cl::Positional, cl::desc("MODEL.{so,onnx,mlir,mlirbc}"),
      cl::location(options.model), cl::cat(category));
  cl::opt<std::string, true> input(
      "input", cl::desc("The samples"), cl::value_desc("X.npz"),
      cl::location(options.input), cl::cat(category));
  cl::opt<std::string, true> output(
      "output", cl::desc("Write the outputs, named as the model's outputs"),
      cl::value_desc("Y.npz"), cl::location(options.output), cl::cat(category));
  cl::opt<std::string, true> normalize(
      "normalize",
      cl::desc("Feed (x - MEAN) / STD; for one number a channel "
               "M1:M2:M3,S1:S2:S3"),
      cl::value_desc("MEAN,STD"), cl::location(options.normalize),
      cl::cat(category));
  cl::opt<std::string, true> labels(
      "labels", cl::desc("Score the first output against this array of X.npz"),
      cl::value_desc("ARRAY"), cl::location(options.labels), cl::cat(category));
  cl::opt<unsigned, true> benchmarkRuns(
      "benchmark", cl::desc("Time N runs"), cl::value_desc("N"),
      cl::location(benchmark), cl::cat(category));
  cl::opt<unsigned, true> sampleLimit(
      "samples", cl::desc("Run the first N samples only"), cl::value_desc("N"),
      cl::location(samples), cl::cat(category));
  cl::opt<std::string, true> compare(
      "compare", cl::desc("Compare the outputs with those of another model"),
      cl::value_desc("OTHER"), cl::location(options.compare),
      cl::cat(category));
  cl::opt<unsigned, true> threads(
      "threads", cl::desc("Run N samples at the same time (default 1)"),
      cl::value_desc("N"), cl::location(options.threads), cl::cat(category));
  cl::opt<bool, true> profile(
      "profile", cl::desc("Time each layer of a model of quantc --profile"),
      cl::location(options.profile), cl::cat(category));
  cl::opt<std::string, true> emulator(
      "emulator",
      cl::desc("Run a shared object of another machine with this command, for "
               "example \"qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu\""),
      cl::value_desc("COMMAND"), cl::location(options.load.emulator),
      cl::cat(category));
  cl::opt<exec::Engine, true> engine(
      "engine", cl::desc("How a model that is no shared object is evaluated"),
      cl::location(options.load.engine),
      cl::values(
          clEnumValN(exec::Engine::Jit, "jit", "compiled in memory (default)"),
          clEnumValN(exec::Engine::Reference, "reference",
                     "by the plainly written reference")),
      cl::cat(category));
  std::string mistakes;
  llvm::raw_string_ostream mistakeStream(mistakes);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &mistakeStream)) {
    llvm::StringRef first = llvm::StringRef(mistakes).split('\n').first;
    return fail(first.substr(first.find(": ") + 2));
  }
  if (options.model.empty())
    return fail("expected a model: quant-run MODEL --input=X.npz");
  if (options.input.empty())
    return fail("expected samples: quant-run MODEL --input=X.npz");
  if (emulator.getNumOccurrences() &&
      llvm::StringRef(options.load.emulator).trim().empty())
    return fail("--emulator takes a command");
  if (benchmarkRuns.getNumOccurrences())
    options.benchmark = benchmark;
  if (sampleLimit.getNumOccurrences())
    options.samples = samples;
  options.load.profile = options.profile;
  options.measureLimits = measureMachineLimits;

  if (llvm::Error error =
          exec::runQuantRun(options, loadExecutable, llvm::outs()))
    return fail(llvm::toString(std::move(error)));
  return 0;
}
