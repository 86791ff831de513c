// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses the protobuf message and decides which files are ONNX models at all.

#include "ModelReader.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/Support/ConvertUTF.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <limits>

using namespace mlir;

namespace quantc::import {
namespace {

/// The oldest version of the operator set whose meaning the converters know.
constexpr int64_t kOldestOpset = 7;

bool isPrintableName(StringRef name) {
  // A NUL would cut the name short wherever it leaves the compiler.
  const llvm::UTF8 *begin = name.bytes_begin();
  return llvm::isLegalUTF8String(&begin, name.bytes_end()) &&
         !name.contains('\0');
}

template <typename Strings>
bool areNames(const Strings &names) {
  for (const std::string &name : names)
    if (!isPrintableName(name))
      return false;
  return true;
}

/// Names become locations, JSON keys and C comments: all of them must be text.
LogicalResult checkNames(const onnx::GraphProto &graph, Location loc) {
  for (auto [index, node] : llvm::enumerate(graph.node()))
    if (!isPrintableName(node.name()) || !isPrintableName(node.op_type()) ||
        !isPrintableName(node.domain()) || !areNames(node.input()) ||
        !areNames(node.output()))
      return emitError(loc)
             << "node number " << index
             << " of the graph has a name that is not UTF-8 text";
  auto checkAll = [&](StringRef what, const auto &entries) -> LogicalResult {
    for (auto [index, entry] : llvm::enumerate(entries))
      if (!isPrintableName(entry.name()))
        return emitError(loc) << what << " number " << index
                              << " has a name that is not UTF-8 text";
    return success();
  };
  if (failed(checkAll("initializer", graph.initializer())) ||
      failed(checkAll("graph input", graph.input())) ||
      failed(checkAll("graph output", graph.output())))
    return failure();
  return success();
}

} // namespace

StringRef nodeName(const onnx::NodeProto &node) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return "<unnamed>";
}

std::string describeNode(const onnx::NodeProto &node, int64_t opset) {
  return ("node '" + nodeName(node) + "' (op " + node.op_type() + ", opset " +
          Twine(opset) + ")")
      .str();
}

std::unique_ptr<onnx::ModelProto> parseModel(StringRef bytes, Location loc) {
  auto reject = [&](const Twine &reason) {
    emitError(loc) << "not an ONNX model: " << reason;
    return nullptr;
  };
  if (bytes.empty())
    return reject("the file is empty");
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    return reject("the file is larger than protobuf can parse (2 GiB)");

  // Protobuf reports to stderr by itself; the sentence below is the report.
  google::protobuf::LogSilencer silencer;
  auto model = std::make_unique<onnx::ModelProto>();
  google::protobuf::io::CodedInputStream stream(bytes.bytes_begin(),
                                                static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  if (!model->ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    return reject("the protobuf message is truncated or corrupt");
  if (!model->has_graph())
    return reject("the protobuf message has no graph");
  if (!model->has_ir_version() || model->ir_version() < 1)
    return reject("the protobuf message has no IR version");
  if (failed(checkNames(model->graph(), loc)))
    return nullptr;
  return model;
}

FailureOr<int64_t> readOpset(const onnx::ModelProto &model, Location loc) {
  for (const onnx::OperatorSetIdProto &entry : model.opset_import()) {
    if (!isDefaultDomain(entry.domain()))
      continue;
    if (entry.version() < kOldestOpset)
      return emitError(loc) << "the model uses opset " << entry.version()
                            << "; the oldest supported is " << kOldestOpset;
    if (entry.version() > std::numeric_limits<int32_t>::max())
      return emitError(loc) << "opset " << entry.version() << " does not exist";
    return entry.version();
  }
  return emitError(loc) << "the model does not say which version of the ONNX "
                           "operator set it uses";
}

} // namespace quantc::import
