// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The innermost reduction of a kernel of dot products, in the form that the
// plan's instruction has: sums of lanes, of pairs of rows, or of halves of a
// row.
#ifndef QUANTC_LIB_CODEGEN_DOTEMITTER_H
#define QUANTC_LIB_CODEGEN_DOTEMITTER_H

#include "BodyEmitter.h"
#include "KernelGroup.h"
#include "KernelPlan.h"

namespace quantc::codegen {

/// Emits the dot products of one tile: of `places`, in the order of the plan's
/// loops, with the panel `panelNumber` of weights where a loop runs over them.
class DotEmitter {
public:
  DotEmitter(mlir::RewriterBase &rewriter, mlir::Location loc,
             KernelGroup &group, const KernelPlan &plan,
             llvm::ArrayRef<Place> places, mlir::Value panelNumber);

  /// What the reduction of a plan with sums in blocks starts with.
  llvm::SmallVector<mlir::Value> createSums() const;
  /// `sums` with the products of the innermost reduction added.
  llvm::SmallVector<mlir::Value> emit(llvm::ArrayRef<mlir::Value> sums) const;
  /// Adds the groups [begin, end) of the innermost reduction to the sums of the
  /// places `slots`, all in straight code and counted from `origin` on where
  /// that is given.
  void emit(int64_t begin, int64_t end, llvm::ArrayRef<unsigned> slots,
            llvm::SmallVectorImpl<mlir::Value> &sums,
            mlir::Value origin = mlir::Value()) const;
  /// Groups of the innermost reduction, of which the last may be incomplete.
  int64_t getGroups() const;
  size_t getPixels() const { return pixels; }
  /// The places of the pixels [begin, end), each with all its channels.
  llvm::SmallVector<unsigned> getSlots(size_t begin, size_t end) const;
  /// A vector for each place, from blocks of the whole reduction's sums and
  /// `initial`.
  llvm::SmallVector<mlir::Value>
  finish(llvm::ArrayRef<mlir::Value> sums,
         llvm::ArrayRef<mlir::Value> initial) const;

private:
  using Values = llvm::SmallVectorImpl<mlir::Value>;

  /// Groups [begin, end) of a reduction and the places that they belong to.
  struct Segment {
    int64_t begin, end;
    llvm::SmallVector<unsigned> slots;
  };
  /// Groups that are read together: `count` of them from `index + offset` on,
  /// of which the first `ways` products exist.
  struct Groups {
    mlir::Value index;
    int64_t offset, count, ways;
  };

  llvm::SmallVector<Segment> getSegments(int64_t begin, int64_t end,
                                         llvm::ArrayRef<unsigned> slots) const;
  llvm::SmallVector<unsigned> getSums(llvm::ArrayRef<unsigned> slots) const;
  unsigned getSlot(size_t vector, size_t pixel) const {
    return static_cast<unsigned>(vector * pixels + pixel);
  }
  void emitSegment(const Segment &segment, Values &sums) const;
  void emitUnrolled(mlir::Value origin, int64_t begin, int64_t end,
                    llvm::ArrayRef<unsigned> slots, Values &sums) const;
  void emitGroups(const Groups &groups, llvm::ArrayRef<unsigned> slots,
                  Values &sums) const;
  void emitLanes(const Groups &groups, llvm::ArrayRef<unsigned> slots,
                 Values &sums) const;
  void emitPairs(const Groups &groups, llvm::ArrayRef<unsigned> slots,
                 Values &sums) const;
  void emitRows(const Groups &groups, llvm::ArrayRef<unsigned> slots,
                Values &sums) const;
  mlir::Value loadPixels(BodyEmitter &body, const Groups &groups,
                         unsigned slot) const;
  mlir::Value loadWeights(BodyEmitter &body, const Groups &groups,
                          int64_t group, unsigned slot) const;
  Place getPixel(const Groups &groups, unsigned slot) const;
  mlir::Value makeIndex(int64_t value) const;
  mlir::Value shuffle(mlir::Value lhs, mlir::Value rhs,
                      llvm::ArrayRef<int64_t> mask) const;

  mlir::RewriterBase &rewriter;
  mlir::Location loc;
  KernelGroup &group;
  const KernelPlan &plan;
  const DotProduct &dot;
  llvm::ArrayRef<Place> places;
  mlir::Value panelNumber;
  /// Places are `vectors` of channels by `pixels`.
  size_t vectors, pixels;
};

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DOTEMITTER_H
