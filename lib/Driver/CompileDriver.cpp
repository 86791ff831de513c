// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From files to files: chooses what to emit, checks what belongs together on
// the command line, and writes nothing after an error.
#include "quantc/Driver/CompileDriver.h"
#include "DiagnosticPrinter.h"
#include "ModeOptions.h"
#include "ReportOutput.h"
#include "quantc/Driver/ModelForm.h"
#include "quantc/Driver/ReportedError.h"

#include "quantc/Target/Header.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc {
namespace {

llvm::Expected<Emit> chooseEmit(const CompileDriverOptions &options) {
  if (options.emit)
    return *options.emit;
  if (options.output == "-")
    return Emit::MLIR;
  llvm::StringRef extension = llvm::sys::path::extension(options.output);
  auto emit = llvm::StringSwitch<std::optional<Emit>>(extension)
                  .Cases({".mlir", ".mlirbc"}, Emit::MLIR)
                  .Case(".ll", Emit::LLVMIR)
                  .Case(".s", Emit::Assembly)
                  .Case(".o", Emit::Object)
                  .Case(".so", Emit::SharedLibrary)
                  .Default(std::nullopt);
  if (emit)
    return *emit;
  return llvm::createStringError(
      "'" + options.output +
      "': expected an ending of .mlir, .mlirbc, .ll, .s, .o or .so, or --emit");
}

/// The name that `module` has from an earlier run, or a C identifier from the
/// stem of its file's name.
std::string makeModelName(ModuleOp module, llvm::StringRef path) {
  if (auto present = module->getAttrOfType<StringAttr>(qnn::kModelNameAttr))
    return present.str();
  std::string name;
  for (char c : llvm::sys::path::stem(path))
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name.insert(0, "model_");
  return name;
}

bool isIdentifier(llvm::StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

llvm::Error checkOptions(const CompileDriverOptions &options, Emit emit) {
  const CompileOptions &compile = options.compile;
  if (llvm::Error error = checkModeOptions(options))
    return error;
  if (llvm::Error error = checkReportOptions(options))
    return error;
  std::string mistake;
  if (!options.remarksFilter.empty() &&
      !llvm::Regex(options.remarksFilter).isValid(mistake))
    return llvm::createStringError("--remarks-filter=" + options.remarksFilter +
                                   ": " + mistake);
  if (!compile.calibrationData.empty() && !compile.calibrationTable.empty())
    return llvm::createStringError(
        "--calibration-data and --calibration-table exclude each other");
  if (!compile.normalize.empty() && !compile.calibrationTable.empty())
    return llvm::createStringError(
        "--normalize needs --calibration-data: the ranges of a table are "
        "measured already");
  if (emit != Emit::MLIR &&
      (options.leavesStage || compile.stopAfter != Stage::Codegen))
    return llvm::createStringError(
        "--stop-after leaves MLIR; expected an output that ends in .mlir");
  if (emit != Emit::MLIR && options.output == "-")
    return llvm::createStringError(
        "only MLIR is written to standard output; expected -o FILE");
  if (!compile.modelName.empty() && !isIdentifier(compile.modelName))
    return llvm::createStringError("--name=" + compile.modelName +
                                   ": expected a C identifier");
  if (!options.saveCalibrationTable.empty() && compile.calibrationData.empty())
    return llvm::createStringError(
        "--save-calibration-table needs --calibration-data");
  if (!options.saveCalibrationTable.empty() &&
      compile.stopAfter < Stage::Calibrate)
    return llvm::createStringError(
        "--save-calibration-table needs a run that measures: through the "
        "calibrate stage");
  if (compile.profile && compile.stopAfter != Stage::Codegen)
    return llvm::createStringError(
        "--profile instruments compiled code; expected no --stop-after");
  return llvm::Error::success();
}

/// What depends on the form in which the model came.
llvm::Error checkForm(const CompileDriverOptions &options, Stage start) {
  const CompileOptions &compile = options.compile;
  bool hasRanges =
      !compile.calibrationData.empty() || !compile.calibrationTable.empty();
  if (start == Stage::Codegen)
    return llvm::createStringError("'" + options.input + "' is in " +
                                   getFormName(start) +
                                   ", from which LLVM's own tools go on");
  if (compile.stopAfter != Stage::Import && compile.stopAfter < start)
    return llvm::createStringError(
        "'" + options.input + "' is in " + getFormName(start) +
        ", which is behind --stop-after=" + getStageName(compile.stopAfter));
  if (llvm::Error error = checkReportForm(options, start))
    return error;
  if (compile.mode != Mode::Static)
    return checkModeForm(options, start);
  if (llvm::Error error = checkLateOptions(options, start))
    return error;
  if (!hasRanges && start < Stage::Calibrate &&
      compile.stopAfter >= Stage::Calibrate)
    return llvm::createStringError(
        "--mode=static needs ranges: expected --calibration-data=X.npz or "
        "--calibration-table=T.json");
  return llvm::Error::success();
}

/// Compiling can take minutes: whether the result can be written is asked
/// before.
llvm::Error checkWritable(llvm::StringRef path) {
  if (path == "-")
    return llvm::Error::success();
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  if (!llvm::sys::fs::is_directory(folder))
    return llvm::createStringError("cannot write '" + path + "': '" + folder +
                                   "' is no folder");
  if (llvm::sys::fs::is_directory(path))
    return llvm::createStringError("cannot write '" + path +
                                   "': it is a folder");
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path))
    return llvm::createStringError("cannot write '" + path +
                                   "': it exists and is no regular file");
  if (std::error_code code =
          llvm::sys::fs::access(folder, llvm::sys::fs::AccessMode::Write))
    return llvm::createStringError("cannot write '" + path +
                                   "': " + code.message());
  return llvm::Error::success();
}

llvm::Error writeBytecode(ModuleOp module, llvm::StringRef path) {
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &out) -> llvm::Error {
    if (failed(writeBytecodeToFile(module, out)))
      return llvm::createStringError("bytecode could not be written");
    return llvm::Error::success();
  });
}

/// The dialects, the handlers and the module of one driver run.
class Session {
public:
  explicit Session(const CompileDriverOptions &options) {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    // A model is one function: there is nothing to do at the same time.
    context = std::make_unique<MLIRContext>(registry,
                                            MLIRContext::Threading::DISABLED);
    // A diagnostic names its location; the operation may be a whole model.
    context->printOpOnDiagnostic(false);
    printer = std::make_unique<DiagnosticPrinter>(context.get());
    if (options.remarks)
      printRemarks(*context, chooseRemarks(options));
  }

  llvm::Error load(llvm::StringRef path) {
    ErrorWatch watch(context.get());
    module = loadModule(path, context.get());
    if (module)
      return llvm::Error::success();
    return watch.fail("'" + path + "' could not be imported");
  }

  ModuleOp get() const { return *module; }

private:
  /// What is said of every layer is said on demand.
  static std::function<bool(llvm::StringRef)>
  chooseRemarks(const CompileDriverOptions &options) {
    if (!options.remarksFilter.empty())
      return [filter = std::make_shared<llvm::Regex>(options.remarksFilter)](
                 llvm::StringRef category) { return filter->match(category); };
    return [kernel = options.kernelRemarks,
            decision = options.quantizationRemarks](llvm::StringRef category) {
      return (kernel || category != "qnn-kernel") &&
             (decision || category != "qnn-decision");
    };
  }

  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<DiagnosticPrinter> printer;
  OwningOpRef<ModuleOp> module;
};

llvm::Error writeMLIR(ModuleOp module, llvm::StringRef path) {
  if (path.ends_with(".mlirbc"))
    return writeBytecode(module, path);
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    // Names of nodes live in the locations: a later stage needs them.
    module.print(out, OpPrintingFlags().enableDebugInfo());
    out << "\n";
    return llvm::Error::success();
  });
}

target::OutputKind getOutputKind(Emit emit) {
  switch (emit) {
  case Emit::LLVMIR:
    return target::OutputKind::LLVMIR;
  case Emit::Assembly:
    return target::OutputKind::Assembly;
  case Emit::SharedLibrary:
    return target::OutputKind::SharedLibrary;
  case Emit::MLIR:
  case Emit::Object:
    break;
  }
  return target::OutputKind::Object;
}

/// The header beside an object or a shared library; empty for other outputs.
std::string getHeaderPath(const CompileDriverOptions &options, Emit emit) {
  if (emit != Emit::Object && emit != Emit::SharedLibrary)
    return {};
  llvm::SmallString<128> header(options.output);
  llvm::sys::path::replace_extension(header, ".h");
  return header.str().str();
}

/// Every file that the run writes can be written, and is written once.
llvm::Error checkOutputs(const CompileDriverOptions &options, Emit emit) {
  std::string header = getHeaderPath(options, emit);
  if (header == options.output)
    return llvm::createStringError("'" + options.output +
                                   "' is the name of the header; expected "
                                   "another ending");
  for (llvm::StringRef path :
       {llvm::StringRef(options.output), llvm::StringRef(header),
        llvm::StringRef(options.saveCalibrationTable),
        llvm::StringRef(options.report)})
    if (!path.empty())
      if (llvm::Error error = checkWritable(path))
        return error;
  return llvm::Error::success();
}

llvm::Error writeModel(ModuleOp module, const CompileDriverOptions &options,
                       Emit emit) {
  if (emit == Emit::MLIR)
    return writeMLIR(module, options.output);
  auto target = target::Target::create(options.compile.target);
  if (!target)
    return target.takeError();
  return target->emit(module, getOutputKind(emit), options.output);
}

/// All files or none: where a later one fails, the earlier ones are removed.
llvm::Error writeOutputs(ModuleOp module,
                         const std::optional<CalibrationTable> &table,
                         const std::optional<ErrorReport> &report,
                         const CompileDriverOptions &options, Emit emit) {
  llvm::FileRemover model, header;
  if (llvm::Error error = writeModel(module, options, emit))
    return error;
  if (options.output != "-")
    model.setFile(options.output);
  if (std::string path = getHeaderPath(options, emit); !path.empty()) {
    if (llvm::Error error = target::writeHeader(module, path))
      return error;
    header.setFile(path);
  }
  if (table && !options.saveCalibrationTable.empty())
    if (llvm::Error error = table->write(options.saveCalibrationTable))
      return error;
  if (report)
    if (llvm::Error error = writeReport(*report, options.report))
      return error;
  model.releaseFile();
  header.releaseFile();
  return llvm::Error::success();
}

} // namespace

llvm::Error runCompileDriver(CompileDriverOptions options) {
  llvm::Expected<Emit> emit = chooseEmit(options);
  if (!emit)
    return emit.takeError();
  if (llvm::Error error = checkOptions(options, *emit))
    return error;
  if (llvm::Error error = checkOutputs(options, *emit))
    return error;
  // An unknown target is reported before any work is done for it.
  if (auto target = target::Target::create(options.compile.target); !target)
    return target.takeError();
  Session session(options);
  if (llvm::Error error = session.load(options.input))
    return error;
  if (llvm::Error error = checkForm(options, findReachedStage(session.get())))
    return error;

  CompileOptions &compileOptions = options.compile;
  if (compileOptions.modelName.empty())
    compileOptions.modelName = makeModelName(session.get(), options.input);
  compileOptions.modelPath = options.input;
  compileOptions.sharedLibrary = *emit == Emit::SharedLibrary;
  std::optional<CalibrationTable> table;
  compileOptions.measuredTable = &table;
  std::optional<ErrorReport> report;
  if (!options.report.empty())
    compileOptions.errorReport = &report;
  if (llvm::Error error = compile(session.get(), compileOptions))
    return error;
  return writeOutputs(session.get(), table, report, options, *emit);
}

llvm::Error runCalibrateDriver(CompileDriverOptions options) {
  options.compile.modelPath = options.input;
  options.compile.modelName = "model";
  options.compile.stopAfter = Stage::Prepare;
  for (llvm::StringRef path : {llvm::StringRef(options.saveCalibrationTable),
                               llvm::StringRef(options.checkpoint)})
    if (!path.empty())
      if (llvm::Error error = checkWritable(path))
        return error;
  Session session(options);
  if (llvm::Error error = session.load(options.input))
    return error;
  if (Stage start = findReachedStage(session.get()); start >= Stage::Quantize)
    return llvm::createStringError("'" + options.input + "' is in " +
                                   getFormName(start) +
                                   ": its scales are fixed");
  if (llvm::Error error = compile(session.get(), options.compile))
    return error;
  CalibrationRunOptions calibration;
  calibration.method = options.compile.calibrationMethod;
  calibration.modelPath = options.input;
  calibration.data = options.compile.calibrationData;
  calibration.normalize = options.compile.normalize;
  calibration.shard = options.shard;
  calibration.checkpoint = options.checkpoint;
  calibration.checkpointInterval = options.checkpointInterval;
  if (!options.compile.target.cpu.empty())
    calibration.cpu = options.compile.target.cpu;
  calibration.onResume = [&](int64_t samples) {
    llvm::errs() << "remark: going on behind " << samples << " samples of '"
                 << options.checkpoint << "'\n";
  };
  auto table = calibrate(session.get(), calibration);
  if (!table)
    return table.takeError();
  if (llvm::Error error = table->write(options.saveCalibrationTable))
    return error;
  if (!options.checkpoint.empty())
    (void)llvm::sys::fs::remove(options.checkpoint);
  return llvm::Error::success();
}

} // namespace quantc
