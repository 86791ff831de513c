// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packs the right side of a product of two activations at run time, in the
// layout that constant weights get at compile time. Which products are worth it
// is decided here; the product itself is rewritten by PackDotProducts.
#ifndef QUANTC_LIB_CODEGEN_PACKACTIVATIONS_H
#define QUANTC_LIB_CODEGEN_PACKACTIVATIONS_H

#include "DotProduct.h"

#include "quantc/Codegen/ISA.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <map>
#include <vector>

namespace quantc::codegen {

/// A tensor in panels of packed weights.
struct PackedActivation {
  mlir::Value value;
  int64_t panel = 0;
};

/// Packs each tensor once, however many products read it.
class ActivationPacker {
public:
  ActivationPacker(unsigned vectorBits, const ISA &isa)
      : vectorBits(vectorBits), isa(isa) {}

  /// The packed right side of `op`, whose loops in `loops` index it, the
  /// reduction and the channel last. A null value where packing costs more
  /// than it saves: the right side is read but a few times.
  PackedActivation pack(mlir::OpBuilder &builder, mlir::linalg::GenericOp op,
                        const DotProduct &dot, llvm::ArrayRef<unsigned> loops);

private:
  unsigned vectorBits;
  const ISA &isa;
  /// By tensor and the order of its dimensions.
  std::map<std::pair<const void *, std::vector<unsigned>>, PackedActivation>
      cache;
};

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_PACKACTIVATIONS_H
