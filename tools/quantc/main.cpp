// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of quantc. What it does is runCompileDriver.
#include "quantc/Driver/CompileDriver.h"
#include "quantc/Driver/ReportedError.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;
using namespace quantc;

static constexpr llvm::StringLiteral kOverview =
    R"(compiles a float model to integer-only native code

MODEL is an ONNX file, or float TOSA or linalg in MLIR text or bytecode. With
--mode=static its ranges are measured on the samples of an npz file (arrays
named as the model's inputs, first axis = samples) or taken from a table of an
earlier measurement.

  quantc model.onnx --calibration-data=samples.npz -o model.so

writes model.so and model.h. Exit code 0, or 1 after "error: ..." with no output
file written.
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
  // The shared LLVM registers the options of all its own tools.
  cl::ResetCommandLineParser();
  CompileDriverOptions options;
  CompileOptions &compile = options.compile;
  compile.modelName.clear();

  cl::OptionCategory category("quantc options");
  cl::opt<std::string, true> input(
      cl::Positional, cl::desc("MODEL.{onnx,mlir,mlirbc}"),
      cl::location(options.input), cl::cat(category));
  cl::opt<std::string, true> output(
      "o", cl::desc("Output file; - is standard output"), cl::value_desc("OUT"),
      cl::location(options.output), cl::cat(category));
  cl::opt<Emit> emit(
      "emit", cl::desc("What to write (default: by the ending of OUT)"),
      cl::init(Emit::MLIR), cl::cat(category),
      cl::values(
          clEnumValN(Emit::MLIR, "mlir", "MLIR"),
          clEnumValN(Emit::LLVMIR, "llvm", "LLVM IR"),
          clEnumValN(Emit::Assembly, "asm", "assembly"),
          clEnumValN(Emit::Object, "obj", "object and header"),
          clEnumValN(Emit::SharedLibrary, "so", "shared library and header")));
  cl::opt<Stage, true> stopAfter(
      "stop-after", cl::desc("Write the MLIR that a stage leaves"),
      cl::location(compile.stopAfter), cl::cat(category),
      cl::values(
          clEnumValN(Stage::Import, "import", "float graph"),
          clEnumValN(Stage::Prepare, "prepare", "folded float graph"),
          clEnumValN(Stage::Calibrate, "calibrate", "float graph with ranges"),
          clEnumValN(Stage::Quantize, "quantize", "QDQ form"),
          clEnumValN(Stage::Legalize, "legalize", "qnn operations"),
          clEnumValN(Stage::Lower, "lower", "integer linalg"),
          clEnumValN(Stage::Codegen, "codegen", "LLVM dialect")));
  cl::opt<Mode, true> mode(
      "mode", cl::desc("What the compiled model computes with"),
      cl::location(compile.mode), cl::cat(category),
      cl::values(clEnumValN(Mode::Static, "static",
                            "int8 with measured ranges (default)"),
                 clEnumValN(Mode::Dynamic, "dynamic",
                            "int8 products with ranges found while running"),
                 clEnumValN(Mode::WeightOnly, "weight-only",
                            "f32 with weights stored as integers"),
                 clEnumValN(Mode::Float, "float", "f32")));
  cl::opt<Accuracy, true> accuracy(
      "accuracy",
      cl::desc("What is done for the accuracy of --mode=static, on the "
               "calibration data"),
      cl::location(compile.accuracy), cl::cat(category),
      cl::values(
          clEnumValN(Accuracy::Fast, "fast", "what is nearly free (default)"),
          clEnumValN(Accuracy::Best, "best", "all that pays"),
          clEnumValN(Accuracy::None, "none", "nothing")));
  cl::list<AccuracyStep> accuracySteps(
      "accuracy-steps", cl::desc("Steps of --accuracy, instead of its own"),
      cl::CommaSeparated, cl::cat(category),
      cl::values(clEnumValN(AccuracyStep::AbsorbBiases, "absorb",
                            "move channels into the next biases"),
                 clEnumValN(AccuracyStep::EqualizeChannels, "equalize",
                            "scale channels to the range of their tensor"),
                 clEnumValN(AccuracyStep::RoundWeights, "round",
                            "round weights with error feedback"),
                 clEnumValN(AccuracyStep::CorrectBias, "correct",
                            "take mean errors from biases")));
  cl::opt<double> accuracyBudget(
      "accuracy-budget",
      cl::desc("Least SQNR of the outputs on the calibration data, in dB; "
               "tensors get 16 bits until it is reached"),
      cl::value_desc("DB"), cl::cat(category));
  cl::opt<Boundary, true> io(
      "io", cl::desc("What the compiled model takes and gives"),
      cl::location(compile.boundary), cl::cat(category),
      cl::values(clEnumValN(Boundary::Float, "float", "f32 (default)"),
                 clEnumValN(Boundary::Integer, "int8", "stored integers")));
  cl::opt<qnn::RoundingMode> rounding(
      "rounding",
      cl::desc("How operations requantize (default: as the model says, else "
               "single)"),
      cl::cat(category),
      cl::values(clEnumValN(qnn::RoundingMode::Single, "single",
                            "one rounding, ties up"),
                 clEnumValN(qnn::RoundingMode::Double, "double",
                            "as the reference kernels of TFLite"),
                 clEnumValN(qnn::RoundingMode::FloatEven, "float_even",
                            "as ONNX Runtime")));
  auto text = [&](llvm::StringRef name, std::string &target,
                  llvm::StringRef value, llvm::StringRef description) {
    return std::make_unique<cl::opt<std::string, true>>(
        name, cl::desc(description), cl::value_desc(value),
        cl::location(target), cl::cat(category));
  };
  auto data = text("calibration-data", compile.calibrationData, "X.npz",
                   "Measure ranges on these samples");
  auto normalize = text("normalize", compile.normalize, "MEAN,STD",
                        "Feed (x - MEAN) / STD while measuring; for one number "
                        "a channel M1:M2:M3,S1:S2:S3");
  auto table = text("calibration-table", compile.calibrationTable, "T.json",
                    "Take the ranges of an earlier measurement");
  std::string methodName;
  auto method = text("calibration-method", methodName, "NAME",
                     "How ranges follow from the data: min-max (default), "
                     "moving-average, percentile, entropy, mse, octav or auto");
  auto save = text("save-calibration-table", options.saveCalibrationTable,
                   "T.json", "Write the measured ranges");
  auto recipe =
      text("quantization-recipe", compile.quantizationRecipe, "R.yaml",
           "Say how tensors are quantized (docs/Recipes.md)");
  auto report = text("report", options.report, "R.html|R.json",
                     "Write where the quantized model loses accuracy");
  cl::opt<int64_t, true> reportSamples(
      "report-samples",
      cl::desc("Samples of the calibration data that --report measures on "
               "(default 16)"),
      cl::value_desc("N"), cl::location(compile.reportSamples),
      cl::cat(category));
  auto triple = text("target", compile.target.triple, "TRIPLE",
                     "Target triple (default: this machine's)");
  auto cpu = text("cpu", compile.target.cpu, "NAME",
                  "Target CPU, or native (default: the triple's baseline)");
  auto features =
      text("features", compile.target.features, "+a,-b", "Target features");
  auto name = text("name", compile.modelName, "SYMBOL",
                   "C identifier of the model (default: from the file name)");
  cl::opt<unsigned> weightBits(
      "weight-bits",
      cl::desc("Width of the weights of --mode=weight-only: 8 "
               "(default) or 4"),
      cl::value_desc("N"), cl::cat(category));
  cl::opt<unsigned> weightBlock(
      "weight-block",
      cl::desc("Weights of 4 bits that share a scale, at most (default 32)"),
      cl::value_desc("N"), cl::cat(category));
  cl::opt<bool, true> failOnFloat(
      "fail-on-float", cl::desc("Fail where an operation stays in float"),
      cl::location(compile.failOnFloat), cl::cat(category));
  cl::opt<bool, true> remarks(
      "remarks", cl::desc("Print the compiler's decisions (default: yes)"),
      cl::location(options.remarks), cl::init(true), cl::cat(category));
  auto remarksFilter =
      text("remarks-filter", options.remarksFilter, "REGEX",
           "Print only remarks whose category matches, of all: qnn-report, "
           "qnn-kernel, ...");
  cl::opt<bool, true> kernelRemarks(
      "kernel-remarks",
      cl::desc("Print how each layer is computed, and why so"),
      cl::location(options.kernelRemarks), cl::cat(category));
  cl::opt<bool, true> quantizationRemarks(
      "quantization-remarks",
      cl::desc("Print how each tensor is quantized, and from what range"),
      cl::location(options.quantizationRemarks), cl::cat(category));
  cl::opt<bool, true> profile(
      "profile", cl::desc("Report the time of each layer to quant-run"),
      cl::location(compile.profile), cl::cat(category));
  cl::opt<char> optLevel("O", cl::desc("Optimization level of LLVM: 0 to 3"),
                         cl::Prefix, cl::init('3'), cl::cat(category));
  cl::opt<unsigned, true> threads(
      "threads",
      cl::desc("Threads that one run is shared out to, through OpenMP "
               "(default 1)"),
      cl::value_desc("N"), cl::location(compile.threads), cl::cat(category));

  std::string mistakes;
  llvm::raw_string_ostream mistakeStream(mistakes);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &mistakeStream)) {
    llvm::StringRef first = llvm::StringRef(mistakes).split('\n').first;
    // A wrong value was printed by its option already.
    return fail(first.empty() ? "the command line is not valid; see --help"
                              : first.substr(first.find(": ") + 2));
  }
  if (options.input.empty())
    return fail("expected a model: quantc MODEL -o OUT");
  if (options.output.empty())
    return fail("expected an output: quantc MODEL -o OUT");
  if (optLevel < '0' || optLevel > '3')
    return fail("-O takes a number from 0 to 3");
  if (threads < 1 || threads > kMaxThreads)
    return fail("--threads takes a number from 1 to " +
                llvm::Twine(kMaxThreads));
  auto methodOptions = MethodOptions::parse(methodName, std::nullopt);
  if (!methodOptions)
    return fail("--calibration-method: " +
                llvm::toString(methodOptions.takeError()));
  if (method->getNumOccurrences() && compile.calibrationData.empty())
    return fail("--calibration-method needs --calibration-data");
  if (reportSamples.getNumOccurrences() && options.report.empty())
    return fail("--report-samples needs --report");
  compile.calibrationMethod = *methodOptions;
  if (emit.getNumOccurrences())
    options.emit = emit;
  options.leavesStage = stopAfter.getNumOccurrences() > 0;
  if (accuracySteps.getNumOccurrences())
    compile.accuracySteps = accuracySteps;
  if (accuracyBudget.getNumOccurrences())
    compile.accuracyBudget = accuracyBudget;
  compile.target.optLevel = optLevel - '0';
  if (rounding.getNumOccurrences())
    compile.rounding = rounding;
  if (weightBits.getNumOccurrences())
    compile.weightBits = weightBits;
  if (weightBlock.getNumOccurrences())
    compile.weightBlock = weightBlock;

  if (llvm::Error error = runCompileDriver(options))
    return fail(std::move(error));
  return 0;
}
