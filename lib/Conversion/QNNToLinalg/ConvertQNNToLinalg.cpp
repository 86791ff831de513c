// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conversion pass: what is asked of every operation before anything is
// changed, the types, the function boundaries, and what is legal afterwards.
#include "quantc/Conversion/IntegerBoundary.h"
#include "quantc/Conversion/Passes.h"
#include "quantc/Conversion/QNNToLinalg/QNNToLinalg.h"

#include "Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {
#define GEN_PASS_DEF_CONVERTQNNTOLINALGPASS
#include "quantc/Conversion/Passes.h.inc"
} // namespace quantc::conversion

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Library interface
//===----------------------------------------------------------------------===//

StorageTypeConverter::StorageTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) -> std::optional<Type> {
    quant::QuantizedType element = qnn::getQuantizedElement(type);
    if (!element || !qnn::isQuantizedElementType(element))
      return std::nullopt;
    return RankedTensorType::get(
        type.getShape(),
        IntegerType::get(type.getContext(), getMemoryBits(element)));
  });
}

llvm::Error checkLowering(Operation *op) {
  for (auto check : {checkCast, checkContraction, checkElementwise,
                     checkIntegerContraction, checkIntegerMatMul,
                     checkLayerNorm, checkMatMul, checkPooling, checkSoftmax})
    if (CheckResult result = check(op))
      return std::move(*result);
  return llvm::Error::success();
}

void populateQNNToLinalgPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  populateCastPatterns(converter, patterns);
  populateContractionPatterns(converter, patterns);
  populateDynamicCastPatterns(converter, patterns);
  populateElementwisePatterns(converter, patterns);
  populateIntegerContractionPatterns(converter, patterns);
  populateIntegerMatMulPatterns(converter, patterns);
  populateLayerNormPatterns(converter, patterns);
  populateMatMulPatterns(converter, patterns);
  populatePackedWeightPatterns(converter, patterns);
  populatePoolingPatterns(converter, patterns);
  populateShapePatterns(converter, patterns);
  populateSoftmaxPatterns(converter, patterns);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {

class ConvertQNNToLinalgPass
    : public impl::ConvertQNNToLinalgPassBase<ConvertQNNToLinalgPass> {
public:
  using ConvertQNNToLinalgPassBase::ConvertQNNToLinalgPassBase;

  void runOnOperation() override {
    if (failed(checkOperations()) || failed(checkBoundaries()))
      return signalPassFailure();
    getOperation().walk(annotateBoundary);
    if (failed(convert()))
      return signalPassFailure();
    eraseDeadConstants();
  }

private:
  /// Reports every operation that cannot be lowered.
  LogicalResult checkOperations();
  /// Reports every quantized argument or result without one scale.
  LogicalResult checkBoundaries();
  /// Writes what quantized arguments and results mean into their attributes.
  static void annotateBoundary(func::FuncOp function);
  LogicalResult convert();
  /// Weights live on in another order; the originals are dead.
  void eraseDeadConstants();
};

} // namespace

LogicalResult ConvertQNNToLinalgPass::checkOperations() {
  bool allGood = true;
  getOperation().walk([&](Operation *op) {
    if (llvm::Error error = checkLowering(op)) {
      op->emitOpError(llvm::toString(std::move(error)));
      allGood = false;
    }
  });
  return success(allGood);
}

LogicalResult ConvertQNNToLinalgPass::checkBoundaries() {
  bool allGood = true;
  getOperation().walk([&](func::FuncOp function) {
    for (Type type : llvm::concat<const Type>(function.getArgumentTypes(),
                                              function.getResultTypes())) {
      quant::QuantizedType element = qnn::getQuantizedElement(type);
      if (!element || isa<quant::UniformQuantizedType>(element))
        continue;
      function.emitOpError() << "has " << type
                             << " in its signature: expected one scale and "
                                "zero point for a tensor at the boundary";
      allGood = false;
    }
  });
  return success(allGood);
}

/// Calls `set` with each attribute that describes `type`, if it is quantized.
static void describeBoundary(Type type,
                             function_ref<void(StringRef, Attribute)> set) {
  quant::QuantizedType element = qnn::getQuantizedElement(type);
  if (!element)
    return;
  Builder builder(type.getContext());
  set(kScaleAttr, builder.getF64FloatAttr(qnn::getScale(element, 0)));
  set(kZeroPointAttr, builder.getI64IntegerAttr(qnn::getZeroPoint(element, 0)));
  if (!element.isSigned())
    set(kUnsignedAttr, builder.getUnitAttr());
}

void ConvertQNNToLinalgPass::annotateBoundary(func::FuncOp function) {
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
    describeBoundary(type, [&, i = index](StringRef name, Attribute value) {
      function.setArgAttr(i, name, value);
    });
  for (auto [index, type] : llvm::enumerate(function.getResultTypes()))
    describeBoundary(type, [&, i = index](StringRef name, Attribute value) {
      function.setResultAttr(i, name, value);
    });
}

LogicalResult ConvertQNNToLinalgPass::convert() {
  StorageTypeConverter converter;
  RewritePatternSet patterns(&getContext());
  populateQNNToLinalgPatterns(converter, patterns);
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                 converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
  populateCallOpTypeConversionPattern(patterns, converter);

  ConversionTarget target(getContext());
  target.addIllegalDialect<qnn::QNNDialect>();
  target.addIllegalOp<quant::StorageCastOp>();
  target.addLegalOp<qnn::ObserveOp>();
  target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
    return converter.isSignatureLegal(function.getFunctionType());
  });
  target.addDynamicallyLegalOp<func::ReturnOp, func::CallOp>(
      [&](Operation *op) { return converter.isLegal(op); });
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });

  ConversionConfig config;
  config.allowPatternRollback = false;
  return applyPartialConversion(getOperation(), target, std::move(patterns),
                                config);
}

void ConvertQNNToLinalgPass::eraseDeadConstants() {
  getOperation().walk([](arith::ConstantOp constant) {
    if (constant->use_empty())
      constant->erase();
  });
}

} // namespace quantc::conversion
