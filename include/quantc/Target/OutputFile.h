// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear complete or not at all.
#ifndef QUANTC_TARGET_OUTPUTFILE_H
#define QUANTC_TARGET_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace quantc::target {

/// Calls `write` with the name of a temporary file beside `path`, then renames
/// it to `path`. After an error the temporary file is gone, and the error names
/// `path`.
llvm::Error
replaceFile(llvm::StringRef path,
            llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write);

/// The same for a file that is written through a stream.
llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);

} // namespace quantc::target

#endif // QUANTC_TARGET_OUTPUTFILE_H
