// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Below the line for registers of two dimensions: chooses between those of the
// target and plain vectors, and prepares what both need. A pass of its own,
// because values that loops carry change their type.
#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Codegen/X86/LowerTile.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "LowerTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_LOWERTILESPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

bool isTile(Value value) { return isa<qvec::TileType>(value.getType()); }

/// Memory on the stack has its place from the beginning of the function, or of
/// what a thread runs: in a loop the stack would grow.
void hoistScratch(memref::AllocaOp alloca) {
  Operation *scope = alloca->getParentOp();
  while (!isa<FunctionOpInterface, omp::ParallelOp>(scope))
    scope = scope->getParentOp();
  alloca->moveBefore(&scope->getRegion(0).front().front());
}

/// Each tile of sums starts in a register of its own: no instruction copies one
/// to another.
void splitUses(qvec::TileZeroOp zero) {
  OpBuilder builder(zero);
  while (!zero->use_empty() && !zero->hasOneUse())
    zero->use_begin()->set(builder.clone(*zero)->getResult(0));
}

/// The shape of `type` fits the registers of `isa`.
bool fits(qvec::TileType type, const ISA &isa) {
  return type.getRows() <= isa.tileRows &&
         type.getColumns() * type.getElementType().getWidth() <=
             8 * isa.tileBytes;
}

struct LowerTilesPass : public impl::LowerTilesPassBase<LowerTilesPass> {
  using LowerTilesPassBase::LowerTilesPassBase;

  void runOnOperation() override {
    row = findISA(isa);
    if (!row) {
      getOperation().emitError() << "unknown isa '" << isa << "'";
      return signalPassFailure();
    }
    if (failed(checkShapes()))
      return signalPassFailure();
    getOperation().walk(splitUses);
    SmallVector<memref::AllocaOp> scratch;
    getOperation().walk(
        [&](memref::AllocaOp alloca) { scratch.push_back(alloca); });
    llvm::for_each(scratch, hoistScratch);
    if (failed(lower()))
      signalPassFailure();
  }

private:
  LogicalResult checkShapes() {
    if (!row->hasTiles())
      return success();
    auto result = getOperation().walk([&](Operation *op) -> WalkResult {
      for (Value value : op->getResults())
        if (auto type = dyn_cast<qvec::TileType>(value.getType());
            type && !fits(type, *row))
          return op->emitOpError()
                 << "has a result of " << type << ", but a register of '" << isa
                 << "' has at most " << row->tileRows << " rows of "
                 << row->tileBytes << " bytes";
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

  LogicalResult lower() {
    TypeConverter converter;
    converter.addConversion([](Type type) { return type; });
    RewritePatternSet patterns(&getContext());
    if (row->hasTiles())
      x86::populateLowerTilePatterns(converter, patterns);
    else
      populateGenericTilePatterns(converter, patterns);
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *op) {
      return llvm::none_of(op->getOperands(), isTile) &&
             llvm::none_of(op->getResults(), isTile);
    });
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    ConversionConfig config;
    config.allowPatternRollback = false;
    return applyPartialConversion(getOperation(), target, std::move(patterns),
                                  config);
  }

  /// The row of the option `isa`.
  const ISA *row = nullptr;
};

} // namespace
} // namespace quantc::codegen
