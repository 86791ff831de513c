// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding in which a weight takes up what the rounding of earlier ones did to
// the result. Plain numbers, no IR: which weights form a row and where the
// moments come from is the caller's.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_ERRORFEEDBACK_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_ERRORFEEDBACK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <vector>

namespace quantc::qnn {

/// A square matrix in row-major order.
class SquareMatrix {
public:
  explicit SquareMatrix(int64_t size) : size(size), numbers(size * size, 0.0) {}

  int64_t getSize() const { return size; }
  double &operator()(int64_t row, int64_t column) {
    return numbers[row * size + column];
  }
  double operator()(int64_t row, int64_t column) const {
    return numbers[row * size + column];
  }
  llvm::MutableArrayRef<double> getRow(int64_t row) {
    return llvm::MutableArrayRef<double>(numbers).slice(row * size, size);
  }
  llvm::ArrayRef<double> getRow(int64_t row) const {
    return llvm::ArrayRef<double>(numbers).slice(row * size, size);
  }
  double getMeanDiagonal() const;

private:
  int64_t size;
  std::vector<double> numbers;
};

/// The lower triangular `l` with `l * transpose(l) = matrix`; the upper half is
/// zero. False where `matrix` is not positive definite.
bool factorCholesky(SquareMatrix &matrix);

/// Solves `matrix * x = b` for each row `b` of `rows`, in place, with the
/// factor of `matrix`.
void solveCholesky(const SquareMatrix &factor,
                   llvm::MutableArrayRef<double> row);

/// Rows of weights for inputs that quantization has changed. `moments` are the
/// covariances of the changed inputs with each other, `cross` those of the
/// original inputs (rows) with the changed ones (columns); `rows` are replaced
/// by those that come nearest to the original results, pulled to the original
/// weights by `ridge` times the mean of the diagonal.
bool refitRows(const SquareMatrix &moments, const SquareMatrix &cross,
               double ridge, llvm::MutableArrayRef<std::vector<double>> rows);

/// The rounding of column `column` of a row.
using RoundWeight =
    llvm::function_ref<double(double weight, int64_t row, int64_t column)>;

/// Replaces all numbers of `rows` by what `round` makes of them, one column at
/// a time, the inputs with the largest moments first; later columns take up the
/// error. `damping` times the mean of the diagonal is added to the moments.
/// False, and rows untouched, where the moments are not positive definite.
bool roundRows(const SquareMatrix &moments, double damping,
               llvm::MutableArrayRef<std::vector<double>> rows,
               RoundWeight round);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_ERRORFEEDBACK_H
