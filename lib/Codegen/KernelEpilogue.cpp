// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of a kernel that do not depend on how its sums are computed.
#include "KernelEpilogue.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {

Location getKernelLoc(KernelGroup &group) {
  SmallVector<Location> parts = {group.root.getLoc()};
  for (KernelStage &stage : group.epilogue)
    parts.push_back(stage.op.getLoc());
  return FusedLoc::get(group.root.getContext(), parts);
}

bool readsDestination(KernelGroup &group) {
  linalg::GenericOp last = group.getLast();
  bool initialized = group.epilogue.empty() && group.init;
  return !initialized &&
         last.payloadUsesValueFromOperand(last.getDpsInitOperand(0));
}

Value createDestination(RewriterBase &rewriter, KernelGroup &group) {
  Value init = group.getLast().getDpsInitOperand(0)->get();
  if (readsDestination(group))
    return init;
  auto type = cast<RankedTensorType>(init.getType());
  return tensor::EmptyOp::create(rewriter, getKernelLoc(group), type.getShape(),
                                 type.getElementType());
}

Value computeEpilogue(BodyEmitter &body, KernelGroup &group, Value value,
                      const Place &place) {
  for (KernelStage &stage : group.epilogue) {
    SmallVector<Value> given(stage.op->getNumOperands());
    given[stage.chained->getOperandNumber()] = value;
    value = body.compute(stage.op, place.project(stage.rootLoops), given);
  }
  return value;
}

Value storeResults(BodyEmitter &body, KernelGroup &group, Value value,
                   int64_t rows, const Place &place, Value dest) {
  linalg::GenericOp last = group.getLast();
  AffineMap map = last.getMatchingIndexingMap(last.getDpsInitOperand(0));
  Place lastPlace = group.epilogue.empty()
                        ? place
                        : place.project(group.epilogue.back().rootLoops);
  return rows == 1 ? body.store(value, dest, map, lastPlace)
                   : body.storeRows(value, rows, dest, map, lastPlace);
}

} // namespace quantc::codegen
