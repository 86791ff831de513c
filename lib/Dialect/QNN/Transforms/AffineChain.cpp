// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The composition of per-channel affine maps. A reshape that keeps the channels
// as last axis lets the run go on: it moves numbers, and no number to another
// channel.
#include "AffineChain.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

namespace {

/// The constant that stands opposite `input` in the binary operation `op`, one
/// number a channel.
std::optional<std::vector<float>> constantBeside(Operation *op, Value input,
                                                 int64_t channels) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (lhs == rhs)
    return std::nullopt;
  return getPerChannelFloats(lhs == input ? rhs : lhs, channels);
}

bool keepsChannelsLast(tosa::ReshapeOp reshape, int64_t channels) {
  auto type = dyn_cast<RankedTensorType>(reshape.getType());
  return type && type.hasStaticShape() && type.getRank() > 0 &&
         type.getShape().back() == channels;
}

} // namespace

bool AffineChain::append(Operation *op, Value input) {
  if (op->getNumResults() != 1 ||
      op->getResult(0).getType() != input.getType() ||
      !getElementTypeOrSelf(input.getType()).isF32())
    return false;
  int64_t channels = scale.size();

  if (isa<tosa::NegateOp>(op)) {
    for (double &number : scale)
      number = -number;
    for (double &number : shift)
      number = -number;
    steps.push_back({op, input});
    return true;
  }
  if (!isa<tosa::AddOp, tosa::SubOp, tosa::MulOp>(op))
    return false;
  std::optional<std::vector<float>> numbers =
      constantBeside(op, input, channels);
  if (!numbers)
    return false;

  bool constantFirst = op->getOperand(0) != input;
  for (int64_t c = 0; c < channels; ++c) {
    double number = (*numbers)[c];
    if (isa<tosa::AddOp>(op)) {
      shift[c] += number;
    } else if (isa<tosa::MulOp>(op)) {
      scale[c] *= number;
      shift[c] *= number;
    } else if (constantFirst) {
      scale[c] = -scale[c];
      shift[c] = number - shift[c];
    } else {
      shift[c] -= number;
    }
  }
  steps.push_back({op, input});
  return true;
}

AffineChain AffineChain::follow(Value start, int64_t channels) {
  AffineChain chain(channels);
  for (Value value = start; value.hasOneUse();) {
    Operation *user = *value.user_begin();
    auto reshape = dyn_cast<tosa::ReshapeOp>(user);
    bool passed = reshape ? keepsChannelsLast(reshape, channels)
                          : chain.append(user, value);
    if (!passed)
      break;
    value = user->getResult(0);
  }
  return chain;
}

bool AffineChain::scalesPerChannel() const { return !llvm::all_equal(scale); }

} // namespace quantc::qnn
