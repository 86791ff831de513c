// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every failure is told exactly once: by its diagnostics, or else by its error.
#include "quantc/Driver/ReportedError.h"

using namespace mlir;

namespace quantc {

char ReportedError::ID = 0;

ErrorWatch::ErrorWatch(MLIRContext *context)
    : ScopedDiagnosticHandler(context) {
  setHandler([this](Diagnostic &diagnostic) {
    sawError |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return failure(); // Left to the handler behind.
  });
}

llvm::Error ErrorWatch::fail(const llvm::Twine &summary) const {
  if (sawError)
    return llvm::make_error<ReportedError>(summary);
  return llvm::createStringError(summary);
}

} // namespace quantc
