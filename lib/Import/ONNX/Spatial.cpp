// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of windows. ONNX lets the last window end before the padded
// image does, or, with ceil_mode, after it; TOSA demands that it ends exactly
// there. The difference is taken from the end pad, then from the image, or
// added to the end pad.

#include "Spatial.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// Attributes above this are mistakes, and sums of them must not overflow.
constexpr int64_t kMaxWindowAttribute = int64_t(1) << 24;

/// One spatial dimension on its way to a Window.
struct Axis {
  int64_t size, kernel, stride, dilation, begin, end;
  int64_t output = 0, crop = 0, extra = 0;
  /// What the dilated kernel covers.
  int64_t extent() const { return dilation * (kernel - 1) + 1; }
};

/// An attribute with one entry a spatial dimension, `defaultValue` if absent.
FailureOr<SmallVector<int64_t>> readList(Node &node, StringRef name,
                                         size_t count, int64_t defaultValue,
                                         int64_t minimum) {
  std::optional<SmallVector<int64_t>> list = node.getIntList(name);
  if (node.hasFailed())
    return node.giveUp();
  if (!list)
    return SmallVector<int64_t>(count, defaultValue);
  if (list->size() != count)
    return node.fail("attribute '" + name + "' has " + Twine(list->size()) +
                     " entries, expected " + Twine(count));
  for (int64_t entry : *list)
    if (entry < minimum || entry > kMaxWindowAttribute)
      return node.fail("attribute '" + name + "' has the entry " +
                       Twine(entry) + ", expected " + Twine(minimum) + " to " +
                       Twine(kMaxWindowAttribute));
  return *list;
}

/// SAME: as many outputs as strides fit, the odd pad at the end or the start.
void padToSame(Axis &axis, bool oddAtEnd) {
  int64_t output = (axis.size + axis.stride - 1) / axis.stride;
  int64_t total = std::max<int64_t>(0, (output - 1) * axis.stride +
                                           axis.extent() - axis.size);
  axis.begin = oddAtEnd ? total / 2 : total - total / 2;
  axis.end = total - axis.begin;
}

LogicalResult fitOutput(Node &node, Axis &axis, Rounding rounding) {
  int64_t slack = axis.size + axis.begin + axis.end - axis.extent();
  if (slack < 0)
    return node.fail("the kernel covers " + Twine(axis.extent()) +
                     " elements, but the padded input has only " +
                     Twine(axis.size + axis.begin + axis.end));
  axis.output = slack / axis.stride + 1;
  int64_t rest = slack % axis.stride;
  // A further window must start on the image or its start pad.
  if (rounding == Rounding::Up && rest > 0 &&
      axis.output * axis.stride < axis.size + axis.begin) {
    axis.extra = axis.stride - rest;
    axis.end += axis.extra;
    ++axis.output;
    return success();
  }
  int64_t fromPad = std::min(rest, axis.end);
  axis.end -= fromPad;
  axis.crop = rest - fromPad;
  if (axis.crop >= axis.size)
    return node.fail("no window covers any element of the input");
  return success();
}

} // namespace

Value getImage(Node &node, unsigned index) {
  Value value = node.getValue(index);
  return value ? toImage(node, value) : Value();
}

Value toImage(Node &node, Value value) {
  SmallVector<int64_t> shape(shapeOf(value));
  if (shape.size() == 3)
    shape.insert(shape.begin() + 2, 1);
  if (shape.size() != 4) {
    (void)node.fail("the input has shape " + printShape(shape) +
                    "; only ranks 3 and 4 are supported");
    return {};
  }
  return node.emit.toNHWC(node.emit.reshape(value, shape));
}

Value fromImage(Node &node, Value nhwc, int64_t rank) {
  Value nchw = node.emit.toNCHW(nhwc);
  if (rank == 4)
    return nchw;
  ArrayRef<int64_t> shape = shapeOf(nchw);
  return node.emit.reshape(nchw, {shape[0], shape[1], shape[3]});
}

FailureOr<Window> readWindow(Node &node, Value nhwc, ArrayRef<int64_t> kernel,
                             Rounding rounding) {
  size_t count = kernel.size();
  auto strides = readList(node, "strides", count, 1, 1);
  auto dilations = readList(node, "dilations", count, 1, 1);
  auto pads = readList(node, "pads", 2 * count, 0, 0);
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  if (failed(strides) || failed(dilations) || failed(pads) || node.hasFailed())
    return node.giveUp();
  if (!llvm::is_contained({"NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"},
                          StringRef(autoPad)))
    return node.fail("attribute 'auto_pad' is '" + autoPad + "'");
  if (llvm::any_of(kernel,
                   [](int64_t k) { return k < 1 || k > kMaxWindowAttribute; }))
    return node.fail("the kernel is " + printShape(kernel) +
                     ", expected sizes of 1 to " + Twine(kMaxWindowAttribute));

  Window window;
  // A signal is an image of one row.
  for (size_t i = 0, missing = 2 - count; i < 2; ++i) {
    Axis axis{shapeOf(nhwc)[1 + i], 1, 1, 1, 0, 0};
    if (i >= missing) {
      size_t d = i - missing;
      axis = {axis.size,       kernel[d],  (*strides)[d],
              (*dilations)[d], (*pads)[d], (*pads)[count + d]};
      if (autoPad == "VALID")
        axis.begin = axis.end = 0;
      else if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER")
        padToSame(axis, /*oddAtEnd=*/autoPad == "SAME_UPPER");
    }
    if (failed(fitOutput(node, axis, rounding)))
      return node.giveUp();
    window.kernel.push_back(axis.kernel);
    window.stride.push_back(axis.stride);
    window.dilation.push_back(axis.dilation);
    window.output.push_back(axis.output);
    window.pad.append({axis.begin, axis.end});
    window.crop.push_back(axis.crop);
    window.extra.push_back(axis.extra);
  }
  return window;
}

Value padExplicitly(Node &node, Value nhwc, Window &window, float value) {
  SmallVector<int64_t> low{0, window.pad[0], window.pad[2], 0};
  SmallVector<int64_t> high{0, window.pad[1] - window.extra[0],
                            window.pad[3] - window.extra[1], 0};
  window.pad = {0, window.extra[0], 0, window.extra[1]};
  return node.emit.pad(nhwc, low, high, value);
}

} // namespace quantc::import
