// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that quantc adds to an MLIR program, in four calls. An embedder
// calls those that it needs; the tools of this project call all of them.
#ifndef QUANTC_REGISTRATION_H
#define QUANTC_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace quantc {

/// Adds the qnn dialect.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Adds the external models that attach QuantizableOpInterface to the
/// operations of upstream dialects, and what bufferization needs.
void registerAllExtensions(mlir::DialectRegistry &registry);

/// Adds every pass to the global pass registry.
void registerAllPasses();

/// Adds the named pipelines of the stages to the global pass registry.
void registerAllPipelines();

} // namespace quantc

#endif // QUANTC_REGISTRATION_H
