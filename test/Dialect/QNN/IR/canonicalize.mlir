// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes simpler, and what must stay because it is the quantization.
//
// RUN: quant-opt %s --canonicalize | FileCheck %s

!q = !quant.uniform<i8:f32, 5.000000e-01:-3>
!u = !quant.uniform<u8:f32, 5.000000e-01:128>
!r = !quant.uniform<i8:f32, 1.000000e+00:2>

// The pair rounds and saturates: deleting it would change the model.
// CHECK-LABEL: func @dequantize_of_quantize_stays
// CHECK: %[[Q:.*]] = qnn.quantize
// CHECK: %[[D:.*]] = qnn.dequantize %[[Q]]
// CHECK: return %[[D]]
func.func @dequantize_of_quantize_stays(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!q>
  %1 = qnn.dequantize %0 : tensor<2x!q> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// Folding this would turn 8-bit weights into floats.
// CHECK-LABEL: func @dequantize_of_constant_stays
// CHECK: qnn.constant
// CHECK: qnn.dequantize
func.func @dequantize_of_constant_stays() -> tensor<2xf32> {
  %0 = qnn.constant dense<[1, 2]> : tensor<2xi8> as tensor<2x!q>
  %1 = qnn.dequantize %0 : tensor<2x!q> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// Nobody uses the result of the second one, and equal ones are not merged:
// each reports to its observer.
// CHECK-LABEL: func @observe_stays
// CHECK: qnn.observe %{{.*}} "a"
// CHECK: qnn.observe %{{.*}} "a"
// CHECK: qnn.observe %{{.*}} "b"
func.func @observe_stays(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.observe %x "a" : tensor<2xf32>
  %1 = qnn.observe %x "a" : tensor<2xf32>
  %2 = qnn.observe %x "b" : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Two requantizations round twice.
// CHECK-LABEL: func @requantize_twice_stays
// CHECK-COUNT-2: qnn.requantize
func.func @requantize_twice_stays(%x: tensor<2x!q>) -> tensor<2x!q> {
  %0 = qnn.requantize %x : tensor<2x!q> -> tensor<2x!r>
  %1 = qnn.requantize %0 : tensor<2x!r> -> tensor<2x!q>
  return %1 : tensor<2x!q>
}

// Saturation clamps to the storage range anyway.
// CHECK-LABEL: func @full_clamp
// CHECK-NOT: clamp
// CHECK: return
func.func @full_clamp(%x: tensor<1x2x2x1x!q>, %w: tensor<1x1x1x1x!r>, %wd: tensor<1x1x1x!r>,
                      %b: tensor<1x!quant.uniform<i32:f32, 5.000000e-01>>, %wf: tensor<1x1x!r>) -> tensor<1x1x!u> {
  %0 = qnn.conv_2d %x, %w, %b {clamp = array<i32: -128, 127>}
      : (tensor<1x2x2x1x!q>, tensor<1x1x1x1x!r>, tensor<1x!quant.uniform<i32:f32, 5.000000e-01>>) -> tensor<1x2x2x1x!q>
  %1 = qnn.depthwise_conv_2d %0, %wd, %b {clamp = array<i32: -128, 127>}
      : (tensor<1x2x2x1x!q>, tensor<1x1x1x!r>, tensor<1x!quant.uniform<i32:f32, 5.000000e-01>>) -> tensor<1x2x2x1x!q>
  %2 = qnn.add %1, %x {clamp = array<i32: -128, 127>} : (tensor<1x2x2x1x!q>, tensor<1x2x2x1x!q>) -> tensor<1x2x2x1x!q>
  %3 = qnn.sub %2, %x {clamp = array<i32: -128, 127>} : (tensor<1x2x2x1x!q>, tensor<1x2x2x1x!q>) -> tensor<1x2x2x1x!q>
  %4 = qnn.mul %3, %x {clamp = array<i32: -128, 127>} : (tensor<1x2x2x1x!q>, tensor<1x2x2x1x!q>) -> tensor<1x2x2x1x!q>
  %5 = qnn.avg_pool_2d %4 {kernel = array<i64: 2, 2>, clamp = array<i32: -128, 127>} : tensor<1x2x2x1x!q> -> tensor<1x1x1x1x!q>
  %6 = qnn.reshape %5 : tensor<1x1x1x1x!q> -> tensor<1x1x!q>
  %7 = qnn.fully_connected %6, %wf, %b {clamp = array<i32: -128, 127>}
      : (tensor<1x1x!q>, tensor<1x1x!r>, tensor<1x!quant.uniform<i32:f32, 5.000000e-01>>) -> tensor<1x1x!q>
  %8 = qnn.requantize %7 {clamp = array<i32: 0, 255>} : tensor<1x1x!q> -> tensor<1x1x!u>
  return %8 : tensor<1x1x!u>
}

// A narrow storage range saturates where the type says, so -127 is its end.
// CHECK-LABEL: func @clamp_to_narrow_range
// CHECK-NOT: clamp
func.func @clamp_to_narrow_range(%x: tensor<2x!q>) -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> {
  %0 = qnn.requantize %x {clamp = array<i32: -127, 127>} : tensor<2x!q> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return %0 : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
}

// CHECK-LABEL: func @half_clamp_stays
// CHECK: clamp = array<i32: -3, 127>
func.func @half_clamp_stays(%x: tensor<2x!q>) -> tensor<2x!q> {
  %0 = qnn.add %x, %x {clamp = array<i32: -3, 127>} : (tensor<2x!q>, tensor<2x!q>) -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// Inner: everything is 5. Outer at 5 + 128 = 133, its table counts up from 0:
// the composed table is 133 everywhere, that is -123 as i8.
// CHECK-LABEL: func @lookup_of_lookup
// CHECK-SAME: %[[X:.*]]: tensor<3x
// CHECK-NEXT: qnn.lookup %[[X]], dense<-123> : tensor<256xi8>
// CHECK-NEXT: return
func.func @lookup_of_lookup(%x: tensor<3x!u>) -> tensor<3x!u> {
  %0 = qnn.lookup %x, dense<5> : tensor<256xi8> : tensor<3x!u> -> tensor<3x!q>
  %1 = qnn.lookup %0, dense<"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"> : tensor<256xi8>
      : tensor<3x!q> -> tensor<3x!u>
  return %1 : tensor<3x!u>
}

// The inner result is used elsewhere: composing would keep both lookups.
// CHECK-LABEL: func @lookup_of_shared_lookup
// CHECK-COUNT-2: qnn.lookup
func.func @lookup_of_shared_lookup(%x: tensor<3x!q>) -> (tensor<3x!q>, tensor<3x!q>) {
  %0 = qnn.lookup %x, dense<5> : tensor<256xi8> : tensor<3x!q> -> tensor<3x!q>
  %1 = qnn.lookup %0, dense<6> : tensor<256xi8> : tensor<3x!q> -> tensor<3x!q>
  return %0, %1 : tensor<3x!q>, tensor<3x!q>
}

// Only dimensions of size 1 move: NCHW and NHWC of one channel are one order.
// CHECK-LABEL: func @transpose_of_unit_dimensions
// CHECK: qnn.reshape %{{.*}} : tensor<1x1x28x28x{{.*}}> -> tensor<1x28x28x1x
func.func @transpose_of_unit_dimensions(%x: tensor<1x1x28x28x!q>) -> tensor<1x28x28x1x!q> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x1x28x28x!q> -> tensor<1x28x28x1x!q>
  return %0 : tensor<1x28x28x1x!q>
}

// Commutative operations take their constant on the right.
// CHECK-LABEL: func @constant_to_the_right
// CHECK-SAME: %[[X:.*]]: tensor<1x
// CHECK: %[[C:.*]] = qnn.constant
// CHECK: qnn.add %[[X]], %[[C]]
// CHECK: qnn.mul %{{.*}}, %[[C]]
// CHECK: qnn.sub %[[C]], %{{.*}}
func.func @constant_to_the_right(%x: tensor<1x!q>) -> tensor<1x!q> {
  %c = qnn.constant dense<1> : tensor<1xi8> as tensor<1x!u>
  %0 = qnn.add %c, %x : (tensor<1x!u>, tensor<1x!q>) -> tensor<1x!q>
  %1 = qnn.mul %c, %0 : (tensor<1x!u>, tensor<1x!q>) -> tensor<1x!q>
  %2 = qnn.sub %c, %1 : (tensor<1x!u>, tensor<1x!q>) -> tensor<1x!q>
  return %2 : tensor<1x!q>
}
