// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the files of this lowering share: one check and one populate function a
// family of operations.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_LOWERING_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_LOWERING_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Transforms/DialectConversion.h"
#include "llvm/Support/Error.h"

namespace quantc::conversion {

/// Why `op` has no lowering, or success, or nullopt where `op` belongs to
/// another family.
using CheckResult = std::optional<llvm::Error>;
CheckResult checkCast(mlir::Operation *op);
CheckResult checkContraction(mlir::Operation *op);
CheckResult checkElementwise(mlir::Operation *op);
CheckResult checkIntegerContraction(mlir::Operation *op);
CheckResult checkIntegerMatMul(mlir::Operation *op);
CheckResult checkLayerNorm(mlir::Operation *op);
CheckResult checkMatMul(mlir::Operation *op);
CheckResult checkPooling(mlir::Operation *op);
CheckResult checkSoftmax(mlir::Operation *op);

void populateCastPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateContractionPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateDynamicCastPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateElementwisePatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateIntegerContractionPatterns(const mlir::TypeConverter &converter,
                                        mlir::RewritePatternSet &patterns);
void populateIntegerMatMulPatterns(const mlir::TypeConverter &converter,
                                   mlir::RewritePatternSet &patterns);
void populateLayerNormPatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateMatMulPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populatePackedWeightPatterns(const mlir::TypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);
void populatePoolingPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateShapePatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);
void populateSoftmaxPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

/// A pattern of this lowering.
template <typename OpT>
class LowerOp : public mlir::OpConversionPattern<OpT> {
public:
  using mlir::OpConversionPattern<OpT>::OpConversionPattern;

protected:
  /// The integer tensor of a quantized one.
  mlir::RankedTensorType convertType(mlir::Value value) const {
    return this->getTypeConverter()
        ->template convertType<mlir::RankedTensorType>(value.getType());
  }

  /// Refuses with the reason that checkLowering gives loudly.
  static mlir::LogicalResult refuse(mlir::PatternRewriter &rewriter, OpT op,
                                    llvm::Error error) {
    return rewriter.notifyMatchFailure(op, llvm::toString(std::move(error)));
  }
};

/// The quantized element type of `value`.
inline mlir::quant::QuantizedType getElement(mlir::Value value) {
  return qnn::getQuantizedElement(value.getType());
}

/// The bits that an element of `type` takes in memory.
inline unsigned getMemoryBits(mlir::quant::QuantizedType type) {
  unsigned width = type.getStorageTypeIntegralWidth();
  return width <= 8 ? 8 : width <= 16 ? 16 : 32;
}

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_LOWERING_H
