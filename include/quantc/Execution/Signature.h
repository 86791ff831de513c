// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compiled model tells about itself: the names, shapes, types and
// quantization of its inputs and outputs and the arena that it computes in.
// The descriptor is the JSON spelling of this, written by the compiler; here it
// is only read, and nothing in it is trusted.
#ifndef QUANTC_EXECUTION_SIGNATURE_H
#define QUANTC_EXECUTION_SIGNATURE_H

#include "quantc/Execution/ElementType.h"

#include "llvm/Support/Error.h"

#include <vector>

namespace quantc::exec {

/// real = scale * (stored - zeroPoint).
struct Quantization {
  double scale = 1.0;
  int64_t zeroPoint = 0;
};

/// One input or output. The shape is the model's own, with its batch axis.
struct TensorSpec {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  ElementType type = ElementType::F32;
  /// Set where the integers of this tensor stand for real numbers.
  std::optional<Quantization> quantization = std::nullopt;

  int64_t getElementCount() const;
  size_t getByteSize() const;
};

/// What one layer of a profiled model has to do in one run.
struct LayerWork {
  std::string name;
  /// Multiply-adds of the model's own loops, products with the zeros around an
  /// image among them; what a kernel fills its tiles up with is not.
  int64_t macs = 0;
  /// Whether these are of floats.
  bool isFloat = false;
  /// Bytes of the buffers (inputs, outputs, weights) that it touches.
  int64_t bytes = 0;
};

/// How a profiled model reports: in which order its layers run. A layer may
/// run in several segments.
struct ProfileSpec {
  std::vector<LayerWork> layers;
  /// For each segment the number of its layer.
  std::vector<int64_t> segments;
};

struct ModelSignature {
  std::string name;
  std::string runSymbol;
  /// What the code was compiled for; empty where it is not recorded.
  std::string targetTriple, cpu, features;
  std::vector<TensorSpec> inputs, outputs;
  uint64_t arenaSize = 0;
  uint64_t arenaAlignment = 64;
  /// The largest sum of the buffers that are alive together; 0 if unknown.
  uint64_t arenaLowerBound = 0;
  /// Threads that share one run.
  int64_t threads = 1;
  /// Whether the code needs the tile registers of AMX, which a process has to
  /// ask for.
  bool usesTiles = false;
  /// Set where the model reports each layer to its context.
  std::optional<ProfileSpec> profile = std::nullopt;
};

/// Refuses what no model can have: an empty or repeated name, an extent below
/// one, sizes beyond 2^40 bytes, a scale that is not a positive number, a zero
/// point outside the storage range, an alignment that is no power of two, a
/// profile with a layer that it does not name.
llvm::Error verifySignature(const ModelSignature &signature);

/// Reads and verifies a descriptor.
llvm::Expected<ModelSignature> parseDescriptor(llvm::StringRef json);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_SIGNATURE_H
