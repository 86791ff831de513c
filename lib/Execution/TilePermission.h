// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers that a process has to ask its operating system for.
#ifndef QUANTC_LIB_EXECUTION_TILEPERMISSION_H
#define QUANTC_LIB_EXECUTION_TILEPERMISSION_H

#include "llvm/Support/Error.h"

namespace quantc::exec {

/// Asks for the tile registers of AMX, for all threads of this process. Asking
/// again changes nothing.
llvm::Error requestTilePermission();

} // namespace quantc::exec

#endif // QUANTC_LIB_EXECUTION_TILEPERMISSION_H
