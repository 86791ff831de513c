// The first rule that matches decides, by name, kind and role.
//
// RUN: split-file %s %t
// RUN: quant-opt %t/model.mlir --qnn-apply-recipe=recipe=%t/recipe.yaml | FileCheck %t/model.mlir
// RUN: quant-opt %t/model.mlir --qnn-apply-recipe=recipe=%t/recipe.yaml --remarks-filter='qnn-recipe' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// REMARK-DAG: activation 'input' becomes u8, by {{.*}}recipe.yaml:14
// REMARK-DAG: stays in float, by {{.*}}recipe.yaml:4
// REMARK-DAG: activation 'relu' becomes i16, symmetric, method = "mse", by {{.*}}recipe.yaml:6
// REMARK-DAG: weight becomes i4, block = 2, symmetric, narrow, power_of_two, by {{.*}}recipe.yaml:11
//
// Where activations have no format, only weights and floats are decided.
// RUN: not quant-opt %t/model.mlir --qnn-apply-recipe="recipe=%t/recipe.yaml weights-only" -o /dev/null 2>&1 | FileCheck %s --check-prefix=ROLES
// ROLES: recipe.yaml:6:5: error: the rule is for activations, which have no format that is known beforehand in this mode
//
// The same through the stage of the quantize pipeline: with ranges.
// RUN: quant-opt %t/ranges.mlir --quantc-quantize=recipe=%t/small.yaml | FileCheck %t/ranges.mlir
//
// A rule behind one that takes everything from it.
// RUN: quant-opt %t/ranges.mlir --qnn-apply-recipe=recipe=%t/shadowed.yaml -o /dev/null 2>&1 | FileCheck %s --check-prefix=SHADOWED
// SHADOWED: shadowed.yaml:3:6: warning: the rule is never the first that matches; it changes nothing

//--- recipe.yaml
# Comments, flow mappings and quoted names are YAML's.
rules:
  # Both links of the chain stay, though only one is named.
  - {name: "{gate,door}/*", float: true}
  # The clamp is one layer with its convolution and answers for it.
  - op: tosa.conv2d
    role: activation
    bits: 16
    symmetric: true
    method: mse
  - {role: weight, bits: 4, granularity: block, block-size: 2, scale: power-of-two}
  - {name: sum, op: tosa.add, bits: 4}
  - {name: "other*", bits: 4}
  - {op: argument, signed: false}

//--- small.yaml
rules: [{bits: 4}]

//--- shadowed.yaml
rules:
  - {bits: 4}
  - {name: act, bits: 8}

//--- ranges.mlir
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<i4:f32
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<i4:f32
func.func @main(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>]} : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}

//--- model.mlir
// CHECK: func @main(%{{.+}}: tensor<1x3x3x2xf32> {qnn.name = "input", qnn.policy = #qnn.policy<u8>})
// CHECK: tosa.conv2d {{.*}}qnn.weight_policy = #qnn.policy<i4, block = 2, symmetric, narrow, power_of_two>
// CHECK: tosa.clamp {{.*}}qnn.policy = #qnn.policy<i16, symmetric, method = "mse">
// CHECK: tosa.sigmoid %{{.+}} {qnn.stays_float}
// CHECK: tosa.tanh %{{.+}} {qnn.stays_float}
// CHECK: tosa.add {{.*}}qnn.policy = #qnn.policy<i4>
// CHECK: tosa.add {{.*}}qnn.policy = #qnn.policy<i4>
func.func @main(%x: tensor<1x3x3x2xf32> {qnn.name = "input"}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32> loc("conv")
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> loc("relu")
  %2 = tosa.sigmoid %1 : (tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> loc("gate/sigmoid")
  %3 = tosa.tanh %2 : (tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> loc("squash")
  %4 = tosa.add %3, %x : (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> loc("sum")
  %5 = tosa.add %4, %x : (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> loc("other")
  return %5 : tensor<1x3x3x2xf32>
}
