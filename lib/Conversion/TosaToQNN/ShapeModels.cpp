// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The TOSA operations that move elements: reshape, transpose, concat, pad,
// slice. All of them keep scale and zero point.
#include "Models.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

/// The first operand is the data; shapes and padding values follow it.
template <typename Model, typename OpT>
struct MovementModel : QuantizableOpInterface::ExternalModel<Model, OpT> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
  }
  bool hasSameScale(Operation *) const { return true; }
};

struct ReshapeModel : MovementModel<ReshapeModel, tosa::ReshapeOp> {
  Value buildQuantized(Operation *, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    return ReshapeOp::create(builder, options.loc, resultType, operands[0]);
  }
};

struct TransposeModel : MovementModel<TransposeModel, tosa::TransposeOp> {
  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    SmallVector<int64_t> permutation(
        llvm::map_range(cast<tosa::TransposeOp>(op).getPerms(),
                        [](int32_t dim) { return int64_t(dim); }));
    return TransposeOp::create(builder, options.loc, resultType, operands[0],
                               builder.getDenseI64ArrayAttr(permutation));
  }
};

struct SliceModel : MovementModel<SliceModel, tosa::SliceOp> {
  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto start = getConstShape(cast<tosa::SliceOp>(op).getStart());
    if (!start)
      return refuse(op, "the start of the slice is no constant");
    return SliceOp::create(builder, options.loc, resultType, operands[0],
                           builder.getDenseI64ArrayAttr(*start));
  }
};

struct PadModel : MovementModel<PadModel, tosa::PadOp> {
  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto pad = cast<tosa::PadOp>(op);
    auto padding = getConstShape(pad.getPadding());
    std::optional<float> value = getUniformFloat(pad.getPadConst());
    if (!padding || !value)
      return refuse(op, "the padding or its value is no constant");
    SmallVector<int64_t> low, high;
    for (size_t i = 0; i < padding->size(); i += 2) {
      low.push_back((*padding)[i]);
      high.push_back((*padding)[i + 1]);
    }
    quant::QuantizedType element = getQuantizedElement(resultType);
    int32_t stored = numerics::quantizeF32(
        *value, static_cast<float>(getScale(element, 0)),
        getZeroPoint(element, 0), getStorageRange(element));
    return PadOp::create(builder, options.loc, resultType, operands[0],
                         builder.getDenseI64ArrayAttr(low),
                         builder.getDenseI64ArrayAttr(high),
                         builder.getI64IntegerAttr(stored));
  }
};

struct ConcatModel
    : QuantizableOpInterface::ExternalModel<ConcatModel, tosa::ConcatOp> {
  bool hasSameScale(Operation *) const { return true; }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    return ConcatOp::create(
        builder, options.loc, resultType, operands,
        builder.getI64IntegerAttr(cast<tosa::ConcatOp>(op).getAxis()),
        options.calibration);
  }
};

} // namespace

void attachShapeModels(MLIRContext *context) {
  tosa::ReshapeOp::attachInterface<ReshapeModel>(*context);
  tosa::TransposeOp::attachInterface<TransposeModel>(*context);
  tosa::SliceOp::attachInterface<SliceModel>(*context);
  tosa::PadOp::attachInterface<PadModel>(*context);
  tosa::ConcatOp::attachInterface<ConcatModel>(*context);
}

} // namespace quantc::qnn
