// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Max and average pools. A TOSA average never counts padding and no TOSA pad
// may reach the size of the kernel; where ONNX wants either, the padding
// becomes a tosa.pad in front.

#include "Converters.h"
#include "Spatial.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir;

namespace quantc::import {
namespace {

/// The image, the window over it, and the rank of the model's tensor.
struct Pool {
  Value image;
  Window window;
  int64_t rank;
};

FailureOr<Pool> readPool(Node &node) {
  Pool pool;
  pool.image = getImage(node, 0);
  if (!pool.image)
    return node.giveUp();
  pool.rank = node.getShape(0).size();
  std::optional<SmallVector<int64_t>> kernel = node.getIntList("kernel_shape");
  if (!kernel || static_cast<int64_t>(kernel->size()) != pool.rank - 2)
    return node.fail("attribute 'kernel_shape' must have " +
                     Twine(pool.rank - 2) + " entries");
  std::optional<SmallVector<int64_t>> dilations = node.getIntList("dilations");
  if (dilations && llvm::any_of(*dilations, [](int64_t d) { return d != 1; }))
    return node.fail("dilated pools are not supported");
  Rounding rounding =
      node.getInt("ceil_mode", 0) ? Rounding::Up : Rounding::Down;
  FailureOr<Window> window = readWindow(node, pool.image, *kernel, rounding);
  if (failed(window) || node.hasFailed())
    return node.giveUp();
  pool.window = *window;
  ArrayRef<int64_t> shape = shapeOf(pool.image);
  if (failed(node.checkShape(
          {shape[0], pool.window.output[0], pool.window.output[1], shape[3]})))
    return node.giveUp();
  pool.image = node.emit.cropToWindow(pool.image, pool.window);
  return pool;
}

bool padReachesKernel(const Window &window) {
  for (unsigned i = 0; i < 2; ++i)
    if (window.pad[2 * i] >= window.kernel[i] ||
        window.pad[2 * i + 1] >= window.kernel[i])
      return true;
  return false;
}

LogicalResult convertMaxPool(Node &node) {
  if (node.wantsOutput(1))
    return node.fail("the output of indices is not supported");
  FailureOr<Pool> pool = readPool(node);
  if (failed(pool))
    return node.giveUp();
  if (padReachesKernel(pool->window))
    pool->image = padExplicitly(node, pool->image, pool->window,
                                std::numeric_limits<float>::lowest());
  Value result = node.emit.maxPool2d(pool->image, pool->window);
  return node.setResult(fromImage(node, result, pool->rank));
}

LogicalResult convertAveragePool(Node &node) {
  FailureOr<Pool> pool = readPool(node);
  if (failed(pool))
    return node.giveUp();
  if (node.getInt("count_include_pad", 0) != 0)
    pool->image = padExplicitly(node, pool->image, pool->window, 0.0f);
  else if (padReachesKernel(pool->window))
    return node.fail("a pad is as large as the kernel: an average would be "
                     "over no element");
  if (node.hasFailed())
    return node.giveUp();
  Value result = node.emit.avgPool2d(pool->image, pool->window);
  return node.setResult(fromImage(node, result, pool->rank));
}

/// One window over the whole image.
Window coverImage(Value nhwc) {
  int64_t height = shapeOf(nhwc)[1], width = shapeOf(nhwc)[2];
  return {{height, width}, {1, 1}, {1, 1}, {1, 1},
          {0, 0, 0, 0},    {0, 0}, {0, 0}};
}

LogicalResult convertGlobalAveragePool(Node &node) {
  Value image = getImage(node, 0);
  if (!image)
    return node.giveUp();
  Value result = node.emit.avgPool2d(image, coverImage(image));
  return node.setResult(fromImage(node, result, node.getShape(0).size()));
}

LogicalResult convertGlobalMaxPool(Node &node) {
  Value image = getImage(node, 0);
  if (!image)
    return node.giveUp();
  Value result = node.emit.maxPool2d(image, coverImage(image));
  return node.setResult(fromImage(node, result, node.getShape(0).size()));
}

} // namespace

void registerPools(OperatorTable &table) {
  table.add("MaxPool", convertMaxPool);
  table.add("AveragePool", convertAveragePool);
  table.add("GlobalAveragePool", convertGlobalAveragePool);
  table.add("GlobalMaxPool", convertGlobalMaxPool);
}

} // namespace quantc::import
