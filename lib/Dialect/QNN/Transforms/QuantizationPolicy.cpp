// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a policy is written in the IR: on the operation that makes the value or
// reads the weight, or on the function argument.
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc::qnn {

TensorPolicy TensorPolicy::weight() {
  TensorPolicy policy;
  policy.granularity = Granularity::Channel;
  policy.symmetric = true;
  policy.narrow = true;
  return policy;
}

TensorPolicy TensorPolicy::get(PolicyAttr attr) {
  TensorPolicy policy;
  policy.bits = attr.getBits();
  policy.isSigned = attr.getIsSigned();
  policy.granularity = attr.getGranularity();
  policy.blockSize = attr.getBlockSize();
  policy.symmetric = attr.getSymmetric();
  policy.narrow = attr.getNarrow();
  policy.scale = attr.getScale();
  policy.method = attr.getMethod().str();
  return policy;
}

PolicyAttr TensorPolicy::getAttr(MLIRContext *context) const {
  return PolicyAttr::get(context, bits, isSigned, granularity, blockSize,
                         symmetric, narrow, scale, method);
}

std::string TensorPolicy::describe(MLIRContext *context) const {
  std::string text;
  llvm::raw_string_ostream(text) << getAttr(context);
  StringRef words = text;
  words.consume_front("#qnn.policy<");
  words.consume_back(">");
  return words.str();
}

static PolicyAttr findActivationPolicy(Value value) {
  if (Operation *op = value.getDefiningOp())
    return op->getAttrOfType<PolicyAttr>(kPolicyAttr);
  auto argument = cast<BlockArgument>(value);
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  return function ? function.getArgAttrOfType<PolicyAttr>(
                        argument.getArgNumber(), kPolicyAttr)
                  : PolicyAttr();
}

bool hasActivationPolicy(Value value) {
  return static_cast<bool>(findActivationPolicy(value));
}

TensorPolicy getActivationPolicy(Value value) {
  PolicyAttr attr = findActivationPolicy(value);
  return attr ? TensorPolicy::get(attr) : TensorPolicy();
}

void setActivationPolicy(Value value, const TensorPolicy &policy) {
  PolicyAttr attr = policy.getAttr(value.getContext());
  if (Operation *op = value.getDefiningOp()) {
    op->setAttr(kPolicyAttr, attr);
    return;
  }
  auto argument = cast<BlockArgument>(value);
  cast<FunctionOpInterface>(argument.getOwner()->getParentOp())
      .setArgAttr(argument.getArgNumber(), kPolicyAttr, attr);
}

TensorPolicy getWeightPolicy(Operation *op) {
  auto attr = op->getAttrOfType<PolicyAttr>(kWeightPolicyAttr);
  return attr ? TensorPolicy::get(attr) : TensorPolicy::weight();
}

void setWeightPolicy(Operation *op, const TensorPolicy &policy) {
  op->setAttr(kWeightPolicyAttr, policy.getAttr(op->getContext()));
}

bool staysFloat(Operation *op) { return op->hasAttr(kStaysFloatAttr); }

void setStaysFloat(Operation *op, bool stays) {
  if (stays)
    op->setAttr(kStaysFloatAttr, UnitAttr::get(op->getContext()));
  else
    op->removeAttr(kStaysFloatAttr);
}

} // namespace quantc::qnn
