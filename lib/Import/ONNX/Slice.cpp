// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that cut tensors apart, put them together and pad them.

#include "Converters.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

LogicalResult convertConcat(Node &node) {
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    inputs.push_back(node.getValue(i));
    if (!inputs.back())
      return node.giveUp();
  }
  if (inputs.empty())
    return node.fail("there is no operand");
  SmallVector<int64_t> shape(shapeOf(inputs.front()));
  auto axis = node.normalizeAxis(node.getInt("axis", 0), shape.size());
  if (!axis || node.hasFailed())
    return node.giveUp();
  for (Value input : ArrayRef(inputs).drop_front()) {
    SmallVector<int64_t> other(shapeOf(input));
    int64_t size =
        *axis < static_cast<int64_t>(other.size()) ? other[*axis] : 0;
    if (*axis < static_cast<int64_t>(other.size()))
      other[*axis] = shape[*axis];
    if (other != shape)
      return node.fail("shapes " + printShape(shapeOf(inputs.front())) +
                       " and " + printShape(shapeOf(input)) +
                       " differ beside axis " + Twine(*axis));
    shape[*axis] += size;
  }
  if (failed(node.checkShape(shape)))
    return node.giveUp();
  return node.setResult(node.emit.concat(inputs, *axis));
}

/// Reads begin and end of every dimension; they are attributes before opset 11.
std::optional<SmallVector<int64_t>> readPads(Node &node, int64_t rank) {
  auto pads =
      node.opset() < 11 ? node.getIntList("pads") : node.getInts(1, "pads");
  auto listed = node.getInts(3, "axes");
  if (node.hasFailed())
    return std::nullopt;
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (listed) {
    if (!node.normalizeAxes(*listed, rank))
      return std::nullopt;
    axes.clear();
    for (int64_t axis : *listed)
      axes.push_back(axis < 0 ? axis + rank : axis);
  }
  if (!pads || pads->size() != 2 * axes.size()) {
    (void)node.fail("there must be " + Twine(2 * axes.size()) + " pads");
    return std::nullopt;
  }
  SmallVector<int64_t> result(2 * rank, 0);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    result[axis] = (*pads)[i];
    result[rank + axis] = (*pads)[axes.size() + i];
  }
  return result;
}

LogicalResult convertPad(Node &node) {
  Value input = node.getValue(0);
  std::string mode = node.getString("mode", "constant");
  float value = node.opset() < 11
                    ? node.getFloat("value", 0.0f)
                    : node.getScalar(2, "constant value").value_or(0.0f);
  if (!input || node.hasFailed())
    return node.giveUp();
  if (mode != "constant")
    return node.fail("mode '" + mode + "' is not supported");
  SmallVector<int64_t> kept(shapeOf(input));
  int64_t rank = kept.size();
  auto pads = readPads(node, rank);
  if (!pads)
    return node.giveUp();

  // A negative pad cuts off; ONNX allows it on either side.
  SmallVector<int64_t> start(rank), low(rank), high(rank), result(rank);
  for (int64_t i = 0; i < rank; ++i) {
    int64_t before = (*pads)[i], after = (*pads)[rank + i];
    if (std::max(std::abs(before), std::abs(after)) > kMaxTensorElements)
      return node.fail("a pad of " + Twine(std::max(before, after)) +
                       " is out of range");
    start[i] = std::max<int64_t>(0, -before);
    kept[i] -= start[i] + std::max<int64_t>(0, -after);
    low[i] = std::max<int64_t>(0, before);
    high[i] = std::max<int64_t>(0, after);
    result[i] = kept[i] + low[i] + high[i];
    if (kept[i] < 1)
      return node.fail("the pads leave nothing of dimension " + Twine(i));
  }
  if (failed(node.checkShape(result)))
    return node.giveUp();
  Value cut = node.emit.slice(input, start, kept);
  return node.setResult(node.emit.pad(cut, low, high, value));
}

/// Start, step and size of every dimension of a Slice.
struct SliceRange {
  SmallVector<int64_t> start, step, size;
};

std::optional<SliceRange> readSlice(Node &node) {
  bool attributes = node.opset() < 10;
  auto starts =
      attributes ? node.getIntList("starts") : node.getInts(1, "starts");
  auto ends = attributes ? node.getIntList("ends") : node.getInts(2, "ends");
  auto listed = attributes ? node.getIntList("axes") : node.getInts(3, "axes");
  auto steps = attributes ? std::nullopt : node.getInts(4, "steps");
  if (node.hasFailed())
    return std::nullopt;
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  size_t count = starts ? starts->size() : 0;
  SmallVector<int64_t> axes =
      listed.value_or(llvm::to_vector(llvm::seq<int64_t>(0, count)));
  if (!starts || !ends || ends->size() != count || axes.size() != count ||
      (steps && steps->size() != count)) {
    (void)node.fail("starts, ends, axes and steps differ in length");
    return std::nullopt;
  }
  if (!node.normalizeAxes(axes, rank))
    return std::nullopt;

  SliceRange range{SmallVector<int64_t>(rank, 0), SmallVector<int64_t>(rank, 1),
                   SmallVector<int64_t>(shape)};
  for (size_t i = 0; i < count; ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i], dim = shape[axis];
    int64_t step = steps ? (*steps)[i] : 1;
    if (step == 0 || step < -kMaxTensorElements || step > kMaxTensorElements) {
      (void)node.fail("a step of " + Twine(step) + " is out of range");
      return std::nullopt;
    }
    // Bounds far outside mean "to the end"; a backward walk ends at -1.
    int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? dim : dim - 1;
    auto bound = [&](int64_t index, int64_t least) {
      return std::clamp(index < 0 ? index + dim : index, least, highest);
    };
    int64_t start = bound((*starts)[i], 0), end = bound((*ends)[i], lowest);
    int64_t distance = step > 0 ? end - start : start - end;
    int64_t stride = std::abs(step);
    range.start[axis] = start;
    range.step[axis] = step;
    range.size[axis] = distance > 0 ? (distance + stride - 1) / stride : 0;
  }
  return range;
}

LogicalResult convertSlice(Node &node) {
  if (!node.hasInput(0))
    return node.fail("operand number 0 is missing");
  auto range = readSlice(node);
  if (!range)
    return node.giveUp();
  if (const HostTensor *tensor = node.getConstant(0)) {
    SmallVector<int64_t> strides = rowMajorStrides(tensor->shape);
    return node.setConstant(
        tensor->gathered(range->size, [&](ArrayRef<int64_t> index) {
          int64_t position = 0;
          for (auto [d, i] : llvm::enumerate(index))
            position += (range->start[d] + i * range->step[d]) * strides[d];
          return position;
        }));
  }
  if (llvm::any_of(range->step, [](int64_t step) { return step != 1; }))
    return node.fail("steps other than 1 are not supported");
  Value input = node.getValue(0);
  if (!input || failed(node.checkShape(range->size)))
    return node.giveUp();
  return node.setResult(node.emit.slice(input, range->start, range->size));
}

LogicalResult convertSplit(Node &node, unsigned outputs) {
  Value input = node.getValue(0);
  auto sizes =
      node.opset() < 13 ? node.getIntList("split") : node.getInts(1, "split");
  if (!input || node.hasFailed())
    return node.giveUp();
  SmallVector<int64_t> shape(shapeOf(input));
  auto axis = node.normalizeAxis(node.getInt("axis", 0), shape.size());
  if (!axis || node.hasFailed())
    return node.giveUp();
  int64_t remaining = shape[*axis];
  if (!sizes) {
    // Equal parts, the last one smaller if need be.
    int64_t part = (remaining + outputs - 1) / outputs;
    sizes.emplace(outputs, part);
    sizes->back() = remaining - part * (outputs - 1);
  }
  if (sizes->size() != outputs)
    return node.fail("there are " + Twine(sizes->size()) + " sizes for " +
                     Twine(outputs) + " outputs");
  for (int64_t size : *sizes) {
    if (size < 1 || size > remaining)
      return node.fail("the sizes do not add up to dimension " + Twine(*axis));
    remaining -= size;
  }
  if (remaining != 0)
    return node.fail("the sizes do not add up to dimension " + Twine(*axis));
  SmallVector<int64_t> start(shape.size(), 0);
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    shape[*axis] = size;
    (void)node.setResult(node.emit.slice(input, start, shape), i);
    start[*axis] += size;
  }
  return success();
}

LogicalResult convertSplit(Node &node) {
  if (node.numOutputs() == 0)
    return node.fail("there is no output");
  return convertSplit(node, node.numOutputs());
}

} // namespace

void registerSlices(OperatorTable &table) {
  table.add("Concat", convertConcat);
  table.add("Pad", convertPad);
  table.add("Slice", convertSlice);
  table.add("Split", convertSplit);
}

} // namespace quantc::import
