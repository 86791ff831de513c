// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The recipe and the report among the options of the quantc driver: what they
// need, and how a report is written.
#ifndef QUANTC_LIB_DRIVER_REPORTOUTPUT_H
#define QUANTC_LIB_DRIVER_REPORTOUTPUT_H

#include "quantc/Driver/CompileDriver.h"

namespace quantc {

/// What does not belong together on the command line.
llvm::Error checkReportOptions(const CompileDriverOptions &options);

/// What depends on the form in which the model came.
llvm::Error checkReportForm(const CompileDriverOptions &options, Stage start);

/// Writes a page or JSON, by the ending of `path`.
llvm::Error writeReport(const ErrorReport &report, llvm::StringRef path);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_REPORTOUTPUT_H
