// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From files to files: chooses what to emit, checks what belongs together on
// the command line, shows diagnostics, and writes nothing after an error.
#include "quantc/Driver/CompileDriver.h"

#include "quantc/Target/Header.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc {
namespace {

/// Prints each diagnostic as one line: where, what kind, what.
class DiagnosticPrinter : public ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(MLIRContext *context) : ScopedDiagnosticHandler(context) {
    setHandler([this](Diagnostic &diagnostic) {
      sawError |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
      print(diagnostic);
      for (Diagnostic &note : diagnostic.getNotes())
        print(note);
      return success();
    });
  }

  bool hasError() const { return sawError; }

private:
  static llvm::StringRef getKind(DiagnosticSeverity severity) {
    switch (severity) {
    case DiagnosticSeverity::Error:
      return "error: ";
    case DiagnosticSeverity::Warning:
      return "warning: ";
    case DiagnosticSeverity::Note:
      return "note: ";
    case DiagnosticSeverity::Remark:
      return "remark: ";
    }
    llvm_unreachable("unknown severity");
  }

  /// `name`, `file:line:column`, or nothing.
  static void printLocation(Location loc, llvm::raw_ostream &out) {
    if (auto name = dyn_cast<NameLoc>(loc))
      out << name.getName().getValue() << ": ";
    else if (auto file = dyn_cast<FileLineColLoc>(loc))
      out << file.getFilename().getValue() << ":" << file.getLine() << ":"
          << file.getColumn() << ": ";
    else if (auto fused = dyn_cast<FusedLoc>(loc))
      printLocation(fused.getLocations().front(), out);
  }

  static void print(Diagnostic &diagnostic) {
    llvm::errs() << getKind(diagnostic.getSeverity());
    printLocation(diagnostic.getLocation(), llvm::errs());
    diagnostic.print(llvm::errs());
    llvm::errs() << "\n";
  }

  bool sawError = false;
};

void enableRemarks(MLIRContext &context) {
  remark::RemarkCategories categories{/*all=*/"qnn.*", std::nullopt,
                                      std::nullopt, std::nullopt, std::nullopt};
  (void)remark::enableOptimizationRemarks(
      context, /*streamer=*/nullptr,
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories,
      /*printAsEmitRemarks=*/true);
}

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

/// A C identifier from the stem of the model's file name.
std::string makeModelName(llvm::StringRef path) {
  std::string name;
  for (char c : llvm::sys::path::stem(path))
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name.insert(0, "model_");
  return name;
}

llvm::Error checkOptions(const CompileDriverOptions &options, Emit emit) {
  const CompileOptions &compile = options.compile;
  if (!compile.calibrationData.empty() && !compile.calibrationTable.empty())
    return llvm::createStringError(
        "--calibration-data and --calibration-table exclude each other");
  if (emit != Emit::MLIR && compile.stopAfter != Stage::Codegen)
    return llvm::createStringError(
        "--stop-after leaves MLIR; expected an output that ends in .mlir");
  bool needsRanges =
      compile.mode == Mode::Static && compile.stopAfter >= Stage::Calibrate;
  bool isOnnx = llvm::sys::path::extension(options.input) == ".onnx";
  if (needsRanges && isOnnx && compile.calibrationData.empty() &&
      compile.calibrationTable.empty())
    return llvm::createStringError(
        "--mode=static needs ranges: expected --calibration-data=X.npz or "
        "--calibration-table=T.json");
  if (!compile.saveCalibrationTable.empty() && compile.calibrationData.empty())
    return llvm::createStringError(
        "--save-calibration-table needs --calibration-data");
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
    context = std::make_unique<MLIRContext>(registry);
    printer = std::make_unique<DiagnosticPrinter>(context.get());
    if (options.remarks)
      enableRemarks(*context);
    module = loadModule(options.input, context.get());
  }

  llvm::Error checkLoaded(llvm::StringRef path) const {
    if (module)
      return llvm::Error::success();
    return llvm::createStringError("'" + path + "' could not be imported");
  }

  ModuleOp get() const { return *module; }

private:
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

llvm::Error writeOutput(ModuleOp module, const CompileDriverOptions &options,
                        Emit emit) {
  if (emit == Emit::MLIR)
    return writeMLIR(module, options.output);
  auto target = target::Target::create(options.compile.target);
  if (!target)
    return target.takeError();
  if (llvm::Error error =
          target->emit(module, getOutputKind(emit), options.output))
    return error;
  if (emit != Emit::Object && emit != Emit::SharedLibrary)
    return llvm::Error::success();
  llvm::SmallString<128> header(options.output);
  llvm::sys::path::replace_extension(header, ".h");
  return target::writeHeader(module, header);
}

} // namespace

llvm::Error runCompileDriver(CompileDriverOptions options) {
  llvm::Expected<Emit> emit = chooseEmit(options);
  if (!emit)
    return emit.takeError();
  if (options.compile.modelName.empty())
    options.compile.modelName = makeModelName(options.input);
  options.compile.modelPath = options.input;
  options.compile.sharedLibrary = *emit == Emit::SharedLibrary;
  if (llvm::Error error = checkOptions(options, *emit))
    return error;
  if (llvm::Error error = checkWritable(options.output))
    return error;
  // An unknown target is reported before any work is done for it.
  if (auto target = target::Target::create(options.compile.target); !target)
    return target.takeError();
  Session session(options);
  if (llvm::Error error = session.checkLoaded(options.input))
    return error;
  if (llvm::Error error = compile(session.get(), options.compile))
    return error;
  return writeOutput(session.get(), options, *emit);
}

llvm::Error runCalibrateDriver(CompileDriverOptions options) {
  options.compile.modelPath = options.input;
  options.compile.modelName = "model";
  options.compile.stopAfter = Stage::Prepare;
  if (llvm::Error error = checkWritable(options.compile.saveCalibrationTable))
    return error;
  Session session(options);
  if (llvm::Error error = session.checkLoaded(options.input))
    return error;
  if (llvm::Error error = compile(session.get(), options.compile))
    return error;
  auto table = calibrate(session.get(), options.compile);
  if (!table)
    return table.takeError();
  return table->write(options.compile.saveCalibrationTable);
}

} // namespace quantc
