// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What people call the part of a model that an operation computes: the names
// of nodes that its location holds. A kernel of several nodes has them all.
#ifndef QUANTC_LIB_CODEGEN_LAYERNAMES_H
#define QUANTC_LIB_CODEGEN_LAYERNAMES_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace quantc::codegen {

/// The nodes that `loc` speaks of, in order, each once: the name of a NameLoc,
/// `file:line:column` of text. Empty for an unknown location.
llvm::SmallVector<std::string> getLayerNames(mlir::Location loc);

/// The names in one text, `a+b`; `unnamed` where there are none.
std::string joinLayerNames(llvm::ArrayRef<std::string> names);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_LAYERNAMES_H
