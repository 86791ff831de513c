// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MLIR's own handler prints `<unknown>:0` for a node that came from no text
// file, and its remarks as key and value pairs; both are for tools, not people.
#include "DiagnosticPrinter.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc {
namespace {

llvm::StringRef getKind(DiagnosticSeverity severity) {
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

/// `name`, `file:line:column`, `file` alone where all of it is meant, or
/// nothing.
void printLocation(Location loc, llvm::raw_ostream &out) {
  if (auto name = dyn_cast<NameLoc>(loc))
    out << name.getName().getValue() << ": ";
  else if (auto file = dyn_cast<FileLineColLoc>(loc); file && !file.getLine())
    out << file.getFilename().getValue() << ": ";
  else if (file)
    out << file.getFilename().getValue() << ":" << file.getLine() << ":"
        << file.getColumn() << ": ";
  else if (auto fused = dyn_cast<FusedLoc>(loc))
    printLocation(fused.getLocations().front(), out);
}

void print(Diagnostic &diagnostic) {
  llvm::errs() << getKind(diagnostic.getSeverity());
  printLocation(diagnostic.getLocation(), llvm::errs());
  diagnostic.print(llvm::errs());
  llvm::errs() << "\n";
}

class RemarkPrinter : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit RemarkPrinter(std::function<bool(llvm::StringRef)> isShown)
      : isShown(std::move(isShown)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    if (!isShown(remark.getCategoryName()))
      return;
    llvm::errs() << getKind(DiagnosticSeverity::Remark);
    printLocation(remark.getLocation(), llvm::errs());
    for (const remark::detail::Remark::Arg &part : remark.getArgs())
      llvm::errs() << part.val;
    llvm::errs() << " [" << remark.getCategoryName() << "]\n";
  }

private:
  std::function<bool(llvm::StringRef)> isShown;
};

} // namespace

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context)
    : ScopedDiagnosticHandler(context) {
  setHandler([](Diagnostic &diagnostic) {
    print(diagnostic);
    for (Diagnostic &note : diagnostic.getNotes())
      print(note);
    return success();
  });
}

void printRemarks(MLIRContext &context,
                  std::function<bool(llvm::StringRef category)> isShown) {
  // A kind without a pattern of its own is off, whatever `all` says.
  std::string pattern = "qnn.*";
  remark::RemarkCategories categories{std::nullopt, pattern, pattern, pattern,
                                      pattern};
  // Fails only where the streamer cannot open its file; this one has none.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkPrinter>(std::move(isShown)),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

} // namespace quantc
