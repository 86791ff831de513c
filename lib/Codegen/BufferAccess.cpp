// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A whole buffer counts as touched where a part of it is: what a kernel reads
// of its buffer is not looked at.
#include "BufferAccess.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include <limits>

using namespace mlir;

namespace quantc::codegen {

static constexpr int64_t kEverything = std::numeric_limits<int64_t>::max();

std::optional<BufferAccess> resolveBuffer(Value buffer) {
  BufferAccess access{Value(), 0, kEverything};
  while (Operation *op = buffer.getDefiningOp()) {
    if (isa<memref::GetGlobalOp>(op))
      return std::nullopt;
    APInt shift;
    auto view = dyn_cast<memref::ViewOp>(op);
    if (view && view.getType().hasStaticShape() &&
        matchPattern(view.getByteShift(), m_ConstantInt(&shift))) {
      MemRefType type = view.getType();
      int64_t bytes = type.getElementType().isIntOrFloat()
                          ? llvm::divideCeil(type.getElementTypeBitWidth(), 8)
                          : sizeof(int64_t);
      access.begin = shift.getSExtValue();
      access.end = access.begin + type.getNumElements() * bytes;
    }
    auto viewLike = dyn_cast<ViewLikeOpInterface>(op);
    if (!viewLike)
      return access;
    buffer = viewLike.getViewSource();
  }
  auto argument = cast<BlockArgument>(buffer);
  if (isa<func::FuncOp>(argument.getOwner()->getParentOp()))
    access.root = buffer;
  return access;
}

SmallVector<BufferAccess> getBufferAccesses(Operation *op) {
  SmallVector<BufferAccess> accesses;
  op->walk([&](Operation *inner) {
    auto interface = dyn_cast<MemoryEffectOpInterface>(inner);
    if (!interface) {
      // Upstream says of omp.masked nothing, and of its end neither.
      if (!inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>() &&
          !isa<omp::MaskedOp, omp::TerminatorOp>(inner))
        accesses.push_back({Value(), 0, kEverything, /*isWrite=*/true});
      return;
    }
    SmallVector<MemoryEffects::EffectInstance> effects;
    interface.getEffects(effects);
    for (const MemoryEffects::EffectInstance &effect : effects) {
      BufferAccess access{Value(), 0, kEverything};
      if (Value buffer = effect.getValue()) {
        // Each thread has its own stack.
        if (buffer.getDefiningOp<memref::AllocaOp>())
          continue;
        std::optional<BufferAccess> resolved = resolveBuffer(buffer);
        if (!resolved)
          continue;
        access = *resolved;
      }
      access.isWrite = !isa<MemoryEffects::Read>(effect.getEffect());
      accesses.push_back(access);
    }
  });
  return accesses;
}

bool conflict(const BufferAccess &a, const BufferAccess &b) {
  if (!a.isWrite && !b.isWrite)
    return false;
  if (!a.root || !b.root)
    return true;
  return a.root == b.root && a.begin < b.end && b.begin < a.end;
}

} // namespace quantc::codegen
