// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations that move elements and compute nothing: each is a list that names,
// for every element of the result, where it comes from.
#include "Kernels.h"

using namespace mlir;

namespace quantc::exec::reference {

/// The source of an element that is no element of the operand.
static constexpr int64_t kFill = -1;

static Kernel makeGather(std::vector<int64_t> source, int32_t fill) {
  return [source = std::move(source), fill](auto operands, Tensor &result) {
    const Tensor &input = *operands[0];
    for (size_t i = 0; i < result.integers.size(); ++i)
      result.integers[i] =
          source[i] == kFill ? fill : input.integers[source[i]];
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] = input.reals[source[i]];
  };
}

/// The sources of a result of shape `result` that reads its operand of shape
/// `input` at `getIndex(dimension, position)` along each dimension, or kFill
/// where that lies outside.
template <typename GetIndexT>
static std::vector<int64_t> getBoxSources(ArrayRef<int64_t> input,
                                          ArrayRef<int64_t> result,
                                          GetIndexT getIndex) {
  std::vector<int64_t> sources = {0};
  for (size_t dim = 0; dim < result.size(); ++dim) {
    std::vector<int64_t> finer;
    for (int64_t source : sources)
      for (int64_t i = 0; i < result[dim]; ++i) {
        int64_t index = getIndex(dim, i);
        bool outside = source == kFill || index < 0 || index >= input[dim];
        finer.push_back(outside ? kFill : source * input[dim] + index);
      }
    sources = std::move(finer);
  }
  return sources;
}

static std::vector<int64_t> getTransposeSources(ArrayRef<int64_t> input,
                                                ArrayRef<int64_t> permutation) {
  std::vector<int64_t> sources = {0};
  for (int64_t from : permutation) {
    int64_t stride = 1;
    for (int64_t size : input.drop_front(from + 1))
      stride *= size;
    std::vector<int64_t> finer;
    for (int64_t source : sources)
      for (int64_t i = 0; i < input[from]; ++i)
        finer.push_back(source + i * stride);
    sources = std::move(finer);
  }
  return sources;
}

static Kernel makeCopy() {
  return [](auto operands, Tensor &result) { result = *operands[0]; };
}

ExpectedKernel makeKernel(qnn::ReshapeOp) { return makeCopy(); }
ExpectedKernel makeKernel(tosa::ReshapeOp) { return makeCopy(); }

ExpectedKernel makeKernel(qnn::TransposeOp op) {
  return makeGather(getTransposeSources(op.getInput().getType().getShape(),
                                        op.getPermutation()),
                    0);
}

ExpectedKernel makeKernel(tosa::TransposeOp op) {
  auto type = cast<RankedTensorType>(op.getInput1().getType());
  SmallVector<int64_t> permutation(op.getPerms());
  return makeGather(getTransposeSources(type.getShape(), permutation), 0);
}

ExpectedKernel makeKernel(qnn::PadOp op) {
  SmallVector<int64_t> low(op.getLow());
  return makeGather(getBoxSources(op.getInput().getType().getShape(),
                                  op.getType().getShape(),
                                  [&](size_t dim, int64_t position) {
                                    return position - low[dim];
                                  }),
                    static_cast<int32_t>(op.getValue()));
}

ExpectedKernel makeKernel(qnn::SliceOp op) {
  SmallVector<int64_t> start(op.getStart());
  return makeGather(getBoxSources(op.getInput().getType().getShape(),
                                  op.getType().getShape(),
                                  [&](size_t dim, int64_t position) {
                                    return position + start[dim];
                                  }),
                    0);
}

ExpectedKernel makeKernel(qnn::ConcatOp op) {
  auto axis = static_cast<int64_t>(op.getAxis());
  ArrayRef<int64_t> shape = op.getType().getShape();
  int64_t outer = 1, inner = 1;
  for (int64_t size : shape.take_front(axis))
    outer *= size;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  SmallVector<int64_t> rows;
  for (Value input : op.getInputs())
    rows.push_back(cast<RankedTensorType>(input.getType()).getDimSize(axis) *
                   inner);
  return [outer, rows](auto operands, Tensor &result) {
    size_t next = 0;
    for (int64_t o = 0; o < outer; ++o)
      for (size_t k = 0; k < rows.size(); ++k)
        for (int64_t i = 0; i < rows[k]; ++i)
          result.integers[next++] = operands[k]->integers[o * rows[k] + i];
  };
}

} // namespace quantc::exec::reference
