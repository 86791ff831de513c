// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interface survives the way into attributes and back, and the descriptor
// says what it says.
#include "quantc/Codegen/ModelInterface.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace quantc::codegen;

namespace {

ModelInterface makeInterface() {
  ModelInterface interface;
  interface.modelName = "model";
  interface.entry = "main";
  interface.arenaSize = 4096;
  interface.inputs.push_back(
      {"image", {1, 3, 32, 32}, "u8", BoundaryQuantization{0.25, 128}});
  interface.outputs.push_back({"scores", {1, 10}, "f32", std::nullopt});
  return interface;
}

TEST(ModelInterface, AttributesKeepEverything) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  recordInterface(*module, makeInterface());
  FailureOr<ModelInterface> read = readInterface(*module);
  ASSERT_TRUE(succeeded(read));
  EXPECT_EQ(read->entry, "main");
  EXPECT_EQ(read->arenaSize, 4096u);
  EXPECT_FALSE(read->hasContext);
  ASSERT_EQ(read->inputs.size(), 1u);
  EXPECT_EQ(read->inputs[0].name, "image");
  EXPECT_EQ(read->inputs[0].getNumElements(), 3 * 32 * 32);
  EXPECT_EQ(read->inputs[0].getElementSize(), 1);
  ASSERT_TRUE(read->inputs[0].quantization.has_value());
  EXPECT_EQ(read->inputs[0].quantization->scale, 0.25);
  EXPECT_EQ(read->inputs[0].quantization->zeroPoint, 128);
  EXPECT_FALSE(read->outputs[0].quantization.has_value());
}

TEST(ModelInterface, DescriptorIsJSON) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  std::string text = buildDescriptor(*module, makeInterface());
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(text);
  ASSERT_TRUE(bool(parsed));
  const llvm::json::Object &object = *parsed->getAsObject();
  EXPECT_EQ(*object.getString("run"), "model_run");
  EXPECT_EQ(*object.getInteger("arena_size"), 4096);
  const auto &input = *(*object.getArray("inputs"))[0].getAsObject();
  EXPECT_EQ(*input.getString("type"), "u8");
  EXPECT_EQ(*input.getNumber("scale"), 0.25);
}

} // namespace
