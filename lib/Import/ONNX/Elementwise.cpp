// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on two or more tensors with numpy broadcasting, and the plain
// functions of one tensor. Activation functions have their own file.

#include "Converters.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// Both operands at equal rank, checked to broadcast. Null after an error.
std::pair<Value, Value> getOperands(Node &node, unsigned lhs, unsigned rhs) {
  Value first = node.getValue(lhs), second = node.getValue(rhs);
  if (!first || !second)
    return {};
  auto shape = broadcastShapes(shapeOf(first), shapeOf(second));
  if (!shape) {
    (void)node.fail("shapes " + printShape(shapeOf(first)) + " and " +
                    printShape(shapeOf(second)) + " do not broadcast");
    return {};
  }
  if (failed(node.checkShape(*shape)))
    return {};
  int64_t rank = shape->size();
  return {node.getValueOfRank(lhs, rank), node.getValueOfRank(rhs, rank)};
}

template <typename Op>
LogicalResult convertBinary(Node &node) {
  auto [lhs, rhs] = getOperands(node, 0, 1);
  if (!lhs || !rhs)
    return node.giveUp();
  return node.setResult(node.emit.binary<Op>(lhs, rhs));
}

LogicalResult convertMul(Node &node) {
  auto [lhs, rhs] = getOperands(node, 0, 1);
  if (!lhs || !rhs)
    return node.giveUp();
  return node.setResult(node.emit.mul(lhs, rhs));
}

/// TOSA divides integers only. A constant divisor is inverted here, so that no
/// reciprocal is left in the graph.
LogicalResult convertDiv(Node &node) {
  auto [lhs, rhs] = getOperands(node, 0, 1);
  if (!lhs || !rhs)
    return node.giveUp();
  Value inverse;
  if (const HostTensor *divisor = node.getConstant(1)) {
    std::vector<float> values = divisor->dequantized().floats();
    for (float &value : values)
      value = 1.0f / value;
    inverse =
        node.emit.constant(shapeOf(rhs), std::move(values), node.inputName(1));
  } else {
    inverse = node.emit.unary<tosa::ReciprocalOp>(rhs);
  }
  return node.setResult(node.emit.mul(lhs, inverse));
}

/// Max and Min take any number of operands.
template <typename Op>
LogicalResult convertExtremum(Node &node) {
  if (node.numInputs() == 1)
    return node.forward(0);
  if (node.numInputs() == 2)
    return convertBinary<Op>(node);
  SmallVector<int64_t> shape;
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    Value operand = node.getValue(i);
    if (!operand)
      return node.giveUp();
    auto merged = broadcastShapes(shape, shapeOf(operand));
    if (!merged)
      return node.fail("shape " + printShape(shapeOf(operand)) +
                       " does not broadcast with " + printShape(shape));
    shape = *merged;
  }
  if (failed(node.checkShape(shape)))
    return node.giveUp();
  Value result;
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    Value operand = node.getValueOfRank(i, shape.size());
    result = result ? node.emit.binary<Op>(result, operand) : operand;
  }
  return node.setResult(result);
}

template <typename Op>
LogicalResult convertUnary(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.unary<Op>(input));
}

LogicalResult convertNeg(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  int64_t rank = shapeOf(input).size();
  return node.setResult(node.emit.mul(input, node.emit.splat(rank, -1.0f)));
}

LogicalResult convertSqrt(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  int64_t rank = shapeOf(input).size();
  return node.setResult(
      node.emit.binary<tosa::PowOp>(input, node.emit.splat(rank, 0.5f)));
}

LogicalResult convertPow(Node &node) {
  auto [base, exponent] = getOperands(node, 0, 1);
  if (!base || !exponent)
    return node.giveUp();
  // A square of any sign is a product; pow of a negative base may not be.
  const HostTensor *constant = node.getConstant(1);
  if (constant && constant->isFloat() && constant->size() == 1 &&
      constant->floats().front() == 2.0f)
    return node.setResult(node.emit.mul(base, base));
  return node.setResult(node.emit.binary<tosa::PowOp>(base, exponent));
}

} // namespace

void registerElementwise(OperatorTable &table) {
  table.add("Add", convertBinary<tosa::AddOp>);
  table.add("Sub", convertBinary<tosa::SubOp>);
  table.add("Mul", convertMul);
  table.add("Div", convertDiv);
  table.add("Max", convertExtremum<tosa::MaximumOp>);
  table.add("Min", convertExtremum<tosa::MinimumOp>);
  table.add("Pow", convertPow);
  table.add("Neg", convertNeg);
  table.add("Sqrt", convertSqrt);
  table.add("Abs", convertUnary<tosa::AbsOp>);
  table.add("Ceil", convertUnary<tosa::CeilOp>);
  table.add("Floor", convertUnary<tosa::FloorOp>);
  table.add("Exp", convertUnary<tosa::ExpOp>);
  table.add("Log", convertUnary<tosa::LogOp>);
  table.add("Erf", convertUnary<tosa::ErfOp>);
  table.add("Reciprocal", convertUnary<tosa::ReciprocalOp>);
}

} // namespace quantc::import
