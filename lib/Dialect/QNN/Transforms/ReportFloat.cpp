// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names what stayed float. The casts themselves are not named: between two
// operations they follow from the float one of the two, and at the boundary
// they belong there. What a model computes on floats because it finds its
// ranges while it runs is its design, and counted only.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_REPORTFLOATPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool computesOnFloat(Operation &op) {
  auto isFloat = [](Type type) {
    return isa<FloatType>(getElementTypeOrSelf(type));
  };
  // What has no operands is a constant or an empty tensor.
  return op.getNumOperands() > 0 && !op.hasTrait<OpTrait::IsTerminator>() &&
         !isa<QuantizeOp, DequantizeOp>(op) &&
         (llvm::any_of(op.getOperandTypes(), isFloat) ||
          llvm::any_of(op.getResultTypes(), isFloat));
}

bool isQuantizedOrConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && (isa<DequantizeOp>(op) || matchPattern(op, m_Constant()));
}

/// Whether a cast, or the clamp that belongs to the operation, reads `value`.
bool hasQuantizedUse(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<QuantizeOp, tosa::ClampOp>(user);
  });
}

/// The first of the casts that integers need and that `op` has not; where it
/// has both, it is the operation that has no integer form.
std::string getReason(Operation &op) {
  if (staysFloat(&op))
    return "its policy says so";
  if (isa<DynamicQuantizeOp, DynamicDequantizeOp>(op))
    return "its range is known only while it runs";
  constexpr llvm::StringLiteral kNoForm = "it has no quantized form here";
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable)
    return kNoForm.str();
  for (OpOperand &operand : op.getOpOperands())
    if (quantizable.getOperandRole(operand.getOperandNumber()) ==
            OperandRole::Activation &&
        !isQuantizedOrConstant(operand.get()))
      return ("operand " + Twine(operand.getOperandNumber()) +
              " is not quantized")
          .str();
  if (llvm::none_of(op.getResults(), hasQuantizedUse))
    return "its result is not quantized";
  return kNoForm.str();
}

bool isIntegerProduct(Operation &op) {
  return isa<IntegerConv2DOp, IntegerDepthwiseConv2DOp, IntegerMatMulOp>(op);
}

/// Finds the operations that compute on floats because ranges are found while
/// the model runs: up to where a cast to a known range ends it.
class DynamicPart {
public:
  /// To be asked in program order.
  bool contains(Operation &op) {
    bool isInside = isa<DynamicQuantizeOp, DynamicDequantizeOp>(op) ||
                    isIntegerProduct(op) ||
                    (!isa<QuantizeOp, DequantizeOp>(op) &&
                     llvm::any_of(op.getOperands(), [&](Value value) {
                       return values.contains(value);
                     }));
    if (isInside)
      values.insert(op.result_begin(), op.result_end());
    return isInside;
  }

private:
  llvm::DenseSet<Value> values;
};

struct ReportFloatPass : impl::ReportFloatPassBase<ReportFloatPass> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    bool found = false;
    int64_t products = 0, counted = 0;
    DynamicPart dynamicPart;
    for (Operation &op : getOperation().getFunctionBody().front()) {
      bool isDynamic = dynamicPart.contains(op) && !staysFloat(&op);
      products += isIntegerProduct(op);
      if (!computesOnFloat(op))
        continue;
      found = true;
      if (isDynamic && !fail)
        ++counted;
      else
        report(op);
    }
    if (counted > 0)
      remarkAt(getOperation().getLoc())
          << (Twine(counted) + (counted == 1 ? " operation" : " operations") +
              " around " + Twine(products) +
              (products == 1 ? " integer product" : " integer products") +
              " on floats: the model finds its ranges while it runs")
                 .str();
    if (found && fail)
      signalPassFailure();
  }

  static remark::detail::InFlightRemark remarkAt(Location loc) {
    return remark::missed(
        loc, remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"));
  }

  void report(Operation &op) {
    std::string text = ("'" + op.getName().getStringRef() +
                        "' stays in float: " + getReason(op))
                           .str();
    if (fail)
      op.emitError() << text;
    else
      remarkAt(op.getLoc()) << text;
  }
};

} // namespace
} // namespace quantc::qnn
