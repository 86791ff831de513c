// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes nodes whose operands are all known: the integer arithmetic with
// which exporters compute shapes, and the same operators on float constants, so
// that a weight that the model scales is still a constant weight.

#include "Converters.h"

#include "llvm/ADT/STLExtras.h"

#include <functional>

using namespace mlir;

namespace quantc::import {
namespace {

/// A model may ask for a large constant in a few bytes, and for many of them. A
/// result of more elements than this must not exceed its operands.
constexpr int64_t kMaxGrownElements = int64_t(1) << 20;

bool isFoldable(ArrayRef<int64_t> shape, int64_t operandSize) {
  std::optional<int64_t> count = countElements(shape);
  return count && *count <= std::max(kMaxGrownElements, operandSize);
}

/// Applies `function` under broadcasting. Both tensors hold elements of T.
template <typename T, typename Function>
HostTensor combine(const HostTensor &lhs, const HostTensor &rhs,
                   ArrayRef<int64_t> shape, Function function) {
  auto spread = [&](const HostTensor &tensor) {
    SmallVector<int64_t> strides = rowMajorStrides(tensor.shape);
    size_t skipped = shape.size() - tensor.shape.size();
    return tensor.gathered(shape, [&](ArrayRef<int64_t> index) {
      int64_t position = 0;
      for (auto [d, stride] : llvm::enumerate(strides))
        position += tensor.shape[d] == 1 ? 0 : index[skipped + d] * stride;
      return position;
    });
  };
  HostTensor result = spread(lhs);
  HostTensor other = spread(rhs);
  auto &values = std::get<std::vector<T>>(result.data);
  for (auto [value, operand] :
       llvm::zip_equal(values, std::get<std::vector<T>>(other.data)))
    value = function(value, operand);
  return result;
}

/// Integer operations wrap: what a hostile model computes is its own business,
/// as long as computing it is defined.
struct AddFunction {
  float operator()(float a, float b) const { return a + b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return static_cast<int64_t>(static_cast<uint64_t>(a) +
                                static_cast<uint64_t>(b));
  }
};
struct SubFunction {
  float operator()(float a, float b) const { return a - b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return static_cast<int64_t>(static_cast<uint64_t>(a) -
                                static_cast<uint64_t>(b));
  }
};
struct MulFunction {
  float operator()(float a, float b) const { return a * b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return static_cast<int64_t>(static_cast<uint64_t>(a) *
                                static_cast<uint64_t>(b));
  }
};
struct DivFunction {
  float operator()(float a, float b) const { return a / b; }
  int64_t operator()(int64_t a, int64_t b) const {
    // Truncation towards zero; the one quotient that overflows wraps.
    return b == -1 ? SubFunction()(int64_t(0), a) : a / b;
  }
};

template <typename Function>
bool foldBinary(Node &node) {
  const HostTensor *lhs = node.getConstant(0), *rhs = node.getConstant(1);
  if (!lhs || !rhs)
    return false;
  auto shape = broadcastShapes(lhs->shape, rhs->shape);
  if (!shape || !isFoldable(*shape, std::max(lhs->size(), rhs->size())))
    return false;
  Function function;
  if (lhs->isFloat() && rhs->isFloat()) {
    (void)node.setConstant(combine<float>(*lhs, *rhs, *shape, function));
    return true;
  }
  if (!lhs->isInteger() || !rhs->isInteger())
    return false;
  if (std::is_same_v<Function, DivFunction> &&
      llvm::is_contained(rhs->ints(), 0))
    return false;
  (void)node.setConstant(combine<int64_t>(*lhs, *rhs, *shape, function));
  return true;
}

bool foldConcat(Node &node) {
  SmallVector<const HostTensor *> parts;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    parts.push_back(node.getConstant(i));
  // Longer lists of matrices are weights, which the graph concatenates.
  auto fits = [&](const HostTensor *part) {
    return part && part->shape.size() == 1 &&
           part->data.index() == parts.front()->data.index();
  };
  if (parts.empty() || !llvm::all_of(parts, fits) ||
      !llvm::is_contained({0, -1}, node.getInt("axis", 0)))
    return false;
  HostTensor result = *parts.front();
  for (const HostTensor *part : ArrayRef(parts).drop_front())
    std::visit(
        [&](auto &values) {
          const auto &more =
              std::get<std::decay_t<decltype(values)>>(part->data);
          values.insert(values.end(), more.begin(), more.end());
        },
        result.data);
  result.shape[0] = result.size();
  (void)node.setConstant(std::move(result));
  return true;
}

LogicalResult convertGather(Node &node) {
  const HostTensor *data = node.getConstant(0), *indices = node.getConstant(1);
  if (!data || !indices || !indices->isInteger())
    return node.fail("only constants can be gathered");
  auto axis = node.normalizeAxis(node.getInt("axis", 0), data->shape.size());
  if (!axis || node.hasFailed())
    return node.giveUp();
  ArrayRef<int64_t> dims = data->shape;
  int64_t limit = dims[*axis];
  for (int64_t index : indices->ints())
    if (index < -limit || index >= limit)
      return node.fail("index " + Twine(index) + " is outside of dimension " +
                       Twine(*axis) + " of shape " + printShape(dims));
  SmallVector<int64_t> shape(dims.take_front(*axis));
  shape.append(indices->shape);
  shape.append(dims.begin() + *axis + 1, dims.end());
  if (!isFoldable(shape, data->size()))
    return node.fail("a constant of shape " + printShape(shape) +
                     " is too large");
  SmallVector<int64_t> strides = rowMajorStrides(dims);
  SmallVector<int64_t> indexStrides = rowMajorStrides(indices->shape);
  size_t indexRank = indices->shape.size();
  return node.setConstant(data->gathered(shape, [&](ArrayRef<int64_t> at) {
    int64_t selected = 0;
    for (size_t d = 0; d < indexRank; ++d)
      selected += at[*axis + d] * indexStrides[d];
    int64_t index = indices->ints()[selected];
    int64_t position = (index < 0 ? index + limit : index) * strides[*axis];
    for (int64_t d = 0; d < *axis; ++d)
      position += at[d] * strides[d];
    for (size_t d = *axis + 1; d < dims.size(); ++d)
      position += at[d + indexRank - 1] * strides[d];
    return position;
  }));
}

LogicalResult convertConstantOfShape(Node &node) {
  auto shape = node.getInts(0, "shape");
  if (node.hasFailed())
    return node.giveUp();
  if (!shape || !isFoldable(*shape, 0))
    return node.fail("the shape is missing or too large");
  HostTensor fill = HostTensor::fromFloats({1}, {0.0f});
  if (const onnx::TensorProto *proto = node.getTensor("value")) {
    llvm::Expected<HostTensor> tensor = readTensor(*proto, "");
    if (!tensor)
      return node.fail("attribute 'value' " +
                       llvm::toString(tensor.takeError()));
    if (tensor->size() != 1)
      return node.fail("attribute 'value' must have one element");
    fill = std::move(*tensor);
  }
  return node.setConstant(
      fill.gathered(*shape, [](ArrayRef<int64_t>) { return 0; }));
}

} // namespace

void registerFolders(OperatorTable &table) {
  table.addFolder("Add", foldBinary<AddFunction>);
  table.addFolder("Sub", foldBinary<SubFunction>);
  table.addFolder("Mul", foldBinary<MulFunction>);
  table.addFolder("Div", foldBinary<DivFunction>);
  table.addFolder("Concat", foldConcat);
  table.add("Gather", convertGather);
  table.add("ConstantOfShape", convertConstantOfShape);
}

} // namespace quantc::import
