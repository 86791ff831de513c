// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The algebra of transposes and reshapes, on shapes alone. A permutation is
// written as tosa.transpose writes it: dimension i of the result is dimension
// perm[i] of the operand.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_PERMUTATION_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_PERMUTATION_H

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <vector>

namespace quantc::qnn {

using Permutation = mlir::SmallVector<int64_t>;

bool isIdentity(mlir::ArrayRef<int64_t> perm);
Permutation invert(mlir::ArrayRef<int64_t> perm);
/// The transpose by `first` followed by the one by `second`.
Permutation compose(mlir::ArrayRef<int64_t> first,
                    mlir::ArrayRef<int64_t> second);
mlir::SmallVector<int64_t> permute(mlir::ArrayRef<int64_t> shape,
                                   mlir::ArrayRef<int64_t> perm);

/// True if the transpose of a tensor of `shape` leaves every number at its
/// place in memory: it is a reshape.
bool movesOnlyUnitDims(mlir::ArrayRef<int64_t> shape,
                       mlir::ArrayRef<int64_t> perm);

/// Row-major numbers of a tensor of `shape`, transposed.
std::vector<float> transposeNumbers(mlir::ArrayRef<float> numbers,
                                    mlir::ArrayRef<int64_t> shape,
                                    mlir::ArrayRef<int64_t> perm);

/// transpose(reshape(x, shape), perm).
struct ReshapeThenTranspose {
  mlir::SmallVector<int64_t> shape;
  Permutation perm;
};

/// Writes reshape(transpose(x, perm), target) with the reshape first. That is
/// possible if no two dimensions are merged that lie apart in x: nullopt
/// otherwise.
std::optional<ReshapeThenTranspose>
swapTransposeAndReshape(mlir::ArrayRef<int64_t> shape,
                        mlir::ArrayRef<int64_t> perm,
                        mlir::ArrayRef<int64_t> target);

/// reshape(x, target) with the numbers of its last dimension in another order:
/// those of a last dimension of shape `lastShape`, transposed by `lastPerm`.
struct PermutedLastDim {
  mlir::SmallVector<int64_t> lastShape;
  Permutation lastPerm;
};

/// Writes reshape(transpose(x, perm), target) as reshape(x, target) with a
/// reordered last dimension. `lastPerm` leads from the order of the transposed
/// tensor to that of x. Nullopt if any other dimension would be reordered too.
std::optional<PermutedLastDim>
reorderOnlyLastDim(mlir::ArrayRef<int64_t> shape, mlir::ArrayRef<int64_t> perm,
                   mlir::ArrayRef<int64_t> target);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_PERMUTATION_H
