// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass that brings a policy from a file into the IR.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_RECIPEPASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_RECIPEPASSES

include "mlir/Pass/PassBase.td"

def ApplyRecipePass : Pass<"qnn-apply-recipe", "mlir::ModuleOp"> {
  let summary = "Say how tensors are quantized, by the rules of a file";
  let description = [{
    Reads the YAML recipe (docs/Recipes.md) and asks its rules about each value
    that could be quantized and each weight. The first rule that matches a
    tensor sets its policy: `qnn.policy` on the operation or argument that makes
    a value, `qnn.weight_policy` on the operation that reads a weight, or
    `qnn.stays_float`. A remark of category `qnn-recipe` stands at each.

    A layer is an operation together with the clamp that is fused into it, or a
    chain of elementwise operations: a rule matches it by the name or the kind of
    any of them. A function argument has the kind `argument`.

    With `weights-only`, for the modes in which no range is known beforehand,
    rules set the policies of weights and what stays in float.

    Stands before the calibrate stage where a rule names a method, since the
    range follows from it; otherwise anywhere before the quantize stage.

    *Refuses*, with the line of the file: what is no recipe, unknown keys, wrong
    values, keys that exclude each other, a rule that matches nothing, and a
    method for a range that another method has chosen; with `weights-only`, a rule
    for activations. *Warns* of a rule that is
    never the first.

    Before:
    ```mlir
    %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("gate")
    ```
    After, with the rule `{name: "gate", bits: 16, role: activation}`:
    ```mlir
    %0 = tosa.tanh %x {qnn.policy = #qnn.policy<i16>} : (tensor<4xf32>) -> tensor<4xf32> loc("gate")
    ```
  }];
  let options = [
    Option<"recipe", "recipe", "std::string", /*default=*/"\"\"",
           "Path of the recipe">,
    Option<"weightsOnly", "weights-only", "bool", /*default=*/"false",
           "Activations get no format: they stay floats, or find theirs while running">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_RECIPEPASSES
