// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an object to a shared library, with a linker that is found on the
// machine.
#ifndef QUANTC_LIB_TARGET_LINK_H
#define QUANTC_LIB_TARGET_LINK_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace quantc::target {

/// Links the ELF object `object` into the shared library `output`. `name` is
/// what errors call it.
llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef output,
                              llvm::StringRef name, const llvm::Triple &triple,
                              bool usesOpenMP);

} // namespace quantc::target

#endif // QUANTC_LIB_TARGET_LINK_H
