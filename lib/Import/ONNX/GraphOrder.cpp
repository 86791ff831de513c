// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions and uses of the main graph's values. ONNX demands nodes in
// topological order; exporters that do not keep it are understood all the same,
// as long as an order exists. Values that subgraphs capture are not followed:
// no operator with a subgraph has a converter.

#include "ModelReader.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <queue>

using namespace mlir;

namespace quantc::import {
namespace {

class GraphOrder {
public:
  GraphOrder(const onnx::GraphProto &graph, int64_t opset, Location loc)
      : graph(graph), opset(opset), loc(loc) {}

  FailureOr<std::vector<const onnx::NodeProto *>> run() {
    collectDefinitions();
    checkUses();
    if (hasError)
      return failure();
    std::vector<const onnx::NodeProto *> order = sort();
    if (order.size() != static_cast<size_t>(graph.node_size())) {
      reportCycle();
      return failure();
    }
    return order;
  }

private:
  InFlightDiagnostic error() {
    hasError = true;
    return emitError(loc);
  }

  void collectDefinitions();
  void checkUses();
  std::vector<const onnx::NodeProto *> sort();
  void reportCycle();

  const onnx::GraphProto &graph;
  int64_t opset;
  Location loc;
  bool hasError = false;
  /// Inputs and initializers.
  llvm::StringSet<> given;
  /// The index of the node that computes a value.
  llvm::StringMap<int> producer;
  /// For each node how many of its operands are not computed yet.
  std::vector<int> waiting;
};

void GraphOrder::collectDefinitions() {
  for (const onnx::ValueInfoProto &input : graph.input())
    if (!given.insert(input.name()).second)
      error() << "graph input '" << input.name() << "' is defined twice";
  llvm::StringSet<> initializers;
  // An initializer may share its name with an input: it is then its default.
  for (const onnx::TensorProto &initializer : graph.initializer())
    if (!initializers.insert(initializer.name()).second)
      error() << "initializer '" << initializer.name() << "' is defined twice";
  for (StringRef name : initializers.keys())
    given.insert(name);
  for (const onnx::SparseTensorProto &sparse : graph.sparse_initializer())
    error() << "sparse initializer '" << sparse.values().name()
            << "' is not supported";

  for (auto [index, node] : llvm::enumerate(graph.node()))
    for (const std::string &output : node.output()) {
      if (output.empty())
        continue;
      if (given.contains(output) ||
          !producer.try_emplace(output, static_cast<int>(index)).second)
        error() << describeNode(node, opset) << ": output '" << output
                << "' is already defined elsewhere in the graph";
    }
}

void GraphOrder::checkUses() {
  auto isDefined = [&](const std::string &name) {
    return name.empty() || given.contains(name) || producer.contains(name);
  };
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &input : node.input())
      if (!isDefined(input))
        error() << describeNode(node, opset) << ": input '" << input
                << "' is neither a graph input, nor an initializer, nor the "
                   "output of a node";
  llvm::StringSet<> outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    if (output.name().empty() || !isDefined(output.name()))
      error() << "graph output '" << output.name()
              << "' is not computed by any node";
    if (!outputs.insert(output.name()).second)
      error() << "graph output '" << output.name() << "' is listed twice";
  }
  if (graph.output().empty())
    error() << "the graph has no output";
}

std::vector<const onnx::NodeProto *> GraphOrder::sort() {
  int count = graph.node_size();
  waiting.assign(count, 0);
  std::vector<SmallVector<int, 2>> users(count);
  // The lowest index first keeps the model's own order wherever it is valid.
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < count; ++i) {
    for (const std::string &input : graph.node(i).input())
      if (auto it = producer.find(input); it != producer.end()) {
        users[it->second].push_back(i);
        ++waiting[i];
      }
    if (waiting[i] == 0)
      ready.push(i);
  }
  std::vector<const onnx::NodeProto *> order;
  while (!ready.empty()) {
    int index = ready.top();
    ready.pop();
    order.push_back(&graph.node(index));
    for (int user : users[index])
      if (--waiting[user] == 0)
        ready.push(user);
  }
  return order;
}

void GraphOrder::reportCycle() {
  // Every node that still waits has an operand from another one that waits, so
  // walking from operand to operand must come back to a node already seen.
  int current = static_cast<int>(
      llvm::find_if(waiting, [](int n) { return n > 0; }) - waiting.begin());
  SmallVector<int> path;
  std::vector<bool> seen(waiting.size(), false);
  while (!seen[current]) {
    seen[current] = true;
    path.push_back(current);
    for (const std::string &input : graph.node(current).input())
      if (auto it = producer.find(input);
          it != producer.end() && waiting[it->second] > 0) {
        current = it->second;
        break;
      }
  }
  ArrayRef<int> cycle(llvm::find(path, current), path.end());
  constexpr size_t kShown = 8;
  InFlightDiagnostic diagnostic = error();
  diagnostic << "the graph has a cycle through ";
  llvm::interleaveComma(cycle.take_front(kShown), diagnostic, [&](int index) {
    diagnostic << describeNode(graph.node(index), opset);
  });
  if (cycle.size() > kShown)
    diagnostic << " and " << cycle.size() - kShown << " more nodes";
}

} // namespace

FailureOr<std::vector<const onnx::NodeProto *>>
orderNodes(const onnx::GraphProto &graph, int64_t opset, Location loc) {
  return GraphOrder(graph, opset, loc).run();
}

} // namespace quantc::import
