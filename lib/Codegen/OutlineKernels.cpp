// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loop nests that differ only in where they read and write. What makes two of
// them equal is decided by upstream's comparison of operations; what they may
// differ in, by what is captured from outside.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "BufferAccess.h"
#include "EntryFunction.h"
#include "LayerNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// Characters of the names of a kernel's nodes that its symbol keeps.
constexpr size_t kMaxNameLength = 48;

/// A value from outside that a nest uses is a constant of the function, or an
/// argument.
bool isConstant(Value value) { return matchPattern(value, m_Constant()); }

Attribute getConstant(Value value) {
  Attribute attribute;
  matchPattern(value, m_Constant(&attribute));
  return attribute;
}

/// Whether `nest` computes on tiles: the shapes of registers are a matter of a
/// whole function.
bool usesTiles(Operation *nest) {
  return nest->walk([](qvec::TileDotOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// Nests that one function computes. The first one is what others are compared
/// with; `captured` are the values from outside that it uses.
struct KernelClass {
  SmallVector<Value> captured;
  /// Each with its own values in the order of `captured`.
  SmallVector<std::pair<Operation *, SmallVector<Value>>> nests;
};

bool isInside(Operation *nest, Value value) {
  return nest->isAncestor(value.getParentBlock()->getParentOp());
}

/// Each use of a value from outside, in the order of the operations.
SmallVector<Value> getCapturedUses(Operation *nest) {
  SmallVector<Value> uses;
  nest->walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (!isInside(nest, operand))
        uses.push_back(operand);
  });
  return uses;
}

/// Whether the kernel of `first` can compute with `second` in its place.
bool canReplace(Value first, Value second) {
  if (first.getType() != second.getType())
    return false;
  if (isConstant(first) != isConstant(second))
    return false;
  // Sizes and addresses are what makes a kernel fast.
  return !first.getType().isIndex() ||
         (isConstant(first) && getConstant(first) == getConstant(second));
}

/// Whether two nests are equal in all that is inside them.
bool isEqualInside(Operation *first, Operation *second) {
  DenseMap<Value, Value> partners;
  auto check = [&](Value lhs, Value rhs) {
    bool inside = isInside(first, lhs);
    return success(inside == isInside(second, rhs) &&
                   (!inside || partners.lookup(lhs) == rhs));
  };
  auto mark = [&](Value lhs, Value rhs) { partners[lhs] = rhs; };
  return OperationEquivalence::isEquivalentTo(
      first, second, check, mark, OperationEquivalence::IgnoreLocations);
}

/// The values that `nest` uses in the order of `kernel.captured`; nothing if it
/// computes something else.
std::optional<SmallVector<Value>> match(const KernelClass &kernel,
                                        Operation *nest) {
  Operation *first = kernel.nests.front().first;
  if (!isEqualInside(first, nest))
    return std::nullopt;
  DenseMap<Value, Value> partners;
  for (auto [lhs, rhs] :
       llvm::zip_equal(getCapturedUses(first), getCapturedUses(nest)))
    if (!canReplace(lhs, rhs) ||
        partners.try_emplace(lhs, rhs).first->second != rhs)
      return std::nullopt;
  return llvm::map_to_vector(kernel.captured,
                             [&](Value value) { return partners.at(value); });
}

/// Everything that an address is computed from is known to be a multiple of 64
/// bytes, or is not.
bool isAligned(Value buffer) {
  while (Operation *op = buffer.getDefiningOp()) {
    if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
      auto symbol = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
          op, global.getNameAttr());
      return symbol && symbol.getAlignment().value_or(1) % kArenaAlignment == 0;
    }
    APInt shift;
    if (auto view = dyn_cast<memref::ViewOp>(op))
      return matchPattern(view.getByteShift(), m_ConstantInt(&shift)) &&
             shift.getSExtValue() % kArenaAlignment == 0;
    auto viewLike = dyn_cast<ViewLikeOpInterface>(op);
    if (!viewLike)
      return false;
    buffer = viewLike.getViewSource();
  }
  return false;
}

/// Whether the argument `index` shares no byte with another one.
bool isAlone(ArrayRef<Value> arguments, size_t index) {
  std::optional<BufferAccess> own = resolveBuffer(arguments[index]);
  if (!own)
    return true;
  own->isWrite = true;
  for (auto [other, value] : llvm::enumerate(arguments))
    if (other != index && isa<MemRefType>(value.getType()))
      if (auto access = resolveBuffer(value); access && conflict(*own, *access))
        return false;
  return true;
}

/// Makes the function of one class and calls it where its nests stand.
class Outliner {
public:
  Outliner(ModuleOp module, KernelClass &kernel)
      : symbols(module), kernel(kernel), rewriter(module.getContext()) {
    for (auto [index, value] : llvm::enumerate(kernel.captured))
      if (!isSame(index))
        parameters.push_back(index);
  }

  void run(func::FuncOp before) {
    rewriter.setInsertionPoint(before);
    Operation *first = kernel.nests.front().first;
    auto types = llvm::map_to_vector(
        getArguments(0), [](Value value) { return value.getType(); });
    auto function = func::FuncOp::create(rewriter, first->getLoc(),
                                         makeName(first->getLoc()),
                                         rewriter.getFunctionType(types, {}));
    function.setPrivate();
    function.setNoInline(true);
    function->setAttr(
        "llvm.linkage",
        LLVM::LinkageAttr::get(rewriter.getContext(), LLVM::Linkage::Internal));
    symbols.insert(function);
    addFacts(function);
    fillBody(function, first);
    for (auto [index, nest] : llvm::enumerate(kernel.nests)) {
      rewriter.setInsertionPoint(nest.first);
      func::CallOp::create(rewriter, nest.first->getLoc(), function,
                           getArguments(index));
      rewriter.eraseOp(nest.first);
    }
  }

private:
  /// Whether all nests use the same constant here; it moves into the function.
  bool isSame(size_t index) const {
    Value first = kernel.captured[index];
    bool isTable = first.getDefiningOp<memref::GetGlobalOp>() != nullptr;
    return llvm::all_of(kernel.nests, [&](const auto &nest) {
      Value other = nest.second[index];
      return isTable ? other == first
                     : isConstant(first) &&
                           getConstant(first) == getConstant(other);
    });
  }

  SmallVector<Value> getArguments(size_t nest) const {
    return llvm::map_to_vector(parameters, [&](size_t index) {
      return kernel.nests[nest].second[index];
    });
  }

  /// The names of the nodes that the first nest computes.
  std::string makeName(Location loc) const {
    std::string nodes = joinLayerNames(getLayerNames(loc));
    std::string name = "kernel_";
    for (char c : StringRef(nodes).take_front(kMaxNameLength))
      name += llvm::isAlnum(c) ? c : '_';
    return name;
  }

  /// What LLVM knew where the nests stood.
  void addFacts(func::FuncOp function) {
    SmallVector<SmallVector<Value>> calls;
    for (size_t i = 0; i < kernel.nests.size(); ++i)
      calls.push_back(getArguments(i));
    for (unsigned index = 0; index < function.getNumArguments(); ++index) {
      if (!isa<MemRefType>(function.getArgumentTypes()[index]))
        continue;
      if (llvm::all_of(calls, [&](ArrayRef<Value> call) {
            return isAlone(call, index);
          }))
        function.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(),
                            rewriter.getUnitAttr());
      if (llvm::all_of(calls, [&](ArrayRef<Value> call) {
            return isAligned(call[index]);
          }))
        function.setArgAttr(index, LLVM::LLVMDialect::getAlignAttrName(),
                            rewriter.getI64IntegerAttr(kArenaAlignment));
    }
  }

  void fillBody(func::FuncOp function, Operation *nest) {
    Block *body = function.addEntryBlock();
    rewriter.setInsertionPointToStart(body);
    IRMapping mapping;
    for (auto [argument, index] :
         llvm::zip_equal(body->getArguments(), parameters))
      mapping.map(kernel.captured[index], argument);
    for (Value value : kernel.captured)
      if (!mapping.contains(value))
        mapping.map(value,
                    rewriter.clone(*value.getDefiningOp())->getResult(0));
    rewriter.clone(*nest, mapping);
    func::ReturnOp::create(rewriter, nest->getLoc());
  }

  SymbolTable symbols;
  KernelClass &kernel;
  IRRewriter rewriter;
  /// Places in `kernel.captured` that become arguments.
  SmallVector<size_t> parameters;
};

struct OutlineKernelsPass
    : public impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  using OutlineKernelsPassBase::OutlineKernelsPassBase;

  void runOnOperation() override {
    FailureOr<func::FuncOp> entry = findEntryOfOneBlock(getOperation());
    if (failed(entry))
      return signalPassFailure();
    func::FuncOp function = *entry;
    collect(function.getBody().front());
    for (KernelClass &kernel : classes)
      if (kernel.nests.size() > 1 || usesTiles(kernel.nests.front().first))
        Outliner(getOperation(), kernel).run(function);
  }

private:
  void collect(Block &block) {
    for (Operation &op : block) {
      if (isa<omp::ParallelOp, omp::MaskedOp>(op))
        collect(op.getRegion(0).front());
      else if (isa<scf::ForOp, omp::WsloopOp>(op) && op.getNumResults() == 0)
        add(&op);
    }
  }

  void add(Operation *nest) {
    unsigned operations = 0;
    nest->walk([&](Operation *) { ++operations; });
    if (operations < minOperations && !usesTiles(nest))
      return;
    for (KernelClass &kernel : classes)
      if (auto values = match(kernel, nest)) {
        kernel.nests.push_back({nest, std::move(*values)});
        return;
      }
    KernelClass kernel;
    kernel.captured =
        llvm::SmallSetVector<Value, 16>(llvm::from_range, getCapturedUses(nest))
            .takeVector();
    kernel.nests.push_back({nest, kernel.captured});
    classes.push_back(std::move(kernel));
  }

  SmallVector<KernelClass> classes;
};

} // namespace
} // namespace quantc::codegen
