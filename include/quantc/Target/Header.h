// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C header of a compiled model.
#ifndef QUANTC_TARGET_HEADER_H
#define QUANTC_TARGET_HEADER_H

#include "quantc/Codegen/ModelInterface.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace quantc::target {

/// The text of the header: C99 and C++, declares what the object defines.
std::string buildHeader(const codegen::ModelInterface &interface);

/// Writes the header of the compiled `module` to `path`, through a temporary
/// file.
llvm::Error writeHeader(mlir::ModuleOp module, llvm::StringRef path);

} // namespace quantc::target

#endif // QUANTC_TARGET_HEADER_H
