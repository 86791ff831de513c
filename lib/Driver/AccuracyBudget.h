// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mixed precision within a budget of noise.
#ifndef QUANTC_LIB_DRIVER_ACCURACYBUDGET_H
#define QUANTC_LIB_DRIVER_ACCURACYBUDGET_H

#include "Sensitivity.h"

namespace quantc {

/// Noise as a part of the energy of a signal, in decibels of SQNR.
double toDecibel(double noise);

class AccuracyBudget {
public:
  AccuracyBudget(mlir::func::FuncOp function,
                 std::vector<TensorSensitivity> sensitivities, bool allowFloat);

  /// Widens tensors, those with the greatest gain for their cost first, until
  /// the predicted noise is at most `budget`. False where that cannot be.
  bool widenUntil(double budget);
  bool widenNext();

  double getPredictedNoise() const;
  int64_t countWidened() const;

  /// Writes the choice into the policies of `copy`, a copy of `original`.
  void apply(mlir::func::FuncOp copy, mlir::func::FuncOp original) const;
  /// Says it in remarks at the original's operations.
  void explain() const;

private:
  /// What tensor `i` is expected to bring, and how much less if widened.
  double getNoise(size_t i) const;
  double getGain(size_t i) const;

  std::vector<TensorSensitivity> tensors;
  bool allowFloat;
  std::vector<double> costs;
  std::vector<bool> widened;
};

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_ACCURACYBUDGET_H
