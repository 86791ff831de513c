// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pipeline and the memref descriptors that its functions take.
#include "PlainJit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace quantc::test {

static constexpr llvm::StringLiteral kPipeline =
    "one-shot-bufferize{bufferize-function-boundaries"
    " function-boundary-type-conversion=identity-layout-map},"
    "buffer-results-to-out-params{modify-public-functions=true},"
    "func.func(convert-linalg-to-loops),"
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,"
    "convert-math-to-llvm,convert-arith-to-llvm,finalize-memref-to-llvm,"
    "convert-func-to-llvm,convert-cf-to-llvm,reconcile-unrealized-casts";

llvm::Expected<PlainJit> PlainJit::create(ModuleOp module) {
  PlainJit jit;
  auto function = module.lookupSymbol<func::FuncOp>("main");
  for (Type type : llvm::concat<const Type>(function.getArgumentTypes(),
                                            function.getResultTypes()))
    jit.shapes.push_back(
        llvm::to_vector(cast<RankedTensorType>(type).getShape()));
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                    UnitAttr::get(module.getContext()));

  PassManager manager(module.getContext());
  if (failed(parsePassPipeline(kPipeline, manager)) ||
      failed(manager.run(module)))
    return llvm::createStringError("the plain lowering failed");
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  ExecutionEngineOptions options;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::None;
  llvm::Expected<std::unique_ptr<ExecutionEngine>> engine =
      ExecutionEngine::create(module, options);
  if (!engine)
    return engine.takeError();
  jit.engine = std::move(*engine);
  // What upstream's lowering calls for copies between strided buffers.
  jit.engine->registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
    symbols[intern("memrefCopy")] = {
        llvm::orc::ExecutorAddr::fromPtr(&memrefCopy),
        llvm::JITSymbolFlags::Exported};
    return symbols;
  });
  return jit;
}

/// base, aligned, offset, sizes, strides: the layout of a ranked memref.
static std::vector<int64_t> makeDescriptor(const void *data,
                                           ArrayRef<int64_t> shape) {
  auto address = static_cast<int64_t>(reinterpret_cast<intptr_t>(data));
  std::vector<int64_t> descriptor{address, address, 0};
  descriptor.insert(descriptor.end(), shape.begin(), shape.end());
  int64_t stride = 1;
  std::vector<int64_t> strides;
  for (int64_t size : llvm::reverse(shape)) {
    strides.insert(strides.begin(), stride);
    stride *= size;
  }
  descriptor.insert(descriptor.end(), strides.begin(), strides.end());
  return descriptor;
}

llvm::Error PlainJit::run(ArrayRef<const void *> inputs,
                          ArrayRef<void *> outputs) {
  std::vector<std::vector<int64_t>> descriptors;
  for (auto [data, shape] : llvm::zip_first(inputs, shapes))
    descriptors.push_back(makeDescriptor(data, shape));
  for (auto [data, shape] :
       llvm::zip_equal(outputs, ArrayRef(shapes).drop_front(inputs.size())))
    descriptors.push_back(makeDescriptor(data, shape));
  std::vector<void *> pointers;
  for (std::vector<int64_t> &descriptor : descriptors)
    pointers.push_back(descriptor.data());
  SmallVector<void *> packed;
  for (void *&pointer : pointers)
    packed.push_back(&pointer);
  return engine->invokePacked("_mlir_ciface_main", packed);
}

} // namespace quantc::test
