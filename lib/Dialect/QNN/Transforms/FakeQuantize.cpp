// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fake_quantize is a quantize and the dequantize behind it: one pass takes it
// apart, the other puts it together.
#include "QDQForm.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_CONVERTFAKEQUANTIZEPASS
#define GEN_PASS_DEF_INSERTFAKEQUANTIZEPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The stored integers of the float constant `values`.
template <typename T>
ElementsAttr quantizeConstant(FloatConstant &values, RankedTensorType type) {
  quant::QuantizedType element = getQuantizedElement(type);
  ParameterIndex parameterOf(type);
  std::vector<T> stored;
  stored.reserve(values.size());
  for (auto [index, value] : llvm::enumerate(values.values())) {
    int64_t parameter = parameterOf(static_cast<int64_t>(index));
    stored.push_back(static_cast<T>(numerics::quantizeF32(
        value, static_cast<float>(getScale(element, parameter)),
        getZeroPoint(element, parameter), getStorageRange(element))));
  }
  return makeIntegerElements(getStorageTensorType(type), std::move(stored));
}

/// The quantized value of `op`; a constant at once, because weights are
/// constants to everything behind.
Value quantizeInput(OpBuilder &builder, FakeQuantizeOp op,
                    RankedTensorType type) {
  auto constant = FloatConstant::read(op.getInput());
  unsigned width = getStorageIntegerType(getQuantizedElement(type)).getWidth();
  if (constant && (width == 8 || width == 16)) {
    ElementsAttr stored = width == 8
                              ? quantizeConstant<int8_t>(*constant, type)
                              : quantizeConstant<int16_t>(*constant, type);
    return ConstantOp::create(builder, op.getLoc(), type, stored);
  }
  return QuantizeOp::create(builder, op.getLoc(), type, op.getInput(),
                            CalibrationAttr());
}

struct ConvertFakeQuantizePass
    : impl::ConvertFakeQuantizePassBase<ConvertFakeQuantizePass> {
  void runOnOperation() override {
    getOperation().walk([](FakeQuantizeOp op) {
      OpBuilder builder(op);
      Value quantized = quantizeInput(builder, op, op.getQuantizedType());
      Value real = DequantizeOp::create(builder, op.getLoc(), quantized);
      op.replaceAllUsesWith(real);
      op.erase();
    });
  }
};

template <typename T>
std::vector<int32_t> readBytes(ArrayRef<char> bytes) {
  std::vector<int32_t> result(bytes.size() / sizeof(T));
  for (auto [index, value] : llvm::enumerate(result)) {
    T stored;
    std::memcpy(&stored, bytes.data() + index * sizeof(T), sizeof(T));
    value = static_cast<int32_t>(stored);
  }
  return result;
}

std::optional<std::vector<int32_t>>
readResource(DenseResourceElementsAttr resource, bool isSigned) {
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  unsigned width = resource.getElementType().getIntOrFloatBitWidth();
  int64_t count = resource.getShapedType().getNumElements();
  if (!blob ||
      blob->getData().size() != static_cast<size_t>(count) * (width / 8))
    return std::nullopt;
  switch (width) {
  case 8:
    return isSigned ? readBytes<int8_t>(blob->getData())
                    : readBytes<uint8_t>(blob->getData());
  case 16:
    return isSigned ? readBytes<int16_t>(blob->getData())
                    : readBytes<uint16_t>(blob->getData());
  case 32:
    return readBytes<int32_t>(blob->getData());
  default:
    return std::nullopt;
  }
}

/// The stored integers of a constant; nullopt if its data is absent.
std::optional<std::vector<int32_t>> readStoredIntegers(ElementsAttr stored,
                                                       bool isSigned) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(stored))
    return readResource(resource, isSigned);
  auto values = stored.tryGetValues<APInt>();
  if (!values)
    return std::nullopt;
  std::vector<int32_t> result;
  for (const APInt &bits : *values)
    result.push_back(static_cast<int32_t>(
        isSigned ? bits.getSExtValue()
                 : static_cast<int64_t>(bits.getZExtValue())));
  return result;
}

/// The float numbers that the stored constant `op` stands for.
Value dequantizeConstant(OpBuilder &builder, DequantizeOp op,
                         ConstantOp constant) {
  RankedTensorType type = constant.getType();
  quant::QuantizedType element = getQuantizedElement(type);
  auto stored = readStoredIntegers(constant.getValue(), element.isSigned());
  if (!stored)
    return {};
  ParameterIndex parameterOf(type);
  std::vector<float> reals;
  reals.reserve(stored->size());
  for (auto [index, value] : llvm::enumerate(*stored)) {
    int64_t parameter = parameterOf(static_cast<int64_t>(index));
    reals.push_back(numerics::dequantizeF32(
        value, static_cast<float>(getScale(element, parameter)),
        getZeroPoint(element, parameter)));
  }
  return createFloatConstant(builder, op.getLoc(), type.getShape(),
                             std::move(reals));
}

struct InsertFakeQuantizePass
    : impl::InsertFakeQuantizePassBase<InsertFakeQuantizePass> {
  void runOnOperation() override {
    SmallVector<DequantizeOp> casts;
    getOperation().walk([&](DequantizeOp op) { casts.push_back(op); });
    for (DequantizeOp op : casts)
      simulate(op);
    getOperation().walk([](Operation *op) {
      if (isa<QuantizeOp, ConstantOp>(op) && op->use_empty())
        op->erase();
    });
  }

private:
  static void simulate(DequantizeOp op) {
    OpBuilder builder(op);
    Value real;
    quant::QuantizedType element = getQuantizedElement(op.getInput().getType());
    bool isWide = element.getStorageTypeIntegralWidth() > 16;
    if (auto quantize = op.getInput().getDefiningOp<QuantizeOp>())
      real =
          FakeQuantizeOp::create(builder, op.getLoc(), op.getType(),
                                 quantize.getInput(), TypeAttr::get(element));
    else if (auto constant = op.getInput().getDefiningOp<ConstantOp>()) {
      real = dequantizeConstant(builder, op, constant);
      if (real && !isWide)
        real = FakeQuantizeOp::create(builder, op.getLoc(), op.getType(), real,
                                      TypeAttr::get(element));
    }
    if (!real)
      return;
    op.replaceAllUsesWith(real);
    op.erase();
  }
};

} // namespace
} // namespace quantc::qnn
