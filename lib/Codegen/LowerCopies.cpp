// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Only copies that no contiguous block move can do are looked at here.
#include "quantc/Codegen/Passes.h"

#include "ParallelLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_LOWERCOPIESPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

bool isContiguous(Value buffer) {
  return cast<MemRefType>(buffer.getType())
      .areTrailingDimsContiguous(cast<MemRefType>(buffer.getType()).getRank());
}

/// True if rows of both buffers can be moved as vectors.
bool hasUnitInnerStride(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  Type element = type.getElementType();
  return type.getRank() > 0 && type.areTrailingDimsContiguous(1) &&
         element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
}

struct LowerCopiesPass : public impl::LowerCopiesPassBase<LowerCopiesPass> {
  using LowerCopiesPassBase::LowerCopiesPassBase;

  void runOnOperation() override {
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp op) {
      auto type = dyn_cast<MemRefType>(op.getSource().getType());
      // What was computed where it belongs.
      if (op.getSource() == op.getTarget())
        return op.erase();
      if (type && type.hasStaticShape() &&
          isa<MemRefType>(op.getTarget().getType()) &&
          !(isContiguous(op.getSource()) && isContiguous(op.getTarget())))
        copies.push_back(op);
    });
    for (memref::CopyOp op : copies)
      lower(op);
  }

private:
  void lower(memref::CopyOp op) {
    OpBuilder b(op);
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getSource().getType());
    bool vectors = hasUnitInnerStride(op.getSource()) &&
                   hasUnitInnerStride(op.getTarget());
    ArrayRef<int64_t> outer = type.getShape();
    if (vectors)
      outer = outer.drop_back();
    auto index = [&](int64_t value) {
      return arith::ConstantIndexOp::create(b, loc, value);
    };
    SmallVector<Value> lower, upper, steps;
    for (int64_t size : outer) {
      lower.push_back(index(0));
      upper.push_back(index(size));
      steps.push_back(index(1));
    }
    scf::LoopNest nest =
        scf::buildLoopNest(b, loc, lower, upper, steps,
                           [&](OpBuilder &inner, Location, ValueRange ivs) {
                             if (vectors)
                               copyRow(inner, op, ivs);
                             else
                               copyElement(inner, op, ivs);
                           });
    for (scf::ForOp loop : nest.loops)
      markParallel(loop);
    op.erase();
  }

  void copyElement(OpBuilder &b, memref::CopyOp op, ValueRange indices) {
    Value element =
        memref::LoadOp::create(b, op.getLoc(), op.getSource(), indices);
    memref::StoreOp::create(b, op.getLoc(), element, op.getTarget(), indices);
  }

  /// Moves the innermost dimension: a loop of full vectors and one shorter
  /// vector for the rest.
  void copyRow(OpBuilder &b, memref::CopyOp op, ValueRange outer) {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getSource().getType());
    int64_t lanes = vectorBits / type.getElementTypeBitWidth();
    int64_t size = type.getShape().back(), full = size / lanes * lanes;
    auto move = [&](OpBuilder &at, Value position, int64_t count) {
      SmallVector<Value> indices(outer);
      indices.push_back(position);
      auto vector = VectorType::get({count}, type.getElementType());
      Value row =
          vector::LoadOp::create(at, loc, vector, op.getSource(), indices);
      vector::StoreOp::create(at, loc, row, op.getTarget(), indices);
    };
    auto index = [&](int64_t value) {
      return arith::ConstantIndexOp::create(b, loc, value);
    };
    if (full > 0)
      scf::ForOp::create(b, loc, index(0), index(full), index(lanes),
                         ValueRange(),
                         [&](OpBuilder &inner, Location, Value iv, ValueRange) {
                           move(inner, iv, lanes);
                           scf::YieldOp::create(inner, loc);
                         });
    if (full < size)
      move(b, index(full), size - full);
  }
};

} // namespace
} // namespace quantc::codegen
