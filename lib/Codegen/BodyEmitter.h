// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the body of one linalg.generic at one place of its iteration space, on
// scalars or on one vector of neighbouring iterations. Knows nothing of loops.
#ifndef QUANTC_LIB_CODEGEN_BODYEMITTER_H
#define QUANTC_LIB_CODEGEN_BODYEMITTER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

#include <map>
#include <optional>
#include <tuple>

namespace quantc::codegen {

/// A place in an iteration space. Loop d stands at bases[d] + offsets[d], where
/// a null base is zero. If `vectorDim` is set, `lanes` iterations of that loop,
/// from there on, are computed at once.
struct Place {
  llvm::SmallVector<mlir::Value> bases;
  llvm::SmallVector<int64_t> offsets;
  std::optional<unsigned> vectorDim;
  int64_t lanes = 1;

  /// The place in the space of an op whose loop i is loop `loops[i]` of this.
  Place project(llvm::ArrayRef<unsigned> loops) const;
};

/// A value and the place that it belongs to.
struct PlacedValue {
  Place place;
  mlir::Value value;
};

/// `values` with vectors of neighbouring iterations concatenated, in pairs and
/// pairs of pairs, as long as none has more than `maxLanes` lanes. What follows
/// is then computed on several registers at once, and narrow results of theirs
/// fill one.
llvm::SmallVector<PlacedValue>
joinNeighbours(mlir::OpBuilder &builder, mlir::Location loc,
               llvm::ArrayRef<PlacedValue> values, int64_t maxLanes);

/// Computes values of linalg bodies at places. Loads of one instance are
/// shared; use one instance for each straight-line piece of code.
class BodyEmitter {
public:
  /// With `looksUp`, vectors of bytes are looked up by `qvec.lookup`, and one
  /// by one without.
  BodyEmitter(mlir::OpBuilder &builder, mlir::Location loc,
              bool looksUp = false)
      : builder(builder), loc(loc), looksUp(looksUp) {}

  /// The elements of `tensor` that an operand with indexing map `map` sees at
  /// `place`: a scalar where all lanes see the same one, else a vector. A
  /// `tensor` that is a scalar is its own element.
  mlir::Value load(mlir::Value tensor, mlir::AffineMap map, const Place &place);

  /// `count` neighbours of the element that `map` selects at `place`.
  mlir::Value loadRun(mlir::Value tensor, mlir::AffineMap map,
                      const Place &place, int64_t count);

  /// As loadRun, filled up with zeros to `ways` elements, and the whole
  /// repeated `lanes` times.
  mlir::Value loadGroup(mlir::Value tensor, mlir::AffineMap map,
                        const Place &place, int64_t count, int64_t ways,
                        int64_t lanes);

  /// Group number `group` of `groups` neighbouring groups of `ways` elements,
  /// repeated `lanes` times. All groups are loaded at once.
  mlir::Value loadGroupOf(mlir::Value tensor, mlir::AffineMap map,
                          const Place &place, int64_t groups, int64_t group,
                          int64_t ways, int64_t lanes);

  /// Writes `value` to `dest` and returns the new tensor.
  mlir::Value store(mlir::Value value, mlir::Value dest, mlir::AffineMap map,
                    const Place &place);

  /// Writes all of the vector `run` from the element on that `map` selects at
  /// `place`, and returns the new tensor.
  mlir::Value storeRun(mlir::Value run, mlir::Value dest, mlir::AffineMap map,
                       const Place &place);

  /// Writes the vector `run`, which is `rows` rows of the innermost dimension
  /// of `dest`, from `place` on, and returns the new tensor.
  mlir::Value storeRows(mlir::Value run, int64_t rows, mlir::Value dest,
                        mlir::AffineMap map, const Place &place);

  /// The value that the body of `op` yields at `place`, with the arguments for
  /// which `given` holds a value and loads for the others.
  mlir::Value compute(mlir::linalg::GenericOp op, const Place &place,
                      llvm::ArrayRef<mlir::Value> given);

  /// `value` as a vector of `lanes` elements, or as it is if lanes is 1 in a
  /// scalar kernel.
  mlir::Value spread(mlir::Value value, const Place &place);

  /// The results of `map` at `place`.
  llvm::SmallVector<mlir::Value> getIndices(mlir::AffineMap map,
                                            const Place &place);

private:
  mlir::AffineMap shift(mlir::AffineMap map, const Place &place);
  mlir::Value loadLanes(mlir::Value tensor, mlir::AffineMap map,
                        const Place &place);
  mlir::Value emitIndex(mlir::linalg::IndexOp op, const Place &place);
  llvm::SmallVector<mlir::Value>
  emitOp(mlir::Operation &op, mlir::IRMapping &mapping, const Place &place);
  llvm::SmallVector<mlir::Value>
  emitLanes(mlir::Operation &op, mlir::IRMapping &mapping, const Place &place);
  mlir::Value emitLookup(mlir::Operation &op, mlir::IRMapping &mapping);
  mlir::Value emitMultiplyAdd(mlir::Operation &op, mlir::IRMapping &mapping,
                              const Place &place);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  bool looksUp;
  std::map<std::tuple<void *, const void *, int64_t>, mlir::Value> loads;
};

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_BODYEMITTER_H
