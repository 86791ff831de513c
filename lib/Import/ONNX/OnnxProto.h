// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place that includes ONNX's generated protobuf header, with the two
// macros that the installed library was built with.
#ifndef QUANTC_LIB_IMPORT_ONNX_ONNXPROTO_H
#define QUANTC_LIB_IMPORT_ONNX_ONNXPROTO_H

#ifndef ONNX_ML
#define ONNX_ML 1
#endif
#ifndef ONNX_NAMESPACE
#define ONNX_NAMESPACE onnx
#endif

#include "onnx/onnx_pb.h"

#endif // QUANTC_LIB_IMPORT_ONNX_ONNXPROTO_H
