// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small dense linear algebra in double, in one fixed order of operations, and
// the rounding that stands on it.
#include "quantc/Dialect/QNN/Transforms/ErrorFeedback.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <numeric>
#include <optional>

namespace quantc::qnn {

double SquareMatrix::getMeanDiagonal() const {
  double sum = 0.0;
  for (int64_t i = 0; i < size; ++i)
    sum += (*this)(i, i);
  return sum / static_cast<double>(size);
}

static double multiply(llvm::ArrayRef<double> a, llvm::ArrayRef<double> b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

bool factorCholesky(SquareMatrix &matrix) {
  int64_t size = matrix.getSize();
  for (int64_t row = 0; row < size; ++row) {
    for (int64_t column = 0; column <= row; ++column) {
      double rest = matrix(row, column) -
                    multiply(matrix.getRow(row).take_front(column),
                             matrix.getRow(column).take_front(column));
      if (row != column) {
        matrix(row, column) = rest / matrix(column, column);
        continue;
      }
      if (!(rest > 0.0) || !std::isfinite(rest))
        return false;
      matrix(row, row) = std::sqrt(rest);
    }
    for (double &number : matrix.getRow(row).drop_front(row + 1))
      number = 0.0;
  }
  return true;
}

void solveCholesky(const SquareMatrix &factor,
                   llvm::MutableArrayRef<double> row) {
  int64_t size = factor.getSize();
  for (int64_t i = 0; i < size; ++i)
    row[i] =
        (row[i] - multiply(factor.getRow(i).take_front(i), row.take_front(i))) /
        factor(i, i);
  for (int64_t i = size - 1; i >= 0; --i) {
    row[i] /= factor(i, i);
    llvm::ArrayRef<double> line = factor.getRow(i);
    for (int64_t j = 0; j < i; ++j)
      row[j] -= line[j] * row[i];
  }
}

static SquareMatrix addToDiagonal(SquareMatrix matrix, double value) {
  for (int64_t i = 0; i < matrix.getSize(); ++i)
    matrix(i, i) += value;
  return matrix;
}

bool refitRows(const SquareMatrix &moments, const SquareMatrix &cross,
               double ridge, llvm::MutableArrayRef<std::vector<double>> rows) {
  double pull = ridge * moments.getMeanDiagonal();
  SquareMatrix factor = addToDiagonal(moments, pull);
  if (!factorCholesky(factor))
    return false;
  int64_t size = moments.getSize();
  for (std::vector<double> &row : rows) {
    std::vector<double> target(size, 0.0);
    for (int64_t i = 0; i < size; ++i) {
      llvm::ArrayRef<double> line = cross.getRow(i);
      for (int64_t j = 0; j < size; ++j)
        target[j] += row[i] * line[j];
      target[i] += row[i] * pull;
    }
    solveCholesky(factor, target);
    row = std::move(target);
  }
  return true;
}

/// The inputs, those with the largest moments first.
static std::vector<int64_t> getOrder(const SquareMatrix &moments) {
  std::vector<int64_t> order(moments.getSize());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::pair(-moments(a, a), a) < std::pair(-moments(b, b), b);
  });
  return order;
}

/// The lower factor of the inverse of `moments` with its inputs in `order`:
/// column k says how the inputs behind k take up an error of k.
static std::optional<SquareMatrix> factorInverse(const SquareMatrix &moments,
                                                 llvm::ArrayRef<int64_t> order,
                                                 double added) {
  int64_t size = moments.getSize();
  SquareMatrix factor(size), inverse(size);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = 0; j < size; ++j)
      factor(i, j) = moments(order[i], order[j]) + (i == j ? added : 0.0);
  if (!factorCholesky(factor))
    return std::nullopt;
  for (int64_t i = 0; i < size; ++i) {
    inverse(i, i) = 1.0;
    solveCholesky(factor, inverse.getRow(i));
  }
  if (!factorCholesky(inverse))
    return std::nullopt;
  return inverse;
}

bool roundRows(const SquareMatrix &moments, double damping,
               llvm::MutableArrayRef<std::vector<double>> rows,
               RoundWeight round) {
  std::vector<int64_t> order = getOrder(moments);
  std::optional<SquareMatrix> factor =
      factorInverse(moments, order, damping * moments.getMeanDiagonal());
  if (!factor)
    return false;
  int64_t size = moments.getSize();
  // One line for each input: what later inputs take up, side by side.
  SquareMatrix takenUp(size);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i; j < size; ++j)
      takenUp(i, j) = (*factor)(j, i) / (*factor)(i, i);
  for (auto [number, row] : llvm::enumerate(rows)) {
    std::vector<double> sorted;
    sorted.reserve(order.size());
    for (int64_t input : order)
      sorted.push_back(row[input]);
    for (int64_t i = 0; i < size; ++i) {
      double rounded = round(sorted[i], number, order[i]);
      double error = sorted[i] - rounded;
      row[order[i]] = rounded;
      llvm::ArrayRef<double> line = takenUp.getRow(i);
      for (int64_t j = i + 1; j < size; ++j)
        sorted[j] -= error * line[j];
    }
  }
  return true;
}

} // namespace quantc::qnn
