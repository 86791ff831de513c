// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module in the LLVM dialect with the ABI of a compiled model runs in this
// process, at every optimization level, with callbacks and a context.
#include "quantc/Execution/JitModel.h"

#include "TestFiles.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

using namespace quantc::exec;
using testing::HasSubstr;

/// y = x + 1 through the arena; the descriptor is the model's own.
static constexpr llvm::StringLiteral kIncrement = R"(
llvm.mlir.global external constant @inc_descriptor("{\22quantc\22: \220.1.0\22, \22name\22: \22inc\22, \22run\22: \22inc_run\22, \22arena_size\22: 64, \22arena_alignment\22: 64, \22inputs\22: [{\22name\22: \22x\22, \22shape\22: [1], \22type\22: \22f32\22}], \22outputs\22: [{\22name\22: \22y\22, \22shape\22: [1], \22type\22: \22f32\22}]}\00")
llvm.func @inc_run(%inputs: !llvm.ptr, %outputs: !llvm.ptr, %arena: !llvm.ptr) {
  %x_address = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
  %y_address = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
  %x = llvm.load %x_address : !llvm.ptr -> f32
  llvm.store %x, %arena : f32, !llvm.ptr
  %kept = llvm.load %arena : !llvm.ptr -> f32
  %one = llvm.mlir.constant(1.0 : f32) : f32
  %y = llvm.fadd %kept, %one : f32
  llvm.store %y, %y_address : f32, !llvm.ptr
  llvm.return
})";

/// Hands its input to the observer, then copies it.
static constexpr llvm::StringLiteral kObserved = R"(
llvm.func @quantc_observe(!llvm.ptr, i64, !llvm.ptr, i64)
llvm.func @obs_run(%inputs: !llvm.ptr, %outputs: !llvm.ptr, %arena: !llvm.ptr, %context: !llvm.ptr) {
  %x_address = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
  %y_address = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
  %index = llvm.mlir.constant(3 : i64) : i64
  %count = llvm.mlir.constant(1 : i64) : i64
  llvm.call @quantc_observe(%context, %index, %x_address, %count) : (!llvm.ptr, i64, !llvm.ptr, i64) -> ()
  %x = llvm.load %x_address : !llvm.ptr -> f32
  llvm.store %x, %y_address : f32, !llvm.ptr
  llvm.return
})";

namespace {
class JitModelTest : public testing::Test {
protected:
  JitModelTest() { context.loadDialect<mlir::LLVM::LLVMDialect>(); }

  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef source) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
    EXPECT_TRUE(module);
    return module;
  }

  static ModelSignature makeSignature(llvm::StringRef name) {
    ModelSignature signature;
    signature.name = name.str();
    signature.runSymbol = (name + "_run").str();
    signature.inputs = {{"x", {1}}};
    signature.outputs = {{"y", {1}}};
    return signature;
  }

  mlir::MLIRContext context;
};
} // namespace

static float runOnce(const CompiledModel &model, float value) {
  Invocation invocation = valueOf(Invocation::create(model));
  *static_cast<float *>(invocation.getInputs()[0]) = value;
  EXPECT_EQ(messageOf(invocation.run()), "success");
  return *static_cast<float *>(invocation.getOutputs()[0]);
}

TEST_F(JitModelTest, every_optimization_level) {
  auto module = parse(kIncrement);
  for (unsigned level : {0, 1, 2, 3}) {
    JitOptions options;
    options.optLevel = level;
    auto model = valueOf(JitModel::create(*module, "inc", options));
    EXPECT_EQ(model->getSignature().arenaSize, 64u);
    EXPECT_TRUE(model->isThreadSafe());
    EXPECT_EQ(runOnce(*model, 41), 42);
  }
}

TEST_F(JitModelTest, the_module_may_go_away) {
  std::unique_ptr<CompiledModel> model;
  {
    auto module = parse(kIncrement);
    model = valueOf(JitModel::create(*module, "inc"));
  }
  EXPECT_EQ(runOnce(*model, -1), 0);
}

TEST_F(JitModelTest, a_signature_from_outside_and_another_cpu) {
  auto module = parse(kIncrement);
  JitOptions options;
  options.cpu = "generic";
  ModelSignature signature = makeSignature("inc");
  signature.arenaSize = 4;
  auto model = valueOf(JitModel::create(*module, signature, options));
  EXPECT_EQ(runOnce(*model, 2), 3);
}

TEST_F(JitModelTest, callbacks_get_the_context) {
  struct Seen {
    int64_t index = 0;
    float value = 0;
  } seen;
  auto observe =
      +[](void *context, int64_t index, const float *data, int64_t count) {
        EXPECT_EQ(count, 1);
        *static_cast<Seen *>(context) = {index, *data};
      };
  auto module = parse(kObserved);
  JitOptions options;
  options.symbols = {{"quantc_observe", reinterpret_cast<void *>(observe)}};
  options.context = &seen;
  auto model =
      valueOf(JitModel::create(*module, makeSignature("obs"), options));
  EXPECT_FALSE(model->isThreadSafe());
  EXPECT_EQ(runOnce(*model, 2.5f), 2.5f);
  EXPECT_EQ(seen.index, 3);
  EXPECT_EQ(seen.value, 2.5f);
}

TEST_F(JitModelTest, what_is_missing_is_named) {
  auto module = parse(kIncrement);
  EXPECT_THAT(messageOf(JitModel::create(*module, "other")),
              HasSubstr("other_descriptor"));
  EXPECT_THAT(messageOf(JitModel::create(*module, makeSignature("other"))),
              HasSubstr("'other_run' has no code"));
  // A callback that nobody hands in.
  auto observed = parse(kObserved);
  EXPECT_THAT(messageOf(JitModel::create(*observed, makeSignature("obs"))),
              HasSubstr("'obs_run' has no code"));
}
