// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function that is run piece by piece: all samples go through one piece
// before any goes through the next, so that what the first pieces computed can
// be looked at, and changed, before the rest follows. The accuracy passes ask
// for statistics of a layer behind all corrections of earlier layers; one run
// of the model gives them for every layer.
#ifndef QUANTC_LIB_DRIVER_LOCKSTEPMODEL_H
#define QUANTC_LIB_DRIVER_LOCKSTEPMODEL_H

#include "ModelCopy.h"

namespace quantc {

class LockstepModel {
public:
  /// One buffer of f32 numbers a sample.
  using Samples = std::vector<exec::AlignedBuffer>;

  /// Copies the only function of `module`, whose tensors are f32 between its
  /// operations or quantized only where one piece both makes and reads them.
  /// The copy lives in a context of its own: nobody hears its remarks.
  static llvm::Expected<std::unique_ptr<LockstepModel>>
  create(mlir::ModuleOp module);

  /// The copy. Operations behind the last piece may be changed.
  mlir::func::FuncOp getFunction() const { return copy.getFunction(); }

  /// Puts the copy, a float graph with ranges, into QDQ form.
  llvm::Error quantize();

  /// Notices the constants that were put into the copy.
  void findConstants();

  /// Takes the values of argument `index`.
  void setArgument(unsigned index, Samples samples);

  /// Computes everything up to `value`, for all samples, unless an earlier
  /// piece did.
  llvm::Error advanceTo(mlir::Value value);

  /// The values of a result of the last piece, or of one that a later
  /// operation reads, in sample `sample`.
  llvm::MutableArrayRef<float> getValues(mlir::Value value, int64_t sample);
  int64_t getSampleCount() const { return sampleCount; }

private:
  explicit LockstepModel(ModelCopy copy) : copy(std::move(copy)) {}

  bool isConstant(mlir::Operation *op) const { return constants.contains(op); }
  llvm::Error advanceThrough(mlir::Operation *last);
  /// Whether an operation behind `last` reads `value`.
  bool isReadBehind(mlir::Value value, mlir::Operation *last) const;
  void release(mlir::Operation *last);

  ModelCopy copy;
  /// Operations that depend on no argument.
  llvm::DenseSet<mlir::Operation *> constants;
  llvm::DenseMap<mlir::Value, Samples> values;
  /// The last operation that was computed, or null.
  mlir::Operation *reached = nullptr;
  int64_t sampleCount = 0;
};

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_LOCKSTEPMODEL_H
