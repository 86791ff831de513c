// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mixed precision within a budget of noise.
#ifndef QUANTC_LIB_DRIVER_ACCURACYBUDGET_H
#define QUANTC_LIB_DRIVER_ACCURACYBUDGET_H

#include "Sensitivity.h"

namespace quantc {

/// Noise as a part of the energy of a signal, in decibels of SQNR.
double toDecibel(double noise);

/// Which tensors are wider than 8 bits, for the least cost. What quantized
/// activations bring is known from their sensitivities. What weights bring once
/// they are rounded with care and means corrected is not: each measurement of
/// the whole model tells it.
class AccuracyBudget {
public:
  AccuracyBudget(mlir::func::FuncOp function,
                 llvm::ArrayRef<TensorSensitivity> sensitivities,
                 bool allowFloat);

  /// Takes what was measured with the present choice for true.
  void learn(double measured);

  /// Widens tensors, those with the greatest gain for their cost first, until
  /// the predicted noise is at most `budget`. False where nothing was widened:
  /// what can be is no longer what matters.
  bool widenUntil(double budget);

  double getPredictedNoise() const;
  int64_t countWidened() const;

  /// Writes the choice into the policies of `copy`, a copy of `original`.
  void apply(mlir::func::FuncOp copy, mlir::func::FuncOp original) const;
  /// Says it in remarks at the original's operations.
  void explain() const;

private:
  /// Values of one scale, which are quantized alike, or the weight of `layer`.
  struct Unit {
    llvm::SmallVector<mlir::Value> values;
    mlir::Operation *layer = nullptr;
    double noise = 0.0;
    double cost = 0.0;
    bool isWide = false;

    bool isWeight() const { return layer != nullptr; }
    mlir::Location getLoc() const;
  };

  void addWeight(const TensorSensitivity &tensor,
                 llvm::ArrayRef<qnn::Contraction> layers);
  void addValue(const TensorSensitivity &tensor,
                llvm::ArrayRef<qnn::Contraction> layers);
  /// The unit of a value from which `value` is only moved, else a new one.
  Unit &findUnit(mlir::Value value);
  /// What the unit is expected to bring, and how much less if it is widened.
  double getNoise(const Unit &unit) const;
  double getGain(const Unit &unit) const;
  Unit *findBest();

  std::vector<Unit> units;
  bool allowFloat;
  /// What is left of the noise of weights and of values in the whole model.
  double weightPart = 0.0, valuePart = 1.0;
};

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_ACCURACYBUDGET_H
