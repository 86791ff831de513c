// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks libonnx's checker about single nodes. This is the only file of the
// project that is compiled with exceptions, because the checker throws; what it
// throws becomes a sentence. Whole-model checks are not left to it: it stops at
// the first error and cannot name a cycle.

#include "Checker.h"

#include "onnx/checker.h"
#include "onnx/defs/schema.h"

#include <algorithm>
#include <exception>

namespace quantc::import {

int64_t newestCheckedOpset() {
  const auto &versions =
      onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  auto it = versions.find(ONNX_NAMESPACE::ONNX_DOMAIN);
  return it == versions.end() ? 0 : it->second.second;
}

std::optional<std::string> checkNode(const onnx::NodeProto &node,
                                     int64_t irVersion, int64_t opset) {
  try {
    onnx::checker::CheckerContext context;
    // The checker refuses versions that are newer than itself; what those
    // changed does not touch the operators of the opsets it knows.
    context.set_ir_version(static_cast<int>(
        std::min<int64_t>(irVersion, onnx::Version::IR_VERSION)));
    context.set_opset_imports({{"", static_cast<int>(opset)}});
    onnx::checker::LexicalScopeContext scope;
    onnx::checker::check_node(node, context, scope);
  } catch (const std::exception &error) {
    // The first line says what is wrong; the rest prints the node.
    std::string message = error.what();
    return message.substr(0, message.find('\n'));
  } catch (...) {
    return std::string("the operator's schema does not accept it");
  }
  return std::nullopt;
}

} // namespace quantc::import
