// RUN: quant-opt %s --quantc-tosa-to-linalg-pipeline --quantc-codegen-pipeline | FileCheck %s

// Two convolutions with padding: the first writes into the interior of the
// padded input of the second, the second into the caller's memory. Nothing is
// copied but the caller's input into its frame, and nothing is allocated.

// CHECK: memref.global "private" constant {{.*}} : memref<3x3x4x8xf32>
// CHECK-LABEL: func.func @main
// CHECK-SAME: %{{.+}}: memref<1x6x6x4xf32>
// CHECK-SAME: %[[OUT:[a-z0-9]+]]: memref<1x6x6x8xf32>
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<{{[0-9]+}}xi8>
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: memref.view %[[ARENA]]{{.*}} to memref<1x8x8x4xf32>
// CHECK: %[[FRAME:.+]] = memref.view %[[ARENA]]{{.*}} to memref<1x8x8x8xf32>
// CHECK: memref.subview %[[FRAME]][0, 1, 1, 0]
// CHECK: vector.fma
// CHECK: vector.transfer_write {{.*}} %[[OUT]]
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK-NOT: linalg
func.func @main(%x: tensor<1x6x6x4xf32>) -> tensor<1x6x6x8xf32> {
  %w0 = "tosa.const"() {values = dense<0.5> : tensor<8x3x3x4xf32>} : () -> tensor<8x3x3x4xf32>
  %w1 = "tosa.const"() {values = dense<0.25> : tensor<8x3x3x8xf32>} : () -> tensor<8x3x3x8xf32>
  %b = "tosa.const"() {values = dense<1.0> : tensor<8xf32>} : () -> tensor<8xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>}
    : (tensor<1x6x6x4xf32>, tensor<8x3x3x4xf32>, tensor<8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x8xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x6x6x8xf32>) -> tensor<1x6x6x8xf32>
  %2 = tosa.conv2d %1, %w1, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>}
    : (tensor<1x6x6x8xf32>, tensor<8x3x3x8xf32>, tensor<8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x8xf32>
  return %2 : tensor<1x6x6x8xf32>
}
