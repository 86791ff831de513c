// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The border to C: a run function that unpacks two arrays of pointers, and two
// constants that describe it. The header that declares them is written by
// QuantcTarget.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Codegen/X86/LowerTile.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_EXPORTCINTERFACEPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral kDescriptorSymbol = "quantc_model_descriptor";

struct ExportCInterfacePass
    : public impl::ExportCInterfacePassBase<ExportCInterfacePass> {
  using ExportCInterfacePassBase::ExportCInterfacePassBase;

  void runOnOperation() override {
    FailureOr<ModelInterface> interface = readInterface(getOperation());
    if (failed(interface))
      return signalPassFailure();
    auto entry =
        getOperation().lookupSymbol<LLVM::LLVMFuncOp>(interface->entry);
    size_t wanted = interface->inputs.size() + interface->outputs.size() +
                    interface->hasContext + /*arena=*/1;
    if (!entry || entry.getNumArguments() != wanted) {
      getOperation().emitError()
          << "expected the llvm.func '" << interface->entry << "' with "
          << wanted << " arguments; run --quantc-plan-memory and lower the "
          << "function to the LLVM dialect first";
      return signalPassFailure();
    }
    if (failed(verifyLowered()) || failed(hide(entry, interface->modelName)))
      return signalPassFailure();
    if (x86::usesTileRegisters(getOperation())) {
      interface->usesTiles = true;
      recordInterface(getOperation(), *interface);
    }
    defineRun(entry, *interface);
    defineConstants(*interface);
  }

private:
  /// Upstream's conversions leave what they do not know without a word.
  LogicalResult verifyLowered() {
    WalkResult result = getOperation().walk([](Operation *op) {
      if (isa<ModuleOp, LLVM::LLVMFuncOp>(op) ||
          isa<LLVM::LLVMDialect, omp::OpenMPDialect>(op->getDialect()) ||
          isa<UnrealizedConversionCastOp>(op))
        return WalkResult::advance();
      op->emitOpError() << "has no lowering to native code";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  /// From here on they stand in the descriptor. The translation to LLVM IR
  /// would warn about each.
  static void dropModelAttributes(LLVM::LLVMFuncOp entry, unsigned index) {
    DictionaryAttr attributes = entry.getArgAttrDict(index);
    for (NamedAttribute attribute :
         attributes ? attributes.getValue() : ArrayRef<NamedAttribute>())
      if (attribute.getName().strref().starts_with("qnn."))
        entry.removeArgAttr(index, attribute.getName());
  }

  LogicalResult hide(LLVM::LLVMFuncOp entry, StringRef modelName) {
    auto name = StringAttr::get(&getContext(), modelName + "_compute");
    if (failed(SymbolTable(getOperation()).rename(entry, name)))
      return entry.emitOpError() << "cannot be renamed to " << name;
    entry.setLinkage(LLVM::Linkage::Internal);
    // The run function stays small and the kernels keep their name in profiles.
    entry.setNoInline(true);
    auto unit = UnitAttr::get(&getContext());
    for (unsigned i = 0, e = entry.getNumArguments(); i < e; ++i) {
      dropModelAttributes(entry, i);
      entry.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), unit);
    }
    auto alignment =
        IntegerAttr::get(IntegerType::get(&getContext(), 64), kArenaAlignment);
    entry.setArgAttr(entry.getNumArguments() - 1,
                     LLVM::LLVMDialect::getAlignAttrName(), alignment);
    return success();
  }

  void defineRun(LLVM::LLVMFuncOp entry, const ModelInterface &interface) {
    auto b = OpBuilder::atBlockEnd(getOperation().getBody());
    Location loc = entry.getLoc();
    Type pointer = LLVM::LLVMPointerType::get(&getContext());
    SmallVector<Type> types(interface.hasContext ? 4 : 3, pointer);
    auto run = LLVM::LLVMFuncOp::create(
        b, loc, interface.modelName + "_run",
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                    types));
    Block *block = run.addEntryBlock(b);
    b.setInsertionPointToStart(block);
    auto load = [&](Value array, int64_t index) -> Value {
      Value slot = LLVM::GEPOp::create(b, loc, pointer, pointer, array,
                                       ArrayRef<LLVM::GEPArg>{int32_t(index)});
      return LLVM::LoadOp::create(b, loc, pointer, slot);
    };
    SmallVector<Value> arguments;
    for (size_t i = 0, e = interface.inputs.size(); i < e; ++i)
      arguments.push_back(load(block->getArgument(0), i));
    if (interface.hasContext)
      arguments.push_back(block->getArgument(3));
    for (size_t i = 0, e = interface.outputs.size(); i < e; ++i)
      arguments.push_back(load(block->getArgument(1), i));
    arguments.push_back(block->getArgument(2));
    LLVM::CallOp::create(b, loc, entry, arguments);
    LLVM::ReturnOp::create(b, loc, ValueRange());
  }

  void defineConstants(const ModelInterface &interface) {
    auto b = OpBuilder::atBlockEnd(getOperation().getBody());
    auto define = [&](const Twine &name, Type type, Attribute value) {
      LLVM::GlobalOp::create(b, getOperation().getLoc(), type,
                             /*isConstant=*/true, LLVM::Linkage::External,
                             name.str(), value);
    };
    define(interface.modelName + "_arena_size", b.getI64Type(),
           b.getI64IntegerAttr(interface.arenaSize));
    std::string text = buildDescriptor(getOperation(), interface);
    text.push_back('\0');
    auto type = LLVM::LLVMArrayType::get(b.getI8Type(), text.size());
    define(interface.modelName + "_descriptor", type, b.getStringAttr(text));
    if (sharedLibrary)
      define(kDescriptorSymbol, type, b.getStringAttr(text));
  }
};

} // namespace
} // namespace quantc::codegen
