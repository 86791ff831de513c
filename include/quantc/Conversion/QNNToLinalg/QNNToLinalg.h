// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowering of qnn operations to integer linalg for those who build their
// own conversion. ConvertQNNToLinalgPass is the one of this project.
#ifndef QUANTC_CONVERSION_QNNTOLINALG_QNNTOLINALG_H
#define QUANTC_CONVERSION_QNNTOLINALG_QNNTOLINALG_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/DialectConversion.h"
#include "llvm/Support/Error.h"

namespace quantc::conversion {

/// Quantized tensors to tensors of signless integers: i8, i16 or i32, the
/// narrowest that holds the storage type.
class StorageTypeConverter : public mlir::TypeConverter {
public:
  StorageTypeConverter();
};

/// Why `op`, a qnn operation, cannot be lowered, or success. The patterns
/// refuse exactly what this function refuses.
llvm::Error checkLowering(mlir::Operation *op);

/// The lowering of every qnn operation but qnn.observe.
void populateQNNToLinalgPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

} // namespace quantc::conversion

#endif // QUANTC_CONVERSION_QNNTOLINALG_QNNTOLINALG_H
