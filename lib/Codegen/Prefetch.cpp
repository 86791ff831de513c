// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel of dot products will need long before it needs it: the next
// panel of weights, and the lines that the tile will read and write when its
// sums are complete. The sums take the time that the memory takes.
//
// A panel of weights is used for every tile of an image, so that there is all
// the time to bring the next one along: by hand, because no hardware guesses
// that after the last tile the addresses go on. When a layer's weights come
// from the cache anyway is a question of their size alone. Where there is one
// tile only, the weights are read once, from the first to the last, which the
// hardware does guess: there, asking for them delays what it brings.
#include "quantc/Codegen/Passes.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "LoopAccess.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PREFETCHPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// Localities: keep in the first, in the second level of caches.
constexpr uint32_t kNearest = 3, kSecond = 2;

/// Elements of at least this many bytes are prefetched; one line is enough for
/// a vector.
constexpr int64_t kMinVector = 16;

/// Whether some loop around `read` reads the same elements again.
bool isReadAgain(vector::TransferReadOp read) {
  for (auto loop = read->getParentOfType<scf::ForOp>(); loop;
       loop = loop->getParentOfType<scf::ForOp>())
    if (!indicesVaryIn(read, loop))
      return true;
  return false;
}

/// The outermost loop of the dot products of `block`, if it is a tile.
scf::ForOp findReduction(Block &block) {
  for (auto loop : block.getOps<scf::ForOp>())
    if (loop.getNumResults() > 0 &&
        isa<VectorType>(loop.getResultTypes().front()) &&
        loop.walk([](qvec::DotOp) { return WalkResult::interrupt(); })
            .wasInterrupted())
      return loop;
  return {};
}

/// `value` as it is before `point`: its pure definition is cloned there if it
/// stands behind. Null if it depends on something that cannot.
Value materializeBefore(OpBuilder &builder, Value value, Operation *point) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != point->getBlock() || op->isBeforeInBlock(point))
    return value;
  if (op == point || !isPure(op) || op->getNumRegions() != 0)
    return {};
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value before = materializeBefore(builder, operand, point);
    if (!before)
      return {};
    mapping.map(operand, before);
  }
  return builder.clone(*op, mapping)
      ->getResult(cast<OpResult>(value).getResultNumber());
}

struct PrefetchPass : public impl::PrefetchPassBase<PrefetchPass> {
  using PrefetchPassBase::PrefetchPassBase;

  void runOnOperation() override {
    llvm::SetVector<vector::TransferReadOp> reads;
    getOperation().walk([&](qvec::DotOp dot) {
      auto read = dot.getRhs().getDefiningOp<vector::TransferReadOp>();
      if (read && readsManyPanels(read))
        reads.insert(read);
    });
    for (vector::TransferReadOp read : reads)
      prefetchNextPanel(read);
    llvm::SetVector<Block *> tiles;
    getOperation().walk([&](vector::TransferWriteOp write) {
      tiles.insert(write->getBlock());
    });
    for (Block *tile : tiles)
      if (scf::ForOp reduction = findReduction(*tile))
        prefetchImages(reduction);
  }

private:
  bool readsManyPanels(vector::TransferReadOp read) const {
    auto type = dyn_cast<MemRefType>(read.getBase().getType());
    return type && read.getBase().getDefiningOp<memref::GetGlobalOp>() &&
           type.getDimSize(0) > 1 && type.getNumElements() >= minWeights &&
           isReadAgain(read);
  }

  static void prefetchNextPanel(vector::TransferReadOp read) {
    OpBuilder builder(read);
    Location loc = read.getLoc();
    SmallVector<Value> indices(read.getIndices());
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    indices.front() = arith::AddIOp::create(builder, loc, indices.front(), one);
    memref::PrefetchOp::create(builder, loc, read.getBase(), indices,
                               /*isWrite=*/false, kSecond,
                               /*isDataCache=*/true);
  }

  /// What the tile reads and writes behind `reduction`.
  void prefetchImages(scf::ForOp reduction) {
    for (Operation *op = reduction->getNextNode(); op; op = op->getNextNode()) {
      if (auto read = dyn_cast<vector::TransferReadOp>(op))
        prefetch(read.getBase(), read.getIndices(), read.getVectorType(),
                 /*isWrite=*/false, reduction);
      if (auto write = dyn_cast<vector::TransferWriteOp>(op))
        prefetch(write.getBase(), write.getIndices(), write.getVectorType(),
                 /*isWrite=*/true, reduction);
    }
  }

  void prefetch(Value buffer, ValueRange indices, VectorType vector,
                bool isWrite, Operation *point) {
    auto type = dyn_cast<MemRefType>(buffer.getType());
    if (!type || !type.hasStaticShape() ||
        buffer.getDefiningOp<memref::GetGlobalOp>() ||
        type.getNumElements() < minImage ||
        vector.getNumElements() < kMinVector)
      return;
    OpBuilder builder(point);
    SmallVector<Value> before;
    for (Value index : indices) {
      before.push_back(materializeBefore(builder, index, point));
      if (!before.back())
        return;
    }
    memref::PrefetchOp::create(builder, point->getLoc(), buffer, before,
                               isWrite, kNearest, /*isDataCache=*/true);
  }
};

} // namespace
} // namespace quantc::codegen
