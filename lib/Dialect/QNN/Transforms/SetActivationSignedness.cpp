// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place that decides whether 8-bit activations are stored signed or
// unsigned. Shifting storage and zero point by 128 changes no real number and
// no result, so only types and stored constants change.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using mlir::quant::UniformQuantizedType;

namespace quantc::qnn {

#define GEN_PASS_DEF_SETACTIVATIONSIGNEDNESSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// `type` with its 8-bit storage signed or unsigned; null if it is no
/// per-tensor 8-bit type or is so already.
RankedTensorType getShifted(Type type, bool isUnsigned) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto element = tensor
                     ? dyn_cast<UniformQuantizedType>(tensor.getElementType())
                     : UniformQuantizedType();
  if (!element || element.getStorageTypeIntegralWidth() != 8 ||
      element.isSigned() != isUnsigned)
    return {};
  int64_t offset = isUnsigned ? 128 : -128;
  return tensor.clone(UniformQuantizedType::get(
      isUnsigned ? 0 : quant::QuantizationFlags::Signed,
      element.getStorageType(), element.getExpressedType(), element.getScale(),
      element.getZeroPoint() + offset, element.getStorageTypeMin() + offset,
      element.getStorageTypeMax() + offset));
}

/// The same stored values in the other signedness: the top bit flips. Null if
/// the data is absent.
ElementsAttr flipTopBits(ElementsAttr stored) {
  SmallVector<APInt> flipped;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(stored)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return {};
    for (char byte : blob->getData())
      flipped.emplace_back(8, static_cast<uint8_t>(byte));
  } else if (auto values = stored.tryGetValues<APInt>()) {
    llvm::append_range(flipped, *values);
  } else {
    return {};
  }
  for (APInt &value : flipped)
    value.flipBit(7);
  return DenseElementsAttr::get(stored.getShapedType(), flipped);
}

bool isWeightUse(OpOperand &use) {
  return isa<Conv2DOp, DepthwiseConv2DOp, FullyConnectedOp>(use.getOwner()) &&
         use.getOperandNumber() == 1;
}

/// A constant that is only ever a weight.
bool isWeight(Operation *op) {
  return isa<ConstantOp>(op) && !op->use_empty() &&
         llvm::all_of(op->getUses(), isWeightUse);
}

struct SetActivationSignednessPass
    : impl::SetActivationSignednessPassBase<SetActivationSignednessPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    SmallVector<Operation *> ops;
    for (Operation &op : function.getFunctionBody().front())
      if (isa<QNNDialect>(op.getDialect()))
        ops.push_back(&op);
    for (Operation *op : ops)
      if (auto constant = dyn_cast<ConstantOp>(op))
        splitWeight(constant);
    SmallVector<Type> resultTypes(
        function.getFunctionBody().front().getTerminator()->getOperandTypes());
    shiftArguments(function);
    SmallVector<quant::StorageCastOp> storageCasts(
        function.getFunctionBody().front().getOps<quant::StorageCastOp>());
    for (quant::StorageCastOp cast : storageCasts)
      shiftCastResult(cast);
    SmallVector<Type> castTypes = llvm::map_to_vector(
        storageCasts, [](quant::StorageCastOp cast) -> Type {
          return cast.getInput().getType();
        });
    for (Operation *op : ops)
      if (failed(shiftOperation(op)))
        return signalPassFailure();
    for (Operation *op : ops)
      dropIfIdentity(op);
    restoreResults(function, resultTypes);
    for (auto [cast, type] : llvm::zip(storageCasts, castTypes))
      restore(cast->getOpOperand(0), type);
  }

private:
  /// A constant that is both weight and activation becomes two.
  void splitWeight(ConstantOp constant) {
    SmallVector<OpOperand *> weightUses;
    for (OpOperand &use : constant->getUses())
      if (isWeightUse(use))
        weightUses.push_back(&use);
    if (weightUses.empty() || isWeight(constant))
      return;
    OpBuilder builder(constant);
    Operation *weight = builder.clone(*constant);
    for (OpOperand *use : weightUses)
      use->set(weight->getResult(0));
  }

  void shiftArguments(func::FuncOp function) {
    OpBuilder builder(&getContext());
    builder.setInsertionPointToStart(&function.getFunctionBody().front());
    // What is returned as it came, or is a weight, has the right type already.
    auto isShifted = [](OpOperand &use) {
      return !isWeightUse(use) && isa<QNNDialect>(use.getOwner()->getDialect());
    };
    for (BlockArgument argument : function.getArguments()) {
      RankedTensorType type =
          getShifted(argument.getType(), unsignedActivations);
      if (!type || llvm::none_of(argument.getUses(), isShifted))
        continue;
      auto shift = RequantizeOp::create(builder, argument.getLoc(), type,
                                        argument, RoundingMode::Single,
                                        DenseI32ArrayAttr(), CalibrationAttr());
      argument.replaceUsesWithIf(shift, [&](OpOperand &use) {
        return use.getOwner() != shift && isShifted(use);
      });
    }
  }

  /// Integers that enter by a storage cast are what they are; behind it they
  /// are shifted as those of an argument.
  void shiftCastResult(quant::StorageCastOp cast) {
    RankedTensorType type = getShifted(cast.getType(), unsignedActivations);
    if (!type)
      return;
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfter(cast);
    auto shift = RequantizeOp::create(builder, cast.getLoc(), type, cast,
                                      RoundingMode::Single, DenseI32ArrayAttr(),
                                      CalibrationAttr());
    cast.getResult().replaceAllUsesExcept(shift, shift);
  }

  LogicalResult shiftOperation(Operation *op) {
    if (op->getNumResults() != 1 || isWeight(op))
      return success();
    RankedTensorType type =
        getShifted(op->getResult(0).getType(), unsignedActivations);
    if (!type)
      return success();
    int32_t offset = unsignedActivations ? 128 : -128;
    op->getResult(0).setType(type);
    if (auto clamp = op->getAttrOfType<DenseI32ArrayAttr>("clamp"))
      op->setAttr("clamp",
                  DenseI32ArrayAttr::get(
                      &getContext(), {clamp[0] + offset, clamp[1] + offset}));
    if (auto pad = dyn_cast<PadOp>(op))
      pad.setValueAttr(
          IntegerAttr::get(pad.getValueAttr().getType(),
                           static_cast<int64_t>(pad.getValue()) + offset));
    for (StringRef stored : {"value", "table"})
      if (auto values = op->getAttrOfType<ElementsAttr>(stored)) {
        ElementsAttr flipped = flipTopBits(values);
        if (!flipped)
          return op->emitOpError() << "has a " << stored << " without data";
        op->setAttr(stored, flipped);
      }
    return success();
  }

  /// A requantize that did nothing but change signedness has nothing to do.
  void dropIfIdentity(Operation *op) {
    auto requantize = dyn_cast<RequantizeOp>(op);
    if (!requantize || requantize.getClamp() ||
        requantize.getInput().getType() != requantize.getType())
      return;
    requantize.replaceAllUsesWith(requantize.getInput());
    requantize.erase();
  }

  void restoreResults(func::FuncOp function, ArrayRef<Type> types) {
    Operation *terminator = function.getFunctionBody().front().getTerminator();
    for (auto [operand, type] : llvm::zip(terminator->getOpOperands(), types))
      restore(operand, type);
  }

  /// Gives `operand` back the type that it had.
  static void restore(OpOperand &operand, Type type) {
    if (operand.get().getType() == type)
      return;
    OpBuilder builder(operand.getOwner());
    operand.set(RequantizeOp::create(builder, operand.get().getLoc(), type,
                                     operand.get(), RoundingMode::Single,
                                     DenseI32ArrayAttr(), CalibrationAttr()));
  }
};

} // namespace
} // namespace quantc::qnn
