// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A report compares a model with itself before it was quantized, on data: all
// three have to be there.
#include "ReportOutput.h"

#include "quantc/Driver/ModelForm.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace quantc {

static bool isPage(llvm::StringRef path) {
  return llvm::sys::path::extension(path) == ".html";
}

llvm::Error checkReportOptions(const CompileDriverOptions &options) {
  const CompileOptions &compile = options.compile;
  if (!compile.quantizationRecipe.empty() && compile.mode == Mode::Float)
    return llvm::createStringError(
        "--quantization-recipe needs a quantized mode; see --mode");
  if (options.report.empty())
    return llvm::Error::success();
  if (!isPage(options.report) &&
      llvm::sys::path::extension(options.report) != ".json")
    return llvm::createStringError("--report=" + options.report +
                                   ": expected an ending of .html or .json");
  if (compile.mode != Mode::Static || compile.stopAfter < Stage::Quantize)
    return llvm::createStringError("--report needs a run that quantizes: "
                                   "--mode=static, through the quantize stage");
  if (compile.calibrationData.empty())
    return llvm::createStringError(
        "--report measures errors: expected --calibration-data=X.npz");
  if (compile.reportSamples < 1)
    return llvm::createStringError("--report-samples takes a number above 0");
  return llvm::Error::success();
}

llvm::Error checkReportForm(const CompileDriverOptions &options, Stage start) {
  const CompileOptions &compile = options.compile;
  if (start < Stage::Quantize || compile.quantizationRecipe.empty())
    return llvm::Error::success();
  return llvm::createStringError("'" + options.input + "' is in " +
                                 getFormName(start) +
                                 ": its scales are fixed; expected no "
                                 "--quantization-recipe");
}

llvm::Error writeReport(const ErrorReport &report, llvm::StringRef path) {
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    out << (isPage(path) ? toHTML(report) : toJSON(report));
    return llvm::Error::success();
  });
}

} // namespace quantc
