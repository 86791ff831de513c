// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The algebra against its definition, and the rounding against the one it is
// to beat.
#include "quantc/Dialect/QNN/Transforms/ErrorFeedback.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace quantc::qnn;

namespace {

using Rows = std::vector<std::vector<double>>;

/// Covariances of inputs that have a common part of size `shared`.
SquareMatrix makeMoments(int64_t size, double shared, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> number(0.5, 2.0);
  SquareMatrix matrix(size);
  for (int64_t i = 0; i < size; ++i) {
    for (int64_t j = 0; j < size; ++j)
      matrix(i, j) = shared;
    matrix(i, i) += number(generator);
  }
  return matrix;
}

Rows makeRows(int64_t count, int64_t size, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> number(-10.0, 10.0);
  Rows rows(count, std::vector<double>(size));
  for (auto &row : rows)
    for (double &value : row)
      value = number(generator);
  return rows;
}

/// The mean square of what replacing `a` by `b` does to the result.
double getError(const SquareMatrix &moments, const std::vector<double> &a,
                const std::vector<double> &b) {
  double error = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < a.size(); ++j)
      error += (a[i] - b[i]) * moments(i, j) * (a[j] - b[j]);
  return error;
}

double toNearest(double weight, int64_t, int64_t) {
  return std::nearbyint(weight);
}

} // namespace

TEST(ErrorFeedback, FactorTimesItsTransposeIsTheMatrix) {
  SquareMatrix matrix = makeMoments(7, 3.0, 1), factor = matrix;
  ASSERT_TRUE(factorCholesky(factor));
  for (int64_t i = 0; i < 7; ++i)
    for (int64_t j = 0; j < 7; ++j) {
      double sum = 0.0;
      for (int64_t k = 0; k < 7; ++k)
        sum += factor(i, k) * factor(j, k);
      EXPECT_NEAR(sum, matrix(i, j), 1e-12);
    }
}

TEST(ErrorFeedback, NoFactorWithoutAPositiveDiagonal) {
  SquareMatrix matrix(2);
  EXPECT_FALSE(factorCholesky(matrix));
  matrix(0, 0) = matrix(1, 1) = 1.0;
  matrix(0, 1) = matrix(1, 0) = 2.0;
  EXPECT_FALSE(factorCholesky(matrix));
}

TEST(ErrorFeedback, SolvesWhatItWasMultipliedWith) {
  SquareMatrix matrix = makeMoments(6, 1.0, 2), factor = matrix;
  ASSERT_TRUE(factorCholesky(factor));
  std::vector<double> wanted = makeRows(1, 6, 3)[0], row(6, 0.0);
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 6; ++j)
      row[i] += matrix(i, j) * wanted[j];
  solveCholesky(factor, row);
  for (int64_t i = 0; i < 6; ++i)
    EXPECT_NEAR(row[i], wanted[i], 1e-12);
}

// Inputs that have much in common: what one weight loses another can give.
TEST(ErrorFeedback, BeatsNearestWhereInputsMoveTogether) {
  SquareMatrix moments = makeMoments(16, 20.0, 4);
  Rows original = makeRows(8, 16, 5), rounded = original;
  ASSERT_TRUE(roundRows(moments, 0.01, rounded, toNearest));
  double error = 0.0, nearest = 0.0;
  for (size_t r = 0; r < original.size(); ++r) {
    std::vector<double> plain;
    for (double weight : original[r]) {
      plain.push_back(std::nearbyint(weight));
    }
    for (double weight : rounded[r])
      EXPECT_EQ(weight, std::nearbyint(weight));
    error += getError(moments, original[r], rounded[r]);
    nearest += getError(moments, original[r], plain);
  }
  EXPECT_LT(error, 0.5 * nearest);
}

// With nothing in common there is nothing to hand on.
TEST(ErrorFeedback, IsNearestWhereInputsAreIndependent) {
  SquareMatrix moments = makeMoments(9, 0.0, 6);
  Rows original = makeRows(3, 9, 7), rounded = original;
  ASSERT_TRUE(roundRows(moments, 0.0, rounded, toNearest));
  for (size_t r = 0; r < original.size(); ++r)
    for (size_t i = 0; i < original[r].size(); ++i)
      EXPECT_EQ(rounded[r][i], std::nearbyint(original[r][i]));
}

TEST(ErrorFeedback, LeavesRowsAloneWithoutMoments) {
  SquareMatrix moments(3);
  Rows rows{{0.25, 0.5, 0.75}}, original = rows;
  EXPECT_FALSE(roundRows(moments, 0.01, rows, toNearest));
  EXPECT_EQ(rows, original);
}

TEST(ErrorFeedback, FitChangesNothingWhereInputsAreTheSame) {
  SquareMatrix moments = makeMoments(5, 2.0, 8);
  Rows rows = makeRows(2, 5, 9), original = rows;
  ASSERT_TRUE(refitRows(moments, moments, 0.1, rows));
  for (size_t r = 0; r < rows.size(); ++r)
    for (size_t i = 0; i < rows[r].size(); ++i)
      EXPECT_NEAR(rows[r][i], original[r][i], 1e-9);
}

// Inputs that quantization has halved: without a pull weights are doubled.
TEST(ErrorFeedback, FitMakesUpForScaledInputs) {
  SquareMatrix original = makeMoments(4, 1.0, 10);
  SquareMatrix moments(4), cross(4);
  for (int64_t i = 0; i < 4; ++i)
    for (int64_t j = 0; j < 4; ++j) {
      moments(i, j) = original(i, j) / 4;
      cross(i, j) = original(i, j) / 2;
    }
  Rows rows{{1.0, -2.0, 3.0, 4.0}};
  ASSERT_TRUE(refitRows(moments, cross, 0.0, rows));
  for (auto [value, wanted] :
       llvm::zip(rows[0], std::vector<double>{2.0, -4.0, 6.0, 8.0}))
    EXPECT_NEAR(value, wanted, 1e-9);
}
