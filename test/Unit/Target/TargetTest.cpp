// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a target option means, and what is said of one that means nothing.
#include "quantc/Target/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <gtest/gtest.h>

using quantc::target::Target;
using quantc::target::TargetOptions;

namespace {

constexpr const char *kX86 = "x86_64-unknown-linux-gnu";
constexpr const char *kArm = "aarch64-unknown-linux-gnu";

TargetOptions makeOptions(std::string triple, std::string cpu = "",
                          std::string features = "") {
  TargetOptions options;
  options.triple = std::move(triple);
  options.cpu = std::move(cpu);
  options.features = std::move(features);
  return options;
}

std::string getError(const TargetOptions &options) {
  llvm::Expected<Target> target = Target::create(options);
  return target ? std::string() : llvm::toString(target.takeError());
}

unsigned getVectorBits(const TargetOptions &options) {
  llvm::Expected<Target> target = Target::create(options);
  if (target)
    return target->getISA().vectorBits;
  ADD_FAILURE() << llvm::toString(target.takeError());
  return 0;
}

TEST(Target, VectorWidthFollowsTheOptionsNotTheHost) {
  EXPECT_EQ(getVectorBits(makeOptions(kX86)), 128u);
  EXPECT_EQ(getVectorBits(makeOptions(kX86, "x86-64-v3")), 256u);
  EXPECT_EQ(getVectorBits(makeOptions(kX86, "x86-64-v4")), 512u);
  EXPECT_EQ(getVectorBits(makeOptions(kX86, "x86-64-v4", "-avx512f")), 256u);
  EXPECT_EQ(getVectorBits(makeOptions(kX86, "x86-64", "+avx2")), 256u);
  EXPECT_EQ(getVectorBits(makeOptions(kArm, "cortex-a53")), 128u);
}

TEST(Target, UnknownNamesAreNamed) {
  EXPECT_EQ(getError(makeOptions("pdp11-dec-unix")),
            "unknown target 'pdp11-dec-unix'");
  EXPECT_EQ(getError(makeOptions(kX86, "z80")),
            "unknown CPU 'z80' for target 'x86_64-unknown-linux-gnu'");
  EXPECT_EQ(getError(makeOptions(kX86, "", "+warp")),
            "unknown feature 'warp' for target 'x86_64-unknown-linux-gnu'");
  EXPECT_EQ(getError(makeOptions(kX86, "", "avx2")),
            "the feature 'avx2' must begin with '+' or '-'");
}

TEST(Target, NativeIsThisMachineOnly) {
  EXPECT_EQ(getError(makeOptions("", "native")), "");
  EXPECT_EQ(getError(makeOptions("riscv64-unknown-linux-gnu", "native")),
            "the CPU 'native' needs the target of this machine, not "
            "'riscv64-unknown-linux-gnu'");
}

TEST(Target, ModuleRecordsTheTarget) {
  mlir::MLIRContext context;
  context.loadDialect<mlir::LLVM::LLVMDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  llvm::Expected<Target> target =
      Target::create(makeOptions(kArm, "cortex-a53", "+dotprod"));
  ASSERT_TRUE(bool(target));
  target->record(*module);
  auto get = [&](llvm::StringRef name) {
    auto attr = (*module)->getAttrOfType<mlir::StringAttr>(name);
    return attr ? attr.str() : std::string();
  };
  EXPECT_EQ(get("llvm.target_triple"), kArm);
  EXPECT_NE(get("llvm.data_layout"), "");
  EXPECT_EQ(get("qnn.cpu"), "cortex-a53");
  EXPECT_EQ(get("qnn.features"), "+dotprod");
}

} // namespace
