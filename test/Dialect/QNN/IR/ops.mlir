// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every operation survives its own syntax, the generic syntax and bytecode,
// with every attribute given and with every attribute at its default. The first
// run also is the reader of the text that a user writes.
//
// RUN: quant-opt %s --verify-each | quant-opt | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s
// RUN: quant-opt %s --emit-bytecode | quant-opt | FileCheck %s

!q = !quant.uniform<i8:f32, 5.000000e-01:-3>
!r = !quant.uniform<i8:f32, 1.000000e+00:2>
!u = !quant.uniform<u8:f32, 5.000000e-01:128>
!w = !quant.uniform<i8<-127:127>:f32:0, {5.000000e-01, 2.500000e-01}>
!wd = !quant.uniform<i8<-127:127>:f32:2, {5.000000e-01, 2.500000e-01}>
!wt = !quant.uniform<i8<-127:127>:f32, 5.000000e-01>
!b = !quant.uniform<i32:f32:0, {2.500000e-01, 1.250000e-01}>
!bt = !quant.uniform<i32:f32, 2.500000e-01>
!p = !quant.uniform<i8:f32, 3.906250e-03:-128>
!pu = !quant.uniform<u8:f32, 3.906250e-03>

// CHECK-LABEL: func @observe
// CHECK: qnn.observe %{{.*}} "conv1" : tensor<2xf32>
func.func @observe(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.observe %x "conv1" : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func @constant
// CHECK: qnn.constant dense<[1, -2]> : tensor<2xi8> as tensor<2x!quant.uniform<i8<-127:127>:f32, 5.000000e-01>>
// CHECK: qnn.constant dense<[0, -1]> : tensor<2xi8> as tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.constant dense_resource<stored> : tensor<4xi8> as tensor<4x!quant.uniform<i8:f32, 5.000000e-01:-3>>
func.func @constant() -> (tensor<2x!wt>, tensor<2x!u>, tensor<4x!q>) {
  %0 = qnn.constant dense<[1, -2]> : tensor<2xi8> as tensor<2x!wt>
  %1 = qnn.constant dense<[0, 255]> : tensor<2xi8> as tensor<2x!u>
  %2 = qnn.constant dense_resource<stored> : tensor<4xi8> as tensor<4x!q>
  return %0, %1, %2 : tensor<2x!wt>, tensor<2x!u>, tensor<4x!q>
}

// CHECK-LABEL: func @quantize
// CHECK: qnn.quantize %{{.*}} : tensor<2x1xf32> -> tensor<2x1x!quant.uniform<i8:f32, 5.000000e-01:-3>>
// CHECK: qnn.quantize %{{.*}} {calibration = #qnn.calibration<method = "min-max", samples = 8, min = -1.500000e+00, max = 1.000000e+00>} : tensor<2x1xf32> -> tensor<2x1x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>
func.func @quantize(%x: tensor<2x1xf32>) -> (tensor<2x1x!q>, tensor<2x1x!w>) {
  %0 = qnn.quantize %x : tensor<2x1xf32> -> tensor<2x1x!q>
  %1 = qnn.quantize %x {calibration = #qnn.calibration<method = "min-max", samples = 8, min = -1.5, max = 1.0>}
      : tensor<2x1xf32> -> tensor<2x1x!w>
  return %0, %1 : tensor<2x1x!q>, tensor<2x1x!w>
}

// CHECK-LABEL: func @dequantize
// CHECK: qnn.dequantize %{{.*}} : tensor<2x!quant.uniform<i32:f32:0, {2.500000e-01,1.250000e-01}>> -> tensor<2xf32>
func.func @dequantize(%x: tensor<2x!b>) -> tensor<2xf32> {
  %0 = qnn.dequantize %x : tensor<2x!b> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func @requantize
// CHECK: qnn.requantize %{{.*}} : tensor<2x!quant.uniform<i8:f32, 5.000000e-01:-3>> -> tensor<2x!quant.uniform<i8:f32, 1.000000e+00:2>>
// CHECK: qnn.requantize %{{.*}} {clamp = array<i32: -5, 5>, rounding = #qnn.rounding<float_even>} : tensor<2x!quant.uniform<i32:f32:0, {2.500000e-01,1.250000e-01}>> -> tensor<2x!quant.uniform<i8:f32, 1.000000e+00:2>>
func.func @requantize(%x: tensor<2x!q>, %y: tensor<2x!b>) -> (tensor<2x!r>, tensor<2x!r>) {
  %0 = qnn.requantize %x {rounding = #qnn.rounding<single>} : tensor<2x!q> -> tensor<2x!r>
  %1 = qnn.requantize %y {rounding = #qnn.rounding<float_even>, clamp = array<i32: -5, 5>} : tensor<2x!b> -> tensor<2x!r>
  return %0, %1 : tensor<2x!r>, tensor<2x!r>
}

// CHECK-LABEL: func @conv_2d
// CHECK: qnn.conv_2d %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x5x5x4x{{.*}}>, tensor<2x3x3x4x{{.*}}>, tensor<2x{{.*}}>) -> tensor<1x3x3x2x{{.*}}>
// CHECK: qnn.conv_2d %{{.*}}, %{{.*}}, %{{.*}} {clamp = array<i32: 2, 8>, dilation = array<i64: 2, 1>, group = 2 : i64, pad = array<i64: 2, 2, 1, 0>, rounding = #qnn.rounding<double>, stride = array<i64: 1, 2>}
func.func @conv_2d(%x: tensor<1x5x5x4x!q>, %w: tensor<2x3x3x4x!w>, %wg: tensor<2x3x3x2x!wt>,
                   %b: tensor<2x!b>, %bt: tensor<2x!bt>) -> (tensor<1x3x3x2x!r>, tensor<1x5x2x2x!r>) {
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x5x5x4x!q>, tensor<2x3x3x4x!w>, tensor<2x!b>) -> tensor<1x3x3x2x!r>
  %1 = qnn.conv_2d %x, %wg, %bt {stride = array<i64: 1, 2>, pad = array<i64: 2, 2, 1, 0>,
      dilation = array<i64: 2, 1>, group = 2 : i64, rounding = #qnn.rounding<double>, clamp = array<i32: 2, 8>}
      : (tensor<1x5x5x4x!q>, tensor<2x3x3x2x!wt>, tensor<2x!bt>) -> tensor<1x5x2x2x!r>
  return %0, %1 : tensor<1x3x3x2x!r>, tensor<1x5x2x2x!r>
}

// One input channel gives two output channels: the multiplier is 2.
// CHECK-LABEL: func @depthwise_conv_2d
// CHECK: qnn.depthwise_conv_2d %{{.*}}, %{{.*}}, %{{.*}} {pad = array<i64: 1, 0, 1, 0>, stride = array<i64: 2, 2>}
func.func @depthwise_conv_2d(%x: tensor<1x8x8x1x!q>, %w: tensor<3x3x2x!wd>, %b: tensor<2x!b>) -> tensor<1x4x4x2x!r> {
  %0 = qnn.depthwise_conv_2d %x, %w, %b {stride = array<i64: 2, 2>, pad = array<i64: 1, 0, 1, 0>}
      : (tensor<1x8x8x1x!q>, tensor<3x3x2x!wd>, tensor<2x!b>) -> tensor<1x4x4x2x!r>
  return %0 : tensor<1x4x4x2x!r>
}

// CHECK-LABEL: func @fully_connected
// CHECK: qnn.fully_connected %{{.*}}, %{{.*}}, %{{.*}} {clamp = array<i32: 0, 127>}
func.func @fully_connected(%x: tensor<3x4x!q>, %w: tensor<2x4x!w>, %b: tensor<2x!b>) -> tensor<3x2x!r> {
  %0 = qnn.fully_connected %x, %w, %b {clamp = array<i32: 0, 127>}
      : (tensor<3x4x!q>, tensor<2x4x!w>, tensor<2x!b>) -> tensor<3x2x!r>
  return %0 : tensor<3x2x!r>
}

// Signed and unsigned storage may meet: the types say what the integers mean.
// CHECK-LABEL: func @elementwise
// CHECK: qnn.add %{{.*}}, %{{.*}} {clamp = array<i32: 2, 127>}
// CHECK: qnn.sub %{{.*}}, %{{.*}} : (tensor<2x3x{{.*}}>, tensor<1x3x{{.*}}>) -> tensor<2x3x{{.*}}>
// CHECK: qnn.mul %{{.*}}, %{{.*}} {rounding = #qnn.rounding<double>}
func.func @elementwise(%x: tensor<2x3x!q>, %y: tensor<1x3x!u>) -> tensor<2x3x!r> {
  %0 = qnn.add %x, %y {clamp = array<i32: 2, 127>} : (tensor<2x3x!q>, tensor<1x3x!u>) -> tensor<2x3x!q>
  %1 = qnn.sub %0, %y : (tensor<2x3x!q>, tensor<1x3x!u>) -> tensor<2x3x!q>
  %2 = qnn.mul %1, %x {rounding = #qnn.rounding<double>} : (tensor<2x3x!q>, tensor<2x3x!q>) -> tensor<2x3x!r>
  return %2 : tensor<2x3x!r>
}

// CHECK-LABEL: func @lookup
// CHECK: qnn.lookup %{{.*}}, dense<7> : tensor<256xi8> : tensor<2x{{.*}}> -> tensor<2x{{.*}}>
func.func @lookup(%x: tensor<2x!q>) -> tensor<2x!u> {
  %0 = qnn.lookup %x, dense<7> : tensor<256xi8> : tensor<2x!q> -> tensor<2x!u>
  return %0 : tensor<2x!u>
}

// CHECK-LABEL: func @softmax
// CHECK: qnn.softmax %{{.*}} {axis = 1 : i64} : tensor<1x10x!quant.uniform<i8:f32, 5.000000e-01:-3>> -> tensor<1x10x!quant.uniform<i8:f32, 3.906250e-03:-128>>
// CHECK: qnn.softmax %{{.*}} {axis = 0 : i64} : tensor<1x10x!quant.uniform<i8:f32, 5.000000e-01:-3>> -> tensor<1x10x!quant.uniform<u8:f32, 3.906250e-03>>
func.func @softmax(%x: tensor<1x10x!q>) -> (tensor<1x10x!p>, tensor<1x10x!pu>) {
  %0 = qnn.softmax %x {axis = 1 : i64} : tensor<1x10x!q> -> tensor<1x10x!p>
  %1 = qnn.softmax %x {axis = 0 : i64} : tensor<1x10x!q> -> tensor<1x10x!pu>
  return %0, %1 : tensor<1x10x!p>, tensor<1x10x!pu>
}

// CHECK-LABEL: func @matmul
// CHECK: qnn.matmul %{{.*}}, %{{.*}} : (tensor<2x3x4x{{.*}}>, tensor<2x4x5x{{.*}}>) -> tensor<2x3x5x{{.*}}>
// CHECK: qnn.matmul %{{.*}}, %{{.*}} {clamp = array<i32: 2, 100>, rounding = #qnn.rounding<double>}
func.func @matmul(%a: tensor<2x3x4x!q>, %b: tensor<2x4x5x!q>) -> (tensor<2x3x5x!r>, tensor<2x3x5x!r>) {
  %0 = qnn.matmul %a, %b : (tensor<2x3x4x!q>, tensor<2x4x5x!q>) -> tensor<2x3x5x!r>
  %1 = qnn.matmul %a, %b {clamp = array<i32: 2, 100>, rounding = #qnn.rounding<double>} : (tensor<2x3x4x!q>, tensor<2x4x5x!q>) -> tensor<2x3x5x!r>
  return %0, %1 : tensor<2x3x5x!r>, tensor<2x3x5x!r>
}

// CHECK-LABEL: func @layer_norm
// CHECK: qnn.float_layer_norm %{{.*}} {beta = dense<5.000000e-01> : tensor<2xf32>, epsilon = 0.000000e+00 : f32, gamma = dense<1.000000e+00> : tensor<2xf32>} : tensor<3x2xf32> -> tensor<3x2xf32>
// CHECK: qnn.layer_norm %{{.*}} {beta = dense<5.000000e-01> : tensor<2xf32>, epsilon = 9.99999974E-6 : f32, gamma = dense<1.000000e+00> : tensor<2xf32>} : tensor<3x2x{{.*}}> -> tensor<3x2x{{.*}}>
func.func @layer_norm(%x: tensor<3x2xf32>, %y: tensor<3x2x!q>) -> (tensor<3x2xf32>, tensor<3x2x!r>) {
  %0 = qnn.float_layer_norm %x {gamma = dense<1.0> : tensor<2xf32>, beta = dense<0.5> : tensor<2xf32>, epsilon = 0.0 : f32} : tensor<3x2xf32> -> tensor<3x2xf32>
  %1 = qnn.layer_norm %y {gamma = dense<1.0> : tensor<2xf32>, beta = dense<0.5> : tensor<2xf32>, epsilon = 1.0e-5 : f32} : tensor<3x2x!q> -> tensor<3x2x!r>
  return %0, %1 : tensor<3x2xf32>, tensor<3x2x!r>
}

// CHECK-LABEL: func @pooling
// CHECK: qnn.max_pool_2d %{{.*}} {kernel = array<i64: 3, 3>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>}
// CHECK: qnn.avg_pool_2d %{{.*}} {clamp = array<i32: 2, 100>, kernel = array<i64: 4, 4>, rounding = #qnn.rounding<float_even>}
func.func @pooling(%x: tensor<1x8x8x2x!q>) -> tensor<1x1x1x2x!r> {
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 1, 1, 1, 1>}
      : tensor<1x8x8x2x!q> -> tensor<1x4x4x2x!q>
  %1 = qnn.avg_pool_2d %0 {kernel = array<i64: 4, 4>, rounding = #qnn.rounding<float_even>, clamp = array<i32: 2, 100>}
      : tensor<1x4x4x2x!q> -> tensor<1x1x1x2x!r>
  return %1 : tensor<1x1x1x2x!r>
}

// CHECK-LABEL: func @movement
// CHECK: qnn.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<1x2x{{.*}}>, tensor<1x3x{{.*}}>) -> tensor<1x5x{{.*}}>
// CHECK: qnn.transpose %{{.*}} {permutation = array<i64: 1, 0>} : tensor<1x5x{{.*}}> -> tensor<5x1x{{.*}}>
// CHECK: qnn.pad %{{.*}} {high = array<i64: 1, 2>, low = array<i64: 0, 1>, value = -3 : i64} : tensor<5x1x{{.*}}> -> tensor<6x4x{{.*}}>
// CHECK: qnn.slice %{{.*}} {start = array<i64: 3, 1>} : tensor<6x4x{{.*}}> -> tensor<2x3x{{.*}}>
// CHECK: qnn.reshape %{{.*}} : tensor<2x3x{{.*}}> -> tensor<6x{{.*}}>
func.func @movement(%x: tensor<1x2x!q>, %y: tensor<1x3x!q>) -> tensor<6x!q> {
  %0 = qnn.concat %x, %y {axis = 1 : i64} : (tensor<1x2x!q>, tensor<1x3x!q>) -> tensor<1x5x!q>
  %1 = qnn.transpose %0 {permutation = array<i64: 1, 0>} : tensor<1x5x!q> -> tensor<5x1x!q>
  %2 = qnn.pad %1 {low = array<i64: 0, 1>, high = array<i64: 1, 2>, value = -3 : i64} : tensor<5x1x!q> -> tensor<6x4x!q>
  %3 = qnn.slice %2 {start = array<i64: 3, 1>} : tensor<6x4x!q> -> tensor<2x3x!q>
  %4 = qnn.reshape %3 : tensor<2x3x!q> -> tensor<6x!q>
  return %4 : tensor<6x!q>
}

{-#
  dialect_resources: {
    builtin: {
      stored: "0x0100000001020304"
    }
  }
#-}
