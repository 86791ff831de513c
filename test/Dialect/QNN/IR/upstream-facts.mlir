// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What upstream's quant dialect does in LLVM 22 that keeps the qnn operations
// from building on its casts, and beside each fact what the qnn operation does.
// A fact that changes upstream fails here first.
//
// RUN: split-file %s %t
// RUN: quant-opt %t/cast-pair.mlir --canonicalize | FileCheck %t/cast-pair.mlir
// RUN: quant-opt %t/cast-arithmetic.mlir --lower-quant-ops --canonicalize | FileCheck %t/cast-arithmetic.mlir
// RUN: quant-opt %t/zero-point.mlir --split-input-file --verify-diagnostics | FileCheck %t/zero-point.mlir
// RUN: quant-opt %t/tosa-scales.mlir --split-input-file --verify-diagnostics | FileCheck %t/tosa-scales.mlir

//--- cast-pair.mlir
// Upstream takes a pair of casts for nothing: rounding and saturation are gone.
// CHECK-LABEL: func @upstream
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>
// CHECK-NEXT: return %[[X]]
func.func @upstream(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  %1 = quant.dcast %0 : tensor<2x!quant.uniform<i8:f32, 0.5:3>> to tensor<2xf32>
  return %1 : tensor<2xf32>
}

// CHECK-LABEL: func @qnn
// CHECK: qnn.quantize
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize
// CHECK-NEXT: return %[[D]]
func.func @qnn(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  %1 = qnn.dequantize %0 : tensor<2x!quant.uniform<i8:f32, 0.5:3>> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

//--- cast-arithmetic.mlir
// Upstream truncates (fptosi without a rounding before it) and does not saturate
// (no comparison; out of the range of i8 the result is poison).
// CHECK-LABEL: func @upstream
// CHECK: arith.divf
// CHECK-NOT: round
// CHECK-NOT: arith.{{min|max|cmp}}
// CHECK: arith.fptosi
func.func @upstream(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5:3>> {
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  return %0 : tensor<2x!quant.uniform<i8:f32, 0.5:3>>
}

// 0.9 / 0.5 + 3 = 4.8 is 5, not 4; 1000 saturates.
// CHECK-LABEL: func @qnn
// CHECK: qnn.constant dense<[5, 127]>
func.func @qnn() -> tensor<2x!quant.uniform<i8:f32, 0.5:3>> {
  %x = arith.constant dense<[0.9, 1000.0]> : tensor<2xf32>
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  return %0 : tensor<2x!quant.uniform<i8:f32, 0.5:3>>
}

//--- zero-point.mlir
// Upstream accepts a zero point that no i8 holds, and its lowering wraps it.
// CHECK-LABEL: func @upstream
// CHECK: quant.qcast %{{.*}} to tensor<2x!quant.uniform<i8:f32, 5.000000e-01:300>>
func.func @upstream(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5:300>> {
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5:300>>
  return %0 : tensor<2x!quant.uniform<i8:f32, 0.5:300>>
}

// -----

func.func @qnn(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5:300>> {
  // expected-error@+1 {{zero point 300 of '!quant.uniform<i8:f32, 5.000000e-01:300>' is outside its storage range [-128, 127]}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 0.5:300>>
  return %0 : tensor<2x!quant.uniform<i8:f32, 0.5:300>>
}

//--- tosa-scales.mlir
// A TOSA sum takes one element type, so tensors of two scales cannot meet in it.
func.func @upstream(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>, %y: tensor<2x!quant.uniform<i8:f32, 0.25>>) {
  // expected-error@+1 {{requires the same element type for all operands and results}}
  %0 = tosa.add %x, %y : (tensor<2x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.uniform<i8:f32, 0.25>>) -> tensor<2x!quant.uniform<i8:f32, 1.0>>
  return
}

// -----

// Here the sum is defined: both sides are brought to the result's scale.
// CHECK-LABEL: func @qnn
// CHECK: qnn.add
func.func @qnn(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>, %y: tensor<2x!quant.uniform<i8:f32, 0.25>>) {
  %0 = qnn.add %x, %y : (tensor<2x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.uniform<i8:f32, 0.25>>) -> tensor<2x!quant.uniform<i8:f32, 1.0>>
  return
}
