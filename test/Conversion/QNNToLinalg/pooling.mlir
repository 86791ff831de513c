// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

!s = !quant.uniform<i8:f32, 0.5:-3>
!u = !quant.uniform<u8:f32, 0.5:3>

// The least stored integer never wins.
// CHECK-LABEL: func @max_pool_signed
// CHECK: %[[LEAST:.+]] = arith.constant -128 : i8
// CHECK: tensor.yield %[[LEAST]]
// CHECK: linalg.pooling_nhwc_max {{{.*}}strides = dense<2>
func.func @max_pool_signed(%x: tensor<1x4x4x2x!s>) -> tensor<1x2x2x2x!s> {
  %r = qnn.max_pool_2d %x {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 1, 0, 1, 0>}
      : tensor<1x4x4x2x!s> -> tensor<1x2x2x2x!s>
  return %r : tensor<1x2x2x2x!s>
}

// CHECK-LABEL: func @max_pool_unsigned
// CHECK: linalg.pooling_nhwc_max_unsigned
func.func @max_pool_unsigned(%x: tensor<1x4x4x2x!u>) -> tensor<1x2x2x2x!u> {
  %r = qnn.max_pool_2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>} : tensor<1x4x4x2x!u> -> tensor<1x2x2x2x!u>
  return %r : tensor<1x2x2x2x!u>
}

// -----

!s = !quant.uniform<i8:f32, 0.5:-3>

// A full window: the sum starts at 2 * 2 * 3, the multiplier is a scalar.
// CHECK-LABEL: func @avg_pool
// CHECK: %[[START:.+]] = arith.constant 12 : i32
// CHECK: linalg.fill ins(%[[START]] : i32)
// CHECK: linalg.generic {{.*}}"reduction", "reduction"]}
// CHECK: linalg.generic {{.*}} ins(%{{.+}} : tensor<1x2x2x2xi32>)
func.func @avg_pool(%x: tensor<1x4x4x2x!s>) -> tensor<1x2x2x2x!s> {
  %r = qnn.avg_pool_2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>} : tensor<1x4x4x2x!s> -> tensor<1x2x2x2x!s>
  return %r : tensor<1x2x2x2x!s>
}

// -----

!s = !quant.uniform<i8:f32, 0.5:-3>

// Windows of 1, 2 and 4 elements: M = 1, 1/2, 1/4 differ in their shifts and
// with them in the zero point at that shift.
// CHECK: #[[$POSITION:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d2)>
// CHECK-LABEL: func @avg_pool_padded
// CHECK: %[[SHIFTS:.+]] = arith.constant dense<{{\[}}[1, 2], [2, 3]]> : tensor<2x2xi32>
// CHECK: %[[OFFSETS:.+]] = arith.constant dense<{{\[}}[-5, -10], [-10, -20]]> : tensor<2x2xi32>
// CHECK: linalg.generic {indexing_maps = [{{.+}}, #[[$POSITION]], #[[$POSITION]], {{.+}}]{{.*}} ins(%{{.+}}, %[[OFFSETS]], %[[SHIFTS]]
func.func @avg_pool_padded(%x: tensor<1x2x2x2x!s>) -> tensor<1x2x2x2x!s> {
  %r = qnn.avg_pool_2d %x {kernel = array<i64: 2, 2>, pad = array<i64: 1, 0, 1, 0>} : tensor<1x2x2x2x!s> -> tensor<1x2x2x2x!s>
  return %r : tensor<1x2x2x2x!s>
}
