// Pooling and softmax.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.25>
!p = !quant.uniform<i8:f32, 0.00390625:-128>
!wide = !quant.uniform<i16:f32, 0.25>
!tenth = !quant.uniform<i8:f32, 0.1>

// CHECK-LABEL: func @max_pool
// CHECK: qnn.max_pool_2d %{{.+}} {kernel = array<i64: 2, 3>, pad = array<i64: 1, 0, 0, 1>, stride = array<i64: 1, 2>}
func.func @max_pool(%x: tensor<1x4x4x1x!q>) -> tensor<1x4x2x1x!q> {
  %0 = qnn.dequantize %x : tensor<1x4x4x1x!q> -> tensor<1x4x4x1xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 3>, stride = array<i64: 1, 2>, pad = array<i64: 1, 0, 0, 1>} : (tensor<1x4x4x1xf32>) -> tensor<1x4x2x1xf32>
  %2 = qnn.quantize %1 : tensor<1x4x2x1xf32> -> tensor<1x4x2x1x!q>
  return %2 : tensor<1x4x2x1x!q>
}

// An average has a scale of its own.
// CHECK-LABEL: func @avg_pool_relu
// CHECK: qnn.avg_pool_2d %{{.+}} {clamp = array<i32: 0, 127>, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>}
func.func @avg_pool_relu(%x: tensor<1x4x4x1x!q>) -> tensor<1x2x2x1x!r> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x4x4x1x!q> -> tensor<1x4x4x1xf32>
  %1 = tosa.avg_pool2d %0, %zp, %zp {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, acc_type = f32} : (tensor<1x4x4x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %2 = tosa.clamp %1 {min_val = 0.0 : f32, max_val = 3.4028235e38 : f32} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %3 = qnn.quantize %2 : tensor<1x2x2x1xf32> -> tensor<1x2x2x1x!r>
  return %3 : tensor<1x2x2x1x!r>
}

// CHECK-LABEL: func @softmax
// CHECK: qnn.softmax %{{.+}} {axis = 1 : i64}
// CHECK-NOT: tensor.empty
func.func @softmax(%x: tensor<2x4x!q>) -> tensor<2x4x!p> {
  %0 = qnn.dequantize %x : tensor<2x4x!q> -> tensor<2x4xf32>
  %1 = tensor.empty() : tensor<2x4xf32>
  %2 = linalg.softmax dimension(1) ins(%0 : tensor<2x4xf32>) outs(%1 : tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = qnn.quantize %2 : tensor<2x4xf32> -> tensor<2x4x!p>
  return %3 : tensor<2x4x!p>
}

// CHECK-LABEL: func @softmax_16_bit
// CHECK: qnn.softmax %{{.+}} {axis = 1 : i64}
// CHECK-NOT: linalg.softmax
func.func @softmax_16_bit(%x: tensor<2x4x!wide>) -> tensor<2x4x!p> {
  %0 = qnn.dequantize %x : tensor<2x4x!wide> -> tensor<2x4xf32>
  %1 = tensor.empty() : tensor<2x4xf32>
  %2 = linalg.softmax dimension(1) ins(%0 : tensor<2x4xf32>) outs(%1 : tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = qnn.quantize %2 : tensor<2x4xf32> -> tensor<2x4x!p>
  return %3 : tensor<2x4x!p>
}

// Probabilities at a scale that is no power of two, as imported models ask for.
// CHECK-LABEL: func @softmax_scale
// CHECK: %[[FINE:.+]] = qnn.softmax {{.*}} -> tensor<2x4x!quant.uniform<i16:f32, 1.52587890625E-5:-32768>>
// CHECK: qnn.requantize %[[FINE]]
// CHECK-NOT: linalg.softmax
func.func @softmax_scale(%x: tensor<2x4x!q>) -> tensor<2x4x!tenth> {
  %0 = qnn.dequantize %x : tensor<2x4x!q> -> tensor<2x4xf32>
  %1 = tensor.empty() : tensor<2x4xf32>
  %2 = linalg.softmax dimension(1) ins(%0 : tensor<2x4xf32>) outs(%1 : tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = qnn.quantize %2 : tensor<2x4xf32> -> tensor<2x4x!tenth>
  return %3 : tensor<2x4x!tenth>
}
