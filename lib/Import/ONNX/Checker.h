// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A door to the operator schemas of libonnx that lets no exception through.
#ifndef QUANTC_LIB_IMPORT_ONNX_CHECKER_H
#define QUANTC_LIB_IMPORT_ONNX_CHECKER_H

#include "OnnxProto.h"

#include <cstdint>
#include <optional>
#include <string>

namespace quantc::import {

/// The newest opset whose operator schemas the installed libonnx knows.
int64_t newestCheckedOpset();

/// What the operator's schema objects to in `node`: the number of inputs and
/// outputs, unknown, missing or wrongly typed attributes. Empty if nothing.
std::optional<std::string> checkNode(const onnx::NodeProto &node,
                                     int64_t irVersion, int64_t opset);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_CHECKER_H
