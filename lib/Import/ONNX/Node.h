// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a converter sees of one ONNX node: its attributes and operands by ONNX's
// names and positions, a place for its results, and one way to refuse. Reading
// never crashes: a getter that meets something wrong records the first error of
// the node, which then counts as failed whatever the converter returns.
#ifndef QUANTC_LIB_IMPORT_ONNX_NODE_H
#define QUANTC_LIB_IMPORT_ONNX_NODE_H

#include "Emitter.h"
#include "HostTensor.h"
#include "OnnxProto.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <memory>

namespace quantc::import {

/// What a name of the graph stands for.
struct GraphValue {
  /// The value in the function. Of a constant: null until somebody asks.
  mlir::Value value;
  /// Set if the value is known at import time.
  std::shared_ptr<const HostTensor> constant;
  /// The producer was refused; users are not to blame.
  bool broken = false;
};

using GraphValues = llvm::StringMap<GraphValue>;

/// The names of the graph that any node or graph output reads.
using UsedNames = llvm::StringSet<>;

class Node {
public:
  Node(const onnx::NodeProto &proto, int64_t opset, GraphValues &values,
       const UsedNames &used, mlir::OpBuilder &builder, mlir::Location loc,
       mlir::Location fileLoc)
      : emit(builder, loc), proto(proto), opset_(opset), values(values),
        used(used), fileLoc(fileLoc) {}

  /// Makes operations located at this node.
  Emitter emit;

  int64_t opset() const { return opset_; }
  mlir::StringRef opType() const { return proto.op_type(); }

  /// Says that the operator moves elements and computes nothing: its results
  /// are integers where its first operand is.
  void moveElements() { movesElements = true; }

  /// Emits the node's error (only the first is shown) and fails.
  mlir::LogicalResult fail(const mlir::Twine &reason);
  bool hasFailed() const { return failed; }
  /// Fails for the reason that has been emitted before, of an operand or an
  /// attribute.
  mlir::LogicalResult giveUp() const {
    assert(failed && "a refusal says its reason");
    return mlir::failure();
  }

  // Operands. ONNX leaves out trailing and, by an empty name, inner operands.
  unsigned numInputs() const { return proto.input_size(); }
  bool hasInput(unsigned index) const;
  mlir::StringRef inputName(unsigned index) const;
  /// Null if the operand is absent or not known at import time.
  const HostTensor *getConstant(unsigned index) const;
  /// The operand as f32 tensor; constants become tosa.const, dequantized ones a
  /// qnn.constant and its qnn.dequantize. Stored integers are refused, but by
  /// the operators that only move elements, which get them dequantized. Null
  /// after an error.
  mlir::Value getValue(unsigned index);
  /// The same with leading dimensions of size 1 up to `rank`.
  mlir::Value getValueOfRank(unsigned index, int64_t rank);
  /// The operand's shape, constant or not; the operand must be present.
  mlir::ArrayRef<int64_t> getShape(unsigned index) const;
  /// A constant operand of integers; nullopt if it is absent, or after an
  /// error.
  std::optional<mlir::SmallVector<int64_t>> getInts(unsigned index,
                                                    mlir::StringRef what);
  /// A constant operand of one float; nullopt if it is absent or after an
  /// error.
  std::optional<float> getScalar(unsigned index, mlir::StringRef what);
  /// A constant operand of f32; null after an error. One that the model
  /// dequantizes is so here.
  const HostTensor *getFloats(unsigned index, mlir::StringRef what);
  /// The same, but a dequantized constant keeps its stored integers.
  const HostTensor *getWeight(unsigned index, mlir::StringRef what);
  /// The operand as a value of integers: a quantized tensor, or one of 32 bits.
  /// Null after an error.
  mlir::Value getStored(unsigned index);
  /// The ONNX type of the operand's elements.
  int32_t getElementType(unsigned index) const;

  // Attributes.
  bool hasAttr(mlir::StringRef name) const { return findAttr(name); }
  int64_t getInt(mlir::StringRef name, int64_t defaultValue);
  float getFloat(mlir::StringRef name, float defaultValue);
  std::string getString(mlir::StringRef name, mlir::StringRef defaultValue);
  std::optional<mlir::SmallVector<int64_t>> getIntList(mlir::StringRef name);
  std::optional<mlir::SmallVector<float>> getFloatList(mlir::StringRef name);
  const onnx::TensorProto *getTensor(mlir::StringRef name);

  /// `axis` in [-rank, rank) counted from the front; fails outside.
  std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);
  /// The same for a list, which must not name an axis twice. The result is
  /// sorted.
  std::optional<mlir::SmallVector<int64_t>>
  normalizeAxes(mlir::ArrayRef<int64_t> axes, int64_t rank);
  /// Fails if `shape` has an empty dimension or too many elements.
  mlir::LogicalResult checkShape(mlir::ArrayRef<int64_t> shape);

  // Results.
  unsigned numOutputs() const { return proto.output_size(); }
  /// Exporters name outputs, like a Dropout's mask, that nobody reads.
  bool wantsOutput(unsigned index) const;
  mlir::LogicalResult setResult(mlir::Value value, unsigned index = 0);
  mlir::LogicalResult setConstant(HostTensor tensor, unsigned index = 0);
  /// The result is operand `index` itself.
  mlir::LogicalResult forward(unsigned index);

private:
  const onnx::AttributeProto *findAttr(mlir::StringRef name) const;
  const onnx::AttributeProto *findAttr(mlir::StringRef name,
                                       onnx::AttributeProto::AttributeType type,
                                       mlir::StringRef typeName);
  GraphValue *findInput(unsigned index) const;
  std::string describeInput(unsigned index, mlir::StringRef what) const;
  mlir::Value materialize(unsigned index, mlir::ArrayRef<int64_t> shape);

  const onnx::NodeProto &proto;
  int64_t opset_;
  GraphValues &values;
  const UsedNames &used;
  mlir::Location fileLoc;
  bool failed = false;
  bool movesElements = false;
  /// What the results of an operator that moves integers are quantized to.
  mlir::quant::QuantizedType movedType;
  /// Dequantized constants, alive as long as the node.
  std::vector<std::unique_ptr<HostTensor>> dequantized;
};

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_NODE_H
