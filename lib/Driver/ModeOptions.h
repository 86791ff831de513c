// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which options a mode takes.
#ifndef QUANTC_LIB_DRIVER_MODEOPTIONS_H
#define QUANTC_LIB_DRIVER_MODEOPTIONS_H

#include "quantc/Driver/CompileDriver.h"

namespace quantc {

/// An error that names an option which the mode would not look at, or a value
/// that it cannot take.
llvm::Error checkModeOptions(const CompileDriverOptions &options);

/// An error where a model that came in form `start` leaves the mode nothing to
/// do.
llvm::Error checkModeForm(const CompileDriverOptions &options, Stage start);

/// An error that names an option which a model in form `start` is too late for.
llvm::Error checkLateOptions(const CompileDriverOptions &options, Stage start);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_MODEOPTIONS_H
