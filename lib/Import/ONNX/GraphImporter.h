// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One model on its way into one module.
#ifndef QUANTC_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
#define QUANTC_LIB_IMPORT_ONNX_GRAPHIMPORTER_H

#include "Converters.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringSet.h"

namespace quantc::import {

class GraphImporter {
public:
  /// `modelDirectory` is where external data may lie, `fileLoc` where errors
  /// are shown.
  GraphImporter(const onnx::ModelProto &model, mlir::Location fileLoc,
                mlir::StringRef modelDirectory)
      : model(model), graph(model.graph()), fileLoc(fileLoc),
        modelDirectory(modelDirectory), builder(fileLoc.getContext()) {}

  /// The translated module, or null after errors. Layout transposes are left
  /// where each node put them.
  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  mlir::LogicalResult readInitializers();
  mlir::LogicalResult createFunction(mlir::ModuleOp module);
  mlir::FailureOr<mlir::RankedTensorType>
  readInputType(const onnx::ValueInfoProto &input);

  void importNode(const onnx::NodeProto &proto);
  /// Why the node cannot be translated at all, if so.
  std::optional<std::string> refuse(const onnx::NodeProto &proto);
  /// Marks the node's results as broken, and gives them values if the model
  /// says their shapes, so that the nodes behind are still examined.
  void breakResults(const onnx::NodeProto &proto);
  mlir::Location uniqueLocation(const onnx::NodeProto &proto);

  mlir::LogicalResult checkOutputShape(const onnx::ValueInfoProto &output,
                                       mlir::Value value);
  mlir::LogicalResult materializeOutput(Emitter &emit, mlir::StringRef name,
                                        GraphValue &result);
  mlir::LogicalResult createReturn();

  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  mlir::Location fileLoc;
  std::string modelDirectory;
  mlir::OpBuilder builder;
  int64_t opset = 0;
  GraphValues values;
  UsedNames used;
  llvm::StringSet<> nodeNames;
  llvm::StringMap<const onnx::ValueInfoProto *> declared;
  mlir::func::FuncOp function;
  bool hasError = false;
};

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
