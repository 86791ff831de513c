// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the lowering reads and makes integer constants: in place, in whatever
// spelling (dense, splat, dense resource) they have. What the integers mean is
// left to the callers.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_INTEGERCONSTANT_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_INTEGERCONSTANT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <optional>
#include <vector>

namespace quantc::conversion {

/// The stored integers of a constant, looked at where they lie.
class IntegerConstant {
public:
  /// Reads `attr` as integers of the given signedness; nullopt unless it is a
  /// complete constant of integers of at most 32 bits.
  static std::optional<IntegerConstant> read(mlir::Attribute attr,
                                             bool isSigned);

  /// Reads what defines `value`, of quantized type: qnn.constant, or the
  /// arith.constant that it was lowered to.
  static std::optional<IntegerConstant> read(mlir::Value value);

  int64_t size() const { return count; }
  int64_t operator[](int64_t index) const;

private:
  llvm::ArrayRef<char> bytes;
  int64_t count = 0;
  unsigned width = 0;
  bool isSigned = true;
  bool isSplat = false;
};

/// `constant` as elements of `type`, of 8, 16 or 32 bits that hold its numbers.
mlir::ElementsAttr convertElements(const IntegerConstant &constant,
                                   mlir::RankedTensorType type);

/// An arith.constant of `values`, whose type is that of the elements.
template <typename T>
mlir::Value createIntegerConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                  llvm::ArrayRef<int64_t> shape,
                                  std::vector<T> values);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_INTEGERCONSTANT_H
