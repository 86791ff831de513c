// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From bytes to a model whose graph is known to be well formed: names are
// defined once and before use, and nodes are in an order in which they can be
// translated. What the nodes mean is not looked at here.
#ifndef QUANTC_LIB_IMPORT_ONNX_MODELREADER_H
#define QUANTC_LIB_IMPORT_ONNX_MODELREADER_H

#include "OnnxProto.h"

#include "quantc/Import/ONNX/Import.h"

#include "mlir/IR/Location.h"

#include <memory>
#include <vector>

namespace quantc::import {

/// "node 'X' (op Foo, opset 13)": how every diagnostic names a node.
std::string describeNode(const onnx::NodeProto &node, int64_t opset);

/// The node's name, or where it has none the name of its first output.
llvm::StringRef nodeName(const onnx::NodeProto &node);

/// Whether `domain` is ONNX's own operator set.
inline bool isDefaultDomain(llvm::StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

/// Parses a serialized model. Emits one error and returns null if the bytes are
/// no complete ONNX model or a version that cannot be read.
std::unique_ptr<onnx::ModelProto> parseModel(llvm::StringRef bytes,
                                             mlir::Location loc);

/// The version of ONNX's own operator set that the model asks for.
mlir::FailureOr<int64_t> readOpset(const onnx::ModelProto &model,
                                   mlir::Location loc);

/// Checks names, definitions and uses of the main graph, and returns its nodes
/// such that every value is defined before it is used. Emits an error for each
/// value that is missing or defined twice, or one that names a cycle.
mlir::FailureOr<std::vector<const onnx::NodeProto *>>
orderNodes(const onnx::GraphProto &graph, int64_t opset, mlir::Location loc);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_MODELREADER_H
