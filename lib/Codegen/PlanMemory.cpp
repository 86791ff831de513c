// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifetimes are intervals of operations of the entry block: what happens inside
// a loop happens at the loop. Offsets are chosen by ArenaPlanner.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"

#include "ArenaPlanner.h"
#include "EntryFunction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

int64_t getSizeInBytes(MemRefType type) {
  Type element = type.getElementType();
  // An index, and an element of odd width, take what the data layout gives
  // them.
  int64_t bytes = element.isIntOrFloat()
                      ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)
                      : 8;
  return type.getNumElements() * bytes;
}

struct PlanMemoryPass : public impl::PlanMemoryPassBase<PlanMemoryPass> {
  void runOnOperation() override {
    FailureOr<func::FuncOp> entry = findEntryOfOneBlock(getOperation());
    if (failed(entry))
      return signalPassFailure();
    func::FuncOp function = *entry;
    SmallVector<memref::AllocOp> allocs;
    function.walk([&](memref::AllocOp op) { allocs.push_back(op); });
    function.walk([](memref::DeallocOp op) { op.erase(); });
    BufferViewFlowAnalysis aliases(function);
    SmallVector<BufferLifetime> lifetimes;
    for (memref::AllocOp alloc : allocs) {
      if (failed(checkAlloc(alloc, aliases)))
        return signalPassFailure();
      lifetimes.push_back(getLifetime(function, alloc, aliases));
    }
    ArenaPlan plan = planArena(lifetimes, kArenaAlignment);
    if (failed(replaceAllocs(function, allocs, plan)))
      return signalPassFailure();
    recordSize(function, plan.size, getArenaLowerBound(lifetimes));
  }

private:
  LogicalResult checkAlloc(memref::AllocOp alloc,
                           const BufferViewFlowAnalysis &aliases) {
    if (!alloc.getType().hasStaticShape() ||
        !alloc.getType().getLayout().isIdentity())
      return alloc.emitOpError()
             << "of type " << alloc.getType()
             << " has no size that is known at compile time";
    if (isa<func::FuncOp>(alloc->getParentOp()))
      return success();
    for (Value alias : aliases.resolve(alloc.getResult()))
      for (Operation *user : alias.getUsers())
        if (user->hasTrait<OpTrait::IsTerminator>() &&
            isa<LoopLikeOpInterface>(user->getParentOp()))
          return alloc.emitOpError() << "is carried from one iteration of a "
                                        "loop to the next";
    return success();
  }

  BufferLifetime getLifetime(func::FuncOp function, memref::AllocOp alloc,
                             const BufferViewFlowAnalysis &aliases) {
    BufferLifetime lifetime;
    lifetime.size = getSizeInBytes(alloc.getType());
    Block &body = function.getBody().front();
    bool first = true;
    for (Operation *user : collectUsers(alloc, aliases)) {
      int64_t at = getPosition(*body.findAncestorOpInBlock(*user));
      lifetime.begin = first ? at : std::min(lifetime.begin, at);
      lifetime.end = first ? at : std::max(lifetime.end, at);
      first = false;
    }
    return lifetime;
  }

  /// Who reads or writes the buffer, or does so through its address: two
  /// observers of one tensor share the address, and the later one stands where
  /// nothing else uses the buffer any more.
  static SmallVector<Operation *>
  collectUsers(memref::AllocOp alloc, const BufferViewFlowAnalysis &aliases) {
    SmallVector<Operation *> users;
    SmallVector<Value> addresses;
    auto add = [&](Value value, bool isAddress) {
      for (Operation *user : value.getUsers()) {
        users.push_back(user);
        if (isAddress || isa<memref::ExtractAlignedPointerAsIndexOp>(user))
          llvm::append_range(addresses, user->getResults());
      }
    };
    for (Value alias : aliases.resolve(alloc.getResult()))
      add(alias, /*isAddress=*/false);
    while (!addresses.empty())
      add(addresses.pop_back_val(), /*isAddress=*/true);
    return users;
  }

  /// The number of an operation in the entry block.
  int64_t getPosition(Operation &op) {
    if (positions.empty())
      for (auto [index, each] : llvm::enumerate(*op.getBlock()))
        positions[&each] = index;
    return positions.lookup(&op);
  }

  LogicalResult replaceAllocs(func::FuncOp function,
                              ArrayRef<memref::AllocOp> allocs,
                              const ArenaPlan &plan) {
    OpBuilder b(&getContext());
    unsigned index = function.getNumArguments();
    if (failed(function.insertArgument(
            index, MemRefType::get({plan.size}, b.getI8Type()),
            DictionaryAttr(), function.getLoc())))
      return function.emitOpError() << "takes no argument for the arena";
    Value arena = function.getArgument(index);
    for (auto [index, offset] : llvm::enumerate(plan.offsets)) {
      memref::AllocOp alloc = allocs[index];
      b.setInsertionPoint(alloc);
      Value shift = arith::ConstantIndexOp::create(b, alloc.getLoc(), offset);
      auto view = memref::ViewOp::create(b, alloc.getLoc(), alloc.getType(),
                                         arena, shift, ValueRange());
      alloc.replaceAllUsesWith(view.getResult());
      alloc.erase();
    }
    return success();
  }

  /// On the function, and in the interface if the module has one.
  void recordSize(func::FuncOp function, int64_t size, int64_t bound) {
    function->setAttr(kArenaSizeAttrName,
                      Builder(&getContext()).getI64IntegerAttr(size));
    if (!getOperation()->hasAttr(kInterfaceAttrName))
      return;
    FailureOr<ModelInterface> interface = readInterface(getOperation());
    if (failed(interface))
      return signalPassFailure();
    interface->arenaSize = size;
    interface->arenaLowerBound = bound;
    recordInterface(getOperation(), *interface);
    // A model that is compiled to be measured is not what the user asked for.
    if (!interface->hasContext)
      remark::analysis(
          function.getLoc(),
          remark::RemarkOpts::name("Arena").category("qnn-codegen"))
          << "the arena takes " << std::to_string(size) << " bytes; at most "
          << std::to_string(bound) << " are in use at the same time";
  }

  DenseMap<Operation *, int64_t> positions;
};

} // namespace
} // namespace quantc::codegen
