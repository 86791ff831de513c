// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An error that the user has seen already, as diagnostics. A tool that gets one
// has nothing left to print, only to fail.
#ifndef QUANTC_DRIVER_REPORTEDERROR_H
#define QUANTC_DRIVER_REPORTEDERROR_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

namespace quantc {

class ReportedError : public llvm::ErrorInfo<ReportedError> {
public:
  explicit ReportedError(const llvm::Twine &summary) : summary(summary.str()) {}

  /// Which step failed. The diagnostics say why.
  void log(llvm::raw_ostream &out) const override { out << summary; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

  // NOLINTNEXTLINE(readability-identifier-naming): llvm::ErrorInfo's name.
  static char ID;

private:
  std::string summary;
};

/// Notices the error diagnostics of a step and passes them on.
class ErrorWatch : public mlir::ScopedDiagnosticHandler {
public:
  explicit ErrorWatch(mlir::MLIRContext *context);

  /// The error of the step: reported, or where no diagnostic came, `summary`.
  llvm::Error fail(const llvm::Twine &summary) const;

private:
  bool sawError = false;
};

} // namespace quantc

#endif // QUANTC_DRIVER_REPORTEDERROR_H
