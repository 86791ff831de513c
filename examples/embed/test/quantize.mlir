// The passes of quantc quantize operations of another project's dialect.
//
// RUN: embed-opt %s --verify-each --qnn-insert-qdq --qnn-legalize | FileCheck %s

// 255 steps of 1/64 over [-2, 1.984375], as many of 2.484375/255 over the result.
// The table starts at x = -2, which gives 0, the zero point -77 (0xB3); at index
// 64 x = -1 gives -1/2, the least result; it ends at the largest of both, 127.
// CHECK-LABEL: func @hard_mish
// CHECK-SAME: (%[[X:.+]]: tensor<1x4xf32>
func.func @hard_mish(
    %x: tensor<1x4xf32> {qnn.calibration = #qnn.calibration<
        method = "min-max", samples = 1, min = -2.0, max = 1.984375>})
    -> tensor<1x4xf32> {
  // CHECK: %[[Q:.+]] = qnn.quantize %[[X]] {{.*}} : tensor<1x4xf32> -> tensor<1x4x!quant.uniform<i8:f32, 1.562500e-02>>
  // CHECK: qnn.lookup %[[Q]], dense<"0xB3{{([0-9A-F]{126})}}80{{(([0-9A-F]{190}){2})}}7F"> : tensor<256xi8>
  // CHECK-SAME: -> tensor<1x4x!quant.uniform<i8:f32, {{[0-9.]+}}:-77>>
  // CHECK-NOT: acme
  // CHECK: return
  %0 = acme.hard_mish %x {qnn.calibration = [#qnn.calibration<
      method = "min-max", samples = 1, min = -0.5, max = 1.984375>]} : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// A chain with elementwise operations of TOSA is one table, too; the value
// between them needs no range.
// CHECK-LABEL: func @chain
func.func @chain(
    %x: tensor<1x4xf32> {qnn.calibration = #qnn.calibration<
        method = "min-max", samples = 1, min = -2.0, max = 2.0>})
    -> tensor<1x4xf32> {
  // CHECK: qnn.quantize
  // CHECK-NEXT: %[[T:.+]] = qnn.lookup
  // CHECK-NEXT: qnn.dequantize %[[T]]
  // CHECK-NEXT: return
  %0 = acme.hard_mish %x : tensor<1x4xf32>
  %1 = tosa.tanh %0 {qnn.calibration = [#qnn.calibration<
      method = "min-max", samples = 1, min = -0.5, max = 1.0>]} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// Input scale 1/64, weight scale 1/16: the bias has 1/1024. The clamp behind
// the operation becomes its activation.
// CHECK-LABEL: func @blur_pool
func.func @blur_pool(
    %x: tensor<1x9x9x2xf32> {qnn.calibration = #qnn.calibration<
        method = "min-max", samples = 1, min = -2.0, max = 1.984375>})
    -> tensor<1x4x4x2xf32> {
  // CHECK: %[[Q:.+]] = qnn.quantize
  // CHECK: %[[W:.+]] = qnn.constant dense<{{.*}}> : tensor<3x3x2xi8> as tensor<3x3x2x!quant.uniform<i8<-127:127>:f32, 6.250000e-02>>
  // CHECK: %[[B:.+]] = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32, 9.765625E-4>>
  // CHECK: qnn.depthwise_conv_2d %[[Q]], %[[W]], %[[B]]
  // CHECK-SAME: clamp = array<i32: -128, 127>
  // CHECK-SAME: stride = array<i64: 2, 2>
  // CHECK-NOT: {{acme|tosa}}
  // CHECK: return
  %0 = acme.blur_pool %x : tensor<1x9x9x2xf32> -> tensor<1x4x4x2xf32>
  %1 = tosa.clamp %0 {max_val = 1.0 : f32, min_val = 0.0 : f32, qnn.calibration = [#qnn.calibration<
      method = "min-max", samples = 1, min = 0.0, max = 1.0>]} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}
