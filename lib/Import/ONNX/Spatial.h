// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Images between ONNX and TOSA: ONNX's [N, C, ...] becomes NHWC and back, and
// kernel, stride, pad and dilation attributes become one Window.
#ifndef QUANTC_LIB_IMPORT_ONNX_SPATIAL_H
#define QUANTC_LIB_IMPORT_ONNX_SPATIAL_H

#include "Node.h"

namespace quantc::import {

/// The image operand of a convolution or pool as an NHWC value. Signals
/// ([N, C, L]) become images of height 1; every other rank is refused. Null
/// after an error.
mlir::Value getImage(Node &node, unsigned index);

/// The same of a value that is no operand itself.
mlir::Value toImage(Node &node, mlir::Value value);

/// Gives an NHWC value the layout and the rank of the node's image operand.
mlir::Value fromImage(Node &node, mlir::Value nhwc, int64_t rank);

/// Whether and how the size of the output rounds up.
enum class Rounding { Down, Up };

/// Reads strides, dilations, pads and auto_pad for a window of `kernel` (one
/// entry a spatial dimension of the model) over the image `nhwc`.
mlir::FailureOr<Window> readWindow(Node &node, mlir::Value nhwc,
                                   mlir::ArrayRef<int64_t> kernel,
                                   Rounding rounding);

/// Moves the pads out of the window into a tosa.pad with `value`. What rounding
/// up added at the end stays in the window.
mlir::Value padExplicitly(Node &node, mlir::Value nhwc, Window &window,
                          float value);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_SPATIAL_H
