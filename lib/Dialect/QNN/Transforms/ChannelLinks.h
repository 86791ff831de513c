// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values whose channels may be moved or scaled, because all that makes them and
// all that reads them has constants which take up the difference.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CHANNELLINKS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CHANNELLINKS_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Accuracy.h"

namespace quantc::qnn {

/// A value that a contraction or a layer norm makes and contractions read, and
/// nobody else.
struct ChannelLink {
  mlir::Value value;
  /// What makes the value, or none: a layer norm does.
  std::optional<Contraction> producer;
  llvm::SmallVector<Contraction> readers;
  /// Reshapes of the value through which some of them read it.
  llvm::SmallVector<mlir::Value> views;

  mlir::Operation *getDefiningOp() const { return value.getDefiningOp(); }
  FloatLayerNormOp getLayerNorm() const {
    return value.getDefiningOp<FloatLayerNormOp>();
  }
  /// The interval of the clamp that makes the value, if one does.
  std::optional<RealRange> getClampRange() const;
  int64_t getChannels() const;
};

/// The links of `function` whose value has at most 8 bits: more have steps to
/// spare for every channel. Those behind layer norms come last.
llvm::SmallVector<ChannelLink> findChannelLinks(mlir::func::FuncOp function);

/// What becomes of the number at the row-major `index`.
using ChangeNumber = llvm::function_ref<double(int64_t index, double number)>;

/// Replaces the float constant that `use` reads.
void changeConstant(mlir::OpOperand &use, ChangeNumber change);

/// The same for the bias of `contraction`, with a number for each channel.
void changeBias(const Contraction &contraction, ChangeNumber change);

/// The same for a measurement on `op`, if it is there.
void changeMeasured(mlir::Operation *op, llvm::StringRef name,
                    ChangeNumber change);

mlir::ElementsAttr changeElements(mlir::ElementsAttr elements,
                                  ChangeNumber change);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CHANNELLINKS_H
