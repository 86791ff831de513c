// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants as bytes: moving the elements of a weight tensor needs their size
// only, never their type. Knows how a constant is stored (dense, splat,
// resource); what is moved where is left to the callers.
#ifndef QUANTC_LIB_CODEGEN_RAWCONSTANT_H
#define QUANTC_LIB_CODEGEN_RAWCONSTANT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace quantc::codegen {

/// The elements attribute of the arith.constant that defines `value`, if its
/// bytes can be read: static shape, elements of whole bytes, data present.
mlir::ElementsAttr getRawConstant(mlir::Value value);

/// The same bytes under another shape of equally many elements.
mlir::ElementsAttr reshapeConstant(mlir::ElementsAttr constant,
                                   llvm::ArrayRef<int64_t> shape);

/// The constant whose dimension i is dimension `permutation[i]` of `constant`.
mlir::ElementsAttr transposeConstant(mlir::ElementsAttr constant,
                                     llvm::ArrayRef<int64_t> permutation);

/// `[..., R, C]` as `[ceil(C / panel), ..., ceil(R / ways), panel * ways]`:
/// element `(r, c)` goes to
/// `(c / panel, r / ways, c % panel * ways + r % ways)`; what is beyond R or C
/// is zero.
mlir::ElementsAttr packPanels(mlir::ElementsAttr constant, int64_t ways,
                              int64_t panel);

/// The stored bytes of a raw constant: all elements, or the one of a splat.
llvm::ArrayRef<char> getRawBytes(mlir::ElementsAttr constant);

/// The elements of a raw constant of bytes or of 32-bit words; none for other
/// values.
std::optional<llvm::SmallVector<int64_t>> readIntegers(mlir::Value value,
                                                       bool isSigned);

/// Whether no element of the bytes `constant` is -128. Two products with such a
/// factor fit 16 bits.
bool isNarrow(mlir::ElementsAttr constant);

/// A constant of these bytes.
mlir::ElementsAttr makeRawConstant(mlir::ShapedType type,
                                   llvm::ArrayRef<char> bytes);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_RAWCONSTANT_H
