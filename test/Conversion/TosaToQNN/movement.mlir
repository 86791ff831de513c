// Operations that move or select stored integers keep scale and zero point.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.25>

// CHECK-LABEL: func @reshape
// CHECK: qnn.reshape %{{.+}} : tensor<2x3x{{.+}} -> tensor<6x
// CHECK-NOT: tosa.reshape
func.func @reshape(%x: tensor<2x3x!q>) -> tensor<6x!q> {
  %shape = tosa.const_shape {values = dense<[6]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %0 = qnn.dequantize %x : tensor<2x3x!q> -> tensor<2x3xf32>
  %1 = tosa.reshape %0, %shape : (tensor<2x3xf32>, !tosa.shape<1>) -> tensor<6xf32>
  %2 = qnn.quantize %1 : tensor<6xf32> -> tensor<6x!q>
  return %2 : tensor<6x!q>
}

// CHECK-LABEL: func @transpose
// CHECK: qnn.transpose %{{.+}} {permutation = array<i64: 2, 0, 1>}
func.func @transpose(%x: tensor<2x3x4x!q>) -> tensor<4x2x3x!q> {
  %0 = qnn.dequantize %x : tensor<2x3x4x!q> -> tensor<2x3x4xf32>
  %1 = tosa.transpose %0 {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %2 = qnn.quantize %1 : tensor<4x2x3xf32> -> tensor<4x2x3x!q>
  return %2 : tensor<4x2x3x!q>
}

// CHECK-LABEL: func @slice
// CHECK: qnn.slice %{{.+}} {start = array<i64: 1, 0>} : tensor<4x3x{{.+}} -> tensor<2x2x
func.func @slice(%x: tensor<4x3x!q>) -> tensor<2x2x!q> {
  %start = tosa.const_shape {values = dense<[1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %size = tosa.const_shape {values = dense<[2, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = qnn.dequantize %x : tensor<4x3x!q> -> tensor<4x3xf32>
  %1 = tosa.slice %0, %start, %size : (tensor<4x3xf32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<2x2xf32>
  %2 = qnn.quantize %1 : tensor<2x2xf32> -> tensor<2x2x!q>
  return %2 : tensor<2x2x!q>
}

// What stands around the tensor is stored too: 2.0 / 0.5 + 3 = 7.
// CHECK-LABEL: func @pad
// CHECK: qnn.pad %{{.+}} {high = array<i64: 0, 2>, low = array<i64: 1, 0>, value = 7 : i64}
func.func @pad(%x: tensor<2x3x!q>) -> tensor<3x5x!q> {
  %padding = tosa.const_shape {values = dense<[1, 0, 0, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %value = "tosa.const"() <{values = dense<2.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<2x3x!q> -> tensor<2x3xf32>
  %1 = tosa.pad %0, %padding, %value : (tensor<2x3xf32>, !tosa.shape<4>, tensor<1xf32>) -> tensor<3x5xf32>
  %2 = qnn.quantize %1 : tensor<3x5xf32> -> tensor<3x5x!q>
  return %2 : tensor<3x5x!q>
}

// CHECK-LABEL: func @concat
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x{{.+}}, %[[Y:.+]]: tensor<1x3x
// CHECK-NEXT: qnn.concat %[[X]], %[[Y]] {axis = 1 : i64}
func.func @concat(%x: tensor<1x2x!q>, %y: tensor<1x3x!q>) -> tensor<1x5x!q> {
  %0 = qnn.dequantize %x : tensor<1x2x!q> -> tensor<1x2xf32>
  %1 = qnn.dequantize %y : tensor<1x3x!q> -> tensor<1x3xf32>
  %2 = tosa.concat %0, %1 {axis = 1 : i32} : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  %3 = qnn.quantize %2 : tensor<1x5xf32> -> tensor<1x5x!q>
  return %3 : tensor<1x5x!q>
}

// Imported QDQ models need not agree on one scale: the operand that differs is
// requantized on its way in.
// CHECK-LABEL: func @concat_of_two_scales
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x{{.+}}, %[[Y:.+]]: tensor<1x3x
// CHECK-NEXT: %[[R:.+]] = qnn.requantize %[[Y]]
// CHECK-NEXT: qnn.concat %[[X]], %[[R]]
func.func @concat_of_two_scales(%x: tensor<1x2x!q>, %y: tensor<1x3x!r>) -> tensor<1x5x!q> {
  %0 = qnn.dequantize %x : tensor<1x2x!q> -> tensor<1x2xf32>
  %1 = qnn.dequantize %y : tensor<1x3x!r> -> tensor<1x3xf32>
  %2 = tosa.concat %0, %1 {axis = 1 : i32} : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  %3 = qnn.quantize %2 : tensor<1x5xf32> -> tensor<1x5x!q>
  return %3 : tensor<1x5x!q>
}

// A movement in front of the first quantize goes behind it, also two of them:
// bytes are moved, not floats, and only the cast touches the argument.
// CHECK-LABEL: func @movement_of_a_float
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xf32>)
// CHECK-NEXT: %[[Q:.+]] = qnn.quantize %[[X]]
// CHECK-NEXT: %[[T:.+]] = qnn.transpose %[[Q]]
// CHECK-NEXT: %[[R:.+]] = qnn.reshape %[[T]]
// CHECK-NEXT: return %[[R]]
func.func @movement_of_a_float(%x: tensor<2x3xf32>) -> tensor<6x!q> {
  %shape = tosa.const_shape {values = dense<[6]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %0 = tosa.transpose %x {perms = array<i32: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = tosa.reshape %0, %shape : (tensor<3x2xf32>, !tosa.shape<1>) -> tensor<6xf32>
  %2 = qnn.quantize %1 : tensor<6xf32> -> tensor<6x!q>
  return %2 : tensor<6x!q>
}

// A transpose that stands behind its quantize already moves stored integers.
// CHECK-LABEL: func @transpose_of_stored
// CHECK: qnn.transpose %{{.+}} {permutation = array<i64: 1, 0>}
// CHECK-NOT: tosa.transpose
func.func @transpose_of_stored(%x: tensor<2x3xf32>) -> tensor<3x2x!quant.uniform<i16:f32, 0.5>> {
  %0 = qnn.quantize %x : tensor<2x3xf32> -> tensor<2x3x!quant.uniform<i16:f32, 0.5>>
  %1 = tosa.transpose %0 {perms = array<i32: 1, 0>} : (tensor<2x3x!quant.uniform<i16:f32, 0.5>>) -> tensor<3x2x!quant.uniform<i16:f32, 0.5>>
  return %1 : tensor<3x2x!quant.uniform<i16:f32, 0.5>>
}
