// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

!s = !quant.uniform<i8:f32, 0.5:-3>

// CHECK-LABEL: func @boundary
// CHECK: %[[T:.+]] = linalg.transpose ins(%{{.+}} : tensor<2x3xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[T]] : tensor<3x2xf32>) {{.*}} attrs = {qnn.boundary}
// CHECK: arith.divf
// CHECK: arith.cmpf uno
// CHECK: %[[SUM:.+]] = arith.addf %{{.+}}, %{{.+}} : f32
// CHECK-NEXT: %[[BITS:.+]] = arith.bitcast %[[SUM]] : f32 to i32
// CHECK-NEXT: arith.addi %[[BITS]], %{{.+}} : i32
// CHECK: arith.trunci %{{.+}} : i32 to i8
// CHECK: linalg.generic {{.*}} attrs = {qnn.boundary}
// CHECK: arith.sitofp
// CHECK: arith.mulf
func.func @boundary(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %t = linalg.transpose ins(%x : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %q = qnn.quantize %t : tensor<3x2xf32> -> tensor<3x2x!s>
  %r = qnn.dequantize %q : tensor<3x2x!s> -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}

// What stays float inside keeps its operation, and its casts carry no mark.
// CHECK-LABEL: func @float_inside
// CHECK: linalg.generic {{.*}} ins(%{{.+}} : tensor<4xi8>) outs(%{{.+}} : tensor<4xf32>) {
// CHECK: %[[S:.+]] = tosa.sigmoid
// CHECK: linalg.generic {{.*}} ins(%[[S]] : tensor<4xf32>) outs(%{{.+}} : tensor<4xi8>) {
func.func @float_inside(%x: tensor<4x!s>) -> tensor<4x!s> {
  %0 = qnn.dequantize %x : tensor<4x!s> -> tensor<4xf32>
  %1 = tosa.sigmoid %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!s>
  return %2 : tensor<4x!s>
}

// -----

!u = !quant.uniform<u8:f32, 0.25:7>
!n = !quant.uniform<u4:f32, 0.5:1>
!h = !quant.uniform<i16:f32, 0.5>

// Whatever the signature loses stands in the attributes. Small storage lives
// in bytes.
// CHECK: func @signature(
// CHECK-SAME: tensor<2xi8> {qnn.name = "image", qnn.scale = 2.500000e-01 : f64, qnn.unsigned, qnn.zero_point = 7 : i64}
// CHECK-SAME: tensor<2xi16> {qnn.scale = 5.000000e-01 : f64, qnn.zero_point = 0 : i64}
// CHECK-SAME: tensor<2xf32>)
// CHECK-SAME: -> (tensor<2xi8> {qnn.scale = 5.000000e-01 : f64, qnn.unsigned, qnn.zero_point = 1 : i64}, tensor<2xi8> {{{.*}}}, tensor<2xf32>)
// CHECK: %[[C:.+]] = arith.constant dense<[15, 3]> : tensor<2xi8>
// CHECK: return %[[C]]
func.func @signature(%x: tensor<2x!u> {qnn.name = "image"}, %y: tensor<2x!h>, %z: tensor<2xf32>)
    -> (tensor<2x!n>, tensor<2x!u>, tensor<2xf32>) {
  %c = qnn.constant dense<[15, 3]> : tensor<2xi4> as tensor<2x!n>
  return %c, %x, %z : tensor<2x!n>, tensor<2x!u>, tensor<2xf32>
}

// -----

// The observer of a float tensor is not the business of this pass.
// CHECK-LABEL: func @observe
// CHECK: qnn.observe
func.func @observe(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.observe %x "x" : tensor<2xf32>
  return %0 : tensor<2xf32>
}
