// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Images with a border of zeros that is never written to memory: a dot product
// with it is zero, so the kernel leaves it out.
#ifndef QUANTC_LIB_CODEGEN_BORDER_H
#define QUANTC_LIB_CODEGEN_BORDER_H

#include "DotProduct.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <optional>

namespace quantc::codegen {

/// The padded activation of a dot product. Row `stride * r + dilation * k -
/// low` of the image belongs to output row r (loop `rowDim`) and kernel row k
/// (loop `kernelRowDim`); elements `columnStride * c - columnLow` and what
/// follows of it belong to output column c (loop `columnDim`).
struct Border {
  /// The image without its border, and how the operation indexes it; negative
  /// and too large indices are in the border.
  mlir::Value image;
  mlir::AffineMap map;
  unsigned rowDim, columnDim;
  /// None if there is no border above and below.
  std::optional<unsigned> kernelRowDim;
  int64_t rows, stride, dilation, low;
  int64_t columns, columnStride, columnLow;

  /// The part of the reduction of `size` elements that lies in the image for
  /// output column `column`, as [begin, end).
  std::pair<int64_t, int64_t> getInside(int64_t column, int64_t size) const;

  /// The kernel rows that lie in the image for the output row of which `row` is
  /// an expression: maximum of the first, minimum of the second map's results,
  /// functions of one dimension.
  std::pair<mlir::AffineMap, mlir::AffineMap>
  getKernelRows(mlir::AffineExpr row, int64_t kernelRows) const;
};

/// The border of the packed dot product `op`; none if its activation has no
/// border or one that does not consist of whole groups of zeros.
std::optional<Border> findBorder(mlir::linalg::GenericOp op,
                                 const DotProduct &dot);

/// True if `use` of a pad is the activation of a kernel that leaves the border
/// out.
bool isLeftOut(mlir::OpOperand &use);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_BORDER_H
