// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A shared object that quantc wrote, as a file: what it computes and for which
// machine, read without loading it.
#ifndef QUANTC_EXECUTION_SHAREDOBJECTFILE_H
#define QUANTC_EXECUTION_SHAREDOBJECTFILE_H

#include "quantc/Execution/Signature.h"

#include "llvm/TargetParser/Triple.h"

namespace quantc::exec {

/// The symbol under which every shared object carries its descriptor.
inline constexpr llvm::StringLiteral kDescriptorSymbol =
    "quantc_model_descriptor";

struct SharedObjectFile {
  ModelSignature signature;
  llvm::Triple::ArchType architecture;

  /// Refuses a file that is truncated or no model, with its name.
  static llvm::Expected<SharedObjectFile> read(llvm::StringRef path);
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_SHAREDOBJECTFILE_H
