// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attaches QuantizableOpInterface to the float operations of TOSA and linalg
// that have a quantized form.
#ifndef QUANTC_CONVERSION_TOSATOQNN_TOSATOQNN_H
#define QUANTC_CONVERSION_TOSATOQNN_TOSATOQNN_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace quantc::qnn {

/// Adds the external models to `registry`: they are attached when the TOSA and
/// linalg dialects are loaded.
void registerQuantizableOpModels(mlir::DialectRegistry &registry);

} // namespace quantc::qnn

#endif // QUANTC_CONVERSION_TOSATOQNN_TOSATOQNN_H
