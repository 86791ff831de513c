// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A recipe: rules of which the first that matches a tensor says how it is
// quantized. Reading it checks everything that can be known without a model;
// what the rules match is asked by the pass.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_RECIPE_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_RECIPE_H

#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/GlobPattern.h"

#include <optional>
#include <vector>

namespace quantc::qnn {

enum class TensorRole { Activation, Weight };

/// What a rule is asked about: one tensor of one layer, with all names and
/// operation kinds of the layer.
struct RecipeSubject {
  TensorRole role;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SmallVector<llvm::StringRef> kinds;
  /// Whether the layer may be kept in float; a function argument may not.
  bool isOperation;
};

struct RecipeRule {
  mlir::FileLineColLoc loc;
  /// What has to match; what is not given matches everything.
  std::optional<llvm::GlobPattern> name, kind;
  std::optional<TensorRole> role;
  /// What is set; what is not given is the default.
  bool staysFloat = false;
  std::optional<unsigned> bits;
  std::optional<Granularity> granularity;
  int64_t blockSize = 0;
  std::optional<bool> symmetric, narrow, isSigned;
  std::optional<ScaleKind> scale;
  std::string method;

  bool matches(const RecipeSubject &subject) const;
  TensorPolicy getPolicy(TensorRole role) const;
};

struct Recipe {
  std::vector<RecipeRule> rules;

  /// Reads the YAML file `path`. Errors stand at their line of the file, all of
  /// them in one run.
  static mlir::FailureOr<Recipe> read(llvm::StringRef path,
                                      mlir::MLIRContext *context);
};

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_RECIPE_H
