// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a caller must know of a compiled model: names, shapes, element types and
// quantization of its inputs and outputs, in order. It is recorded on the
// module while types still carry it and read by everything that faces a C
// caller: the descriptor, the header, the JIT.
#ifndef QUANTC_CODEGEN_MODELINTERFACE_H
#define QUANTC_CODEGEN_MODELINTERFACE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>

namespace quantc::codegen {

/// The module attribute that holds the interface.
inline constexpr llvm::StringLiteral kInterfaceAttrName = "qnn.interface";
/// The module attribute that holds the C identifier of the model.
inline constexpr llvm::StringLiteral kModelNameAttrName = "qnn.model_name";
/// The attribute of the entry function: bytes of arena that it needs.
inline constexpr llvm::StringLiteral kArenaSizeAttrName = "qnn.arena_size";
/// The unit attribute of the argument that is handed to observers.
inline constexpr llvm::StringLiteral kContextAttrName = "qnn.context";
/// The attribute of the entry function: multiply-adds by the name of a node,
/// each `[count, type of the sum]`.
inline constexpr llvm::StringLiteral kMacsAttrName = "qnn.macs";
/// Every buffer's place in the arena, and the arena itself, has this alignment.
inline constexpr int64_t kArenaAlignment = 64;

/// Affine quantization of a boundary tensor: real = scale * (q - zeroPoint).
struct BoundaryQuantization {
  double scale;
  int64_t zeroPoint;
};

/// One input or output.
struct BoundaryTensor {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  /// "f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64" or "u64".
  std::string type;
  std::optional<BoundaryQuantization> quantization;

  int64_t getNumElements() const;
  /// Bytes of one element.
  int64_t getElementSize() const;
};

/// What one layer of a profiled model has to do in one run.
struct LayerWork {
  /// Names of the nodes, joined by `+`.
  std::string name;
  /// Multiply-adds of the model's own loops, products with the zeros around an
  /// image among them; what a kernel fills its tiles up with is not.
  int64_t macs = 0;
  /// Whether these are of floats.
  bool isFloat = false;
  /// Bytes of the buffers (inputs, outputs, weights) that it touches.
  int64_t bytes = 0;
};

/// The cut of a profiled model. Its run function calls back between segments;
/// a layer may be computed in several of them.
struct ModelProfile {
  llvm::SmallVector<LayerWork> layers;
  /// For each segment, in the order of execution, the number of its layer.
  llvm::SmallVector<int64_t> segments;
};

/// The whole signature.
struct ModelInterface {
  std::string modelName;
  /// Symbol of the function that computes the model.
  std::string entry;
  llvm::SmallVector<BoundaryTensor> inputs;
  llvm::SmallVector<BoundaryTensor> outputs;
  uint64_t arenaSize = 0;
  /// Bytes that no plan can do without: the largest sum of buffers that are
  /// alive together.
  uint64_t arenaLowerBound = 0;
  /// Threads that share one run.
  unsigned threads = 1;
  /// Whether the code needs the tile registers of AMX, which a process has to
  /// ask its operating system for.
  bool usesTiles = false;
  /// The run function has the fourth argument `context`.
  bool hasContext = false;
  /// Set where the run function reports each layer to its context.
  std::optional<ModelProfile> profile = std::nullopt;
};

/// The one public function with a body, or null after an error on `module`.
mlir::FailureOr<mlir::Operation *> findEntryFunction(mlir::ModuleOp module);

/// Reads the signature of the (still tensor-typed) entry function.
mlir::FailureOr<ModelInterface> deriveInterface(mlir::ModuleOp module);

/// Stores `interface` in the module's attributes.
void recordInterface(mlir::ModuleOp module, const ModelInterface &interface);

/// Reads back what recordInterface stored; an error on `module` if there is
/// none.
mlir::FailureOr<ModelInterface> readInterface(mlir::ModuleOp module);

/// The descriptor of the C interface as JSON text (no trailing NUL). Reads the
/// target from the module's attributes where they are present.
std::string buildDescriptor(mlir::ModuleOp module,
                            const ModelInterface &interface);

} // namespace quantc::codegen

#endif // QUANTC_CODEGEN_MODELINTERFACE_H
