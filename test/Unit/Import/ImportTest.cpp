// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What command lines cannot show of the import: the library entry points, their
// limits, locations, and how constants of every element type are decoded.

#include "quantc/Import/ONNX/Import.h"

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include "onnx/onnx_pb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"

using namespace mlir;
using quantc::import::ImportOptions;

namespace {

/// Builds a model node by node and imports it from memory.
class ModelTest : public ::testing::Test {
protected:
  ModelTest() {
    model.set_ir_version(8);
    model.add_opset_import()->set_version(13);
    model.mutable_graph()->set_name("g");
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      errors.push_back(diagnostic.str());
      locations.push_back(diagnostic.getLocation());
      return success();
    });
  }

  onnx::GraphProto &graph() { return *model.mutable_graph(); }

  void addInput(const std::string &name, ArrayRef<int64_t> shape) {
    onnx::ValueInfoProto *input = graph().add_input();
    input->set_name(name);
    auto *type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (int64_t dim : shape)
      type->mutable_shape()->add_dim()->set_dim_value(dim);
  }

  onnx::NodeProto *addNode(const std::string &op, ArrayRef<std::string> inputs,
                           const std::string &output,
                           const std::string &name = "") {
    onnx::NodeProto *node = graph().add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const std::string &input : inputs)
      node->add_input(input);
    node->add_output(output);
    return node;
  }

  onnx::TensorProto *addInitializer(const std::string &name,
                                    onnx::TensorProto::DataType type,
                                    int64_t size) {
    onnx::TensorProto *tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    tensor->add_dims(size);
    return tensor;
  }

  OwningOpRef<ModuleOp> import(const ImportOptions &options = {}) {
    std::string bytes = model.SerializeAsString();
    return quantc::import::importONNXFromMemory({bytes, "test.onnx"}, &context,
                                                options);
  }

  MLIRContext context;
  onnx::ModelProto model;
  std::vector<std::string> errors;
  std::vector<Location> locations;
};

std::string nameOf(Location loc) {
  auto name = dyn_cast<NameLoc>(loc);
  return name ? name.getName().str() : "";
}

TEST_F(ModelTest, NodeNamesBecomeUniqueLocations) {
  addInput("x", {4});
  addNode("Relu", {"x"}, "a", "act");
  addNode("Tanh", {"a"}, "b", "act");
  addNode("Sigmoid", {"b"}, "y");
  graph().add_output()->set_name("y");
  auto module = import();
  ASSERT_TRUE(module);
  std::vector<std::string> names;
  module->walk([&](Operation *op) {
    if (isa<tosa::TosaOp>(op))
      names.push_back(nameOf(op->getLoc()));
  });
  // A node without a name is called after its output.
  EXPECT_EQ(names, (std::vector<std::string>{"act", "act_1", "y"}));
}

TEST_F(ModelTest, InputsAndOutputsKeepTheirNames) {
  addInput("data:0", {1, 4});
  addNode("Relu", {"data:0"}, "out:0");
  graph().add_output()->set_name("out:0");
  auto module = import();
  ASSERT_TRUE(module);
  auto main = module->lookupSymbol<func::FuncOp>("main");
  ASSERT_TRUE(main);
  EXPECT_TRUE(main.isPublic());
  EXPECT_EQ(main.getArgAttrOfType<StringAttr>(0, "qnn.name"), "data:0");
  EXPECT_EQ(main.getResultAttrOfType<StringAttr>(0, "qnn.name"), "out:0");
}

TEST_F(ModelTest, InitializersListedAsInputsAreNoArguments) {
  addInput("x", {4});
  addInput("c", {4});
  auto *c = addInitializer("c", onnx::TensorProto::FLOAT, 4);
  for (float value : {1.f, 2.f, 3.f, 4.f})
    c->add_float_data(value);
  addNode("Add", {"x", "c"}, "y");
  graph().add_output()->set_name("y");
  auto module = import();
  ASSERT_TRUE(module);
  EXPECT_EQ(module->lookupSymbol<func::FuncOp>("main").getNumArguments(), 1u);
}

TEST_F(ModelTest, NodesInAnyOrderAreSorted) {
  addInput("x", {4});
  addNode("Tanh", {"a"}, "y");
  addNode("Relu", {"x"}, "a");
  graph().add_output()->set_name("y");
  EXPECT_TRUE(import());
  EXPECT_TRUE(errors.empty());
}

TEST_F(ModelTest, ErrorsAreLocatedInTheFile) {
  addInput("x", {4});
  addNode("Foo", {"x"}, "y", "foo");
  graph().add_output()->set_name("y");
  EXPECT_FALSE(import());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0],
            "node 'foo' (op Foo, opset 13): this operator is not supported");
  auto file = dyn_cast<FileLineColLoc>(locations[0]);
  ASSERT_TRUE(file);
  EXPECT_EQ(file.getFilename(), "test.onnx");
}

TEST_F(ModelTest, LargeModelsAreRefusedBeforeParsing) {
  addInput("x", {4});
  addNode("Relu", {"x"}, "y");
  graph().add_output()->set_name("y");
  ImportOptions options;
  options.maxModelBytes = 10;
  EXPECT_FALSE(import(options));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("the limit is 10"), std::string::npos);
}

TEST_F(ModelTest, ExternalDataNeedsADirectory) {
  addInput("x", {4});
  auto *w = addInitializer("w", onnx::TensorProto::FLOAT, 4);
  w->set_data_location(onnx::TensorProto::EXTERNAL);
  auto *entry = w->add_external_data();
  entry->set_key("location");
  entry->set_value("weights.bin");
  addNode("Add", {"x", "w"}, "y");
  graph().add_output()->set_name("y");
  EXPECT_FALSE(import());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("does not come from a directory"),
            std::string::npos);
}

TEST_F(ModelTest, NewerOpsetsAreReadAsFarAsTheyParse) {
  model.mutable_opset_import(0)->set_version(21);
  model.set_ir_version(10);
  addInput("x", {4});
  addNode("Relu", {"x"}, "y");
  graph().add_output()->set_name("y");
  EXPECT_TRUE(import());
}

/// A constant of three numbers, encoded as one element type, cast to float.
struct Encoding {
  onnx::TensorProto::DataType type;
  std::string raw;
};

class DecodeTest : public ModelTest,
                   public ::testing::WithParamInterface<Encoding> {};

TEST_P(DecodeTest, RawDataMeansOneTwoMinusThree) {
  addInput("x", {3});
  addInitializer("c", GetParam().type, 3)->set_raw_data(GetParam().raw);
  onnx::AttributeProto *to = addNode("Cast", {"c"}, "f")->add_attribute();
  to->set_name("to");
  to->set_type(onnx::AttributeProto::INT);
  to->set_i(onnx::TensorProto::FLOAT);
  addNode("Add", {"x", "f"}, "y");
  graph().add_output()->set_name("y");
  auto module = import();
  ASSERT_TRUE(module);
  std::vector<float> numbers;
  module->walk([&](tosa::ConstOp op) {
    auto values = cast<DenseElementsAttr>(op.getValues()).getValues<float>();
    numbers.assign(values.begin(), values.end());
  });
  EXPECT_EQ(numbers, (std::vector<float>{1, 2, -3}));
}

/// The bytes of little-endian numbers.
template <typename T>
std::string pack(std::initializer_list<T> numbers) {
  std::string bytes;
  for (T number : numbers)
    bytes.append(reinterpret_cast<const char *>(&number), sizeof(T));
  return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    ElementTypes, DecodeTest,
    ::testing::Values(
        Encoding{onnx::TensorProto::FLOAT, pack<float>({1, 2, -3})},
        Encoding{onnx::TensorProto::DOUBLE, pack<double>({1, 2, -3})},
        Encoding{onnx::TensorProto::FLOAT16,
                 pack<uint16_t>({0x3c00, 0x4000, 0xc200})},
        Encoding{onnx::TensorProto::BFLOAT16,
                 pack<uint16_t>({0x3f80, 0x4000, 0xc040})},
        Encoding{onnx::TensorProto::INT8, pack<int8_t>({1, 2, -3})},
        Encoding{onnx::TensorProto::INT16, pack<int16_t>({1, 2, -3})},
        Encoding{onnx::TensorProto::INT32, pack<int32_t>({1, 2, -3})},
        Encoding{onnx::TensorProto::INT64, pack<int64_t>({1, 2, -3})}));

} // namespace
