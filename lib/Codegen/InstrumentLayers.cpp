// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cuts the entry function between layers. What a layer is, is decided by the
// locations of the operations in its block; how time is read, and what is done
// with it, stays with the host.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"

#include "EntryFunction.h"
#include "LayerNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_INSTRUMENTLAYERSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// Neighbouring operations of the entry block that compute one layer.
struct Segment {
  SmallVector<Operation *> ops;
  unsigned layer = 0;
};

struct Layer {
  SmallVector<std::string> names;
  SmallVector<Operation *> ops;
};

bool isSubset(ArrayRef<std::string> part, ArrayRef<std::string> whole) {
  return llvm::all_of(part, [&](const std::string &name) {
    return llvm::is_contained(whole, name);
  });
}

int64_t getSizeInBytes(MemRefType type) {
  if (!type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return 0;
  unsigned bits = type.getElementType().getIntOrFloatBitWidth();
  return type.getNumElements() * llvm::divideCeil(bits, 8);
}

/// The buffer behind views: a place in the arena, a constant or an argument.
Value findBuffer(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>()) {
    if (isa<memref::ViewOp>(view))
      break;
    value = view.getViewSource();
  }
  return value;
}

/// The layers of one function.
class LayerCut {
public:
  explicit LayerCut(func::FuncOp function) {
    findSegments(function.getBody().front());
    assignLayers();
  }

  ArrayRef<Segment> getSegments() const { return segments; }
  ArrayRef<Layer> getLayers() const { return layers; }

private:
  /// Only what has effects takes time of its own: constants and views are
  /// addresses, and values without effects belong to whom they are for.
  void findSegments(Block &block) {
    SmallVector<std::string> last;
    for (Operation &op : block.without_terminator()) {
      if (isMemoryEffectFree(&op))
        continue;
      SmallVector<std::string> names = getLayerNames(op.getLoc());
      if (segments.empty() || names != last)
        segments.emplace_back();
      segments.back().ops.push_back(&op);
      last = std::move(names);
    }
  }

  /// A segment with a part of another one's names (the border of a padded
  /// image, say) is counted there.
  void assignLayers() {
    for (const Segment &segment : segments)
      addLayer(getLayerNames(segment.ops.front()->getLoc()));
    for (Segment &segment : segments) {
      segment.layer = findLayer(segment);
      llvm::append_range(layers[segment.layer].ops, segment.ops);
    }
    sortLayers();
  }

  unsigned findLayer(const Segment &segment) const {
    auto names = getLayerNames(segment.ops.front()->getLoc());
    for (auto [index, layer] : llvm::enumerate(layers))
      if (isSubset(names, layer.names) && names.empty() == layer.names.empty())
        return index;
    llvm_unreachable("every segment has added its layer");
  }

  /// In the order in which they end: what is prepared for a layer early (a
  /// border) does not move it to the front.
  void sortLayers() {
    SmallVector<unsigned> last(layers.size()), order, place(layers.size());
    for (auto [index, segment] : llvm::enumerate(segments))
      last[segment.layer] = index;
    llvm::append_range(order, llvm::seq<unsigned>(0, layers.size()));
    llvm::sort(order,
               [&](unsigned a, unsigned b) { return last[a] < last[b]; });
    SmallVector<Layer> sorted;
    for (auto [index, layer] : llvm::enumerate(order)) {
      place[layer] = index;
      sorted.push_back(std::move(layers[layer]));
    }
    layers = std::move(sorted);
    for (Segment &segment : segments)
      segment.layer = place[segment.layer];
  }

  void addLayer(SmallVector<std::string> names) {
    for (const Layer &layer : layers)
      if (isSubset(names, layer.names) && names.empty() == layer.names.empty())
        return;
    auto covered = [&](const Layer &layer) {
      return !layer.names.empty() && isSubset(layer.names, names);
    };
    auto *first = llvm::find_if(layers, covered);
    if (first == layers.end()) {
      layers.push_back({std::move(names), {}});
      return;
    }
    first->names = names;
    layers.erase(std::remove_if(first + 1, layers.end(), covered),
                 layers.end());
  }

  SmallVector<Segment> segments;
  SmallVector<Layer> layers;
};

/// Bytes of the distinct buffers that `layer` reads or writes; of a buffer
/// that is used through views no more than these see.
int64_t countBytes(const Layer &layer, ModuleOp module) {
  llvm::MapVector<Value, llvm::SmallSetVector<Value, 4>> buffers;
  int64_t bytes = 0;
  for (Operation *op : layer.ops) {
    op->walk([&, op = op](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (isa<MemRefType>(operand.getType()) &&
            !op->isAncestor(operand.getParentBlock()->getParentOp()))
          buffers[findBuffer(operand)].insert(operand);
      if (auto global = dyn_cast<memref::GetGlobalOp>(inner))
        bytes += getSizeInBytes(global.getType());
    });
    if (auto call = dyn_cast<func::CallOp>(op))
      if (auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee()))
        callee.walk([&](memref::GetGlobalOp global) {
          bytes += getSizeInBytes(global.getType());
        });
  }
  for (auto &[buffer, views] : buffers) {
    int64_t seen = 0;
    for (Value view : views)
      seen += getSizeInBytes(cast<MemRefType>(view.getType()));
    bytes += std::min(seen, getSizeInBytes(cast<MemRefType>(buffer.getType())));
  }
  return bytes;
}

struct InstrumentLayersPass
    : public impl::InstrumentLayersPassBase<InstrumentLayersPass> {
  void runOnOperation() override {
    FailureOr<func::FuncOp> entry = findEntryOfOneBlock(getOperation());
    if (failed(entry))
      return signalPassFailure();
    func::FuncOp function = *entry;
    FailureOr<ModelInterface> interface = readInterface(getOperation());
    if (failed(interface))
      return signalPassFailure();
    if (interface->hasContext) {
      function->emitOpError() << "has a context already: a model with "
                                 "observers cannot be profiled";
      return signalPassFailure();
    }
    LayerCut cut(function);
    interface->profile = describe(cut, function);
    interface->hasContext = true;
    if (failed(insertCalls(cut, function, interface->inputs.size())))
      return signalPassFailure();
    recordInterface(getOperation(), *interface);
  }

private:
  ModelProfile describe(const LayerCut &cut, func::FuncOp function) {
    ModelProfile profile;
    auto macs = function->getAttrOfType<DictionaryAttr>(kMacsAttrName);
    for (const Layer &layer : cut.getLayers()) {
      LayerWork work;
      work.name = joinLayerNames(layer.names);
      work.bytes = countBytes(layer, getOperation());
      for (const std::string &name : layer.names)
        if (auto entry = macs ? macs.getAs<ArrayAttr>(name) : ArrayAttr())
          addMacs(entry, work);
      profile.layers.push_back(std::move(work));
    }
    for (const Segment &segment : cut.getSegments())
      profile.segments.push_back(segment.layer);
    function->removeAttr(kMacsAttrName);
    return profile;
  }

  static void addMacs(ArrayAttr entry, LayerWork &work) {
    work.macs += cast<IntegerAttr>(entry[0]).getInt();
    work.isFloat |= isa<FloatType>(cast<TypeAttr>(entry[1]).getValue());
  }

  /// `callback(context, i)` in front of segment i, and behind the last one.
  LogicalResult insertCalls(const LayerCut &cut, func::FuncOp function,
                            unsigned contextIndex) {
    OpBuilder b(&getContext());
    Type pointer = LLVM::LLVMPointerType::get(&getContext());
    NamedAttribute marker(kContextAttrName, b.getUnitAttr());
    if (failed(function.insertArgument(contextIndex, pointer,
                                       b.getDictionaryAttr(marker),
                                       function.getLoc())))
      return function.emitOpError() << "takes no argument for the callback";
    Value context = function.getArgument(contextIndex);
    Block &body = function.getBody().front();
    b.setInsertionPointToStart(&body);
    Value callback =
        LLVM::LoadOp::create(b, function.getLoc(), pointer, context);
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(&getContext()), {pointer, b.getI64Type()});
    auto call = [&](Operation *before, int64_t index) {
      b.setInsertionPoint(before);
      Location loc = before->getLoc();
      Value number = LLVM::ConstantOp::create(b, loc, b.getI64Type(), index);
      LLVM::CallOp::create(b, loc, type, ValueRange{callback, context, number});
    };
    for (auto [index, segment] : llvm::enumerate(cut.getSegments()))
      call(segment.ops.front(), index);
    call(body.getTerminator(), cut.getSegments().size());
    return success();
  }
};

} // namespace
} // namespace quantc::codegen
