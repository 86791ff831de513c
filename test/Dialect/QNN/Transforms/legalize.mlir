// What the pass decides itself. The forms of the single operations are in
// test/Conversion/TosaToQNN.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s
// RUN: quant-opt %s --qnn-legalize | quant-opt --qnn-legalize | FileCheck %s
// RUN: quant-opt %s --qnn-legalize=rounding=double | FileCheck %s --check-prefix=DOUBLE
// RUN: quant-opt %s --qnn-legalize=rounding=float_even | FileCheck %s --check-prefix=EVEN
// RUN: quant-opt %s --qnn-legalize --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.25>
#origin = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>

// The origin of the numbers moves to the operation that has them now.
// CHECK-LABEL: func @requantize
// CHECK-NEXT: qnn.requantize %{{.+}} {calibration = #{{.+}}}
// CHECK-NEXT: return
// DOUBLE-LABEL: func @requantize
// DOUBLE-NEXT: qnn.requantize {{.+}} rounding = {{.*}}double
// EVEN-LABEL: func @requantize
// EVEN-NEXT: qnn.requantize {{.+}} rounding = {{.*}}float_even
func.func @requantize(%x: tensor<4x!q>) -> tensor<4x!r> {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  %1 = qnn.quantize %0 {calibration = #origin} : tensor<4xf32> -> tensor<4x!r>
  return %1 : tensor<4x!r>
}

// Between the activation that is fused into the sum and a chain behind it the
// value is stored.
// CHECK-LABEL: func @chain_behind_fused_clamp
// CHECK: %[[S:.+]] = qnn.add {{.+}} {clamp = array<i32: 3, 15>}
// CHECK-NEXT: qnn.lookup %[[S]]
// CHECK-NEXT: return
func.func @chain_behind_fused_clamp(%x: tensor<4x!q>, %y: tensor<4x!q>) -> tensor<4x!r> {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  %1 = qnn.dequantize %y : tensor<4x!q> -> tensor<4xf32>
  %2 = tosa.add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!q>
  %5 = qnn.dequantize %4 : tensor<4x!q> -> tensor<4xf32>
  %6 = tosa.tanh %5 : (tensor<4xf32>) -> tensor<4xf32>
  %7 = qnn.quantize %6 : tensor<4xf32> -> tensor<4x!r>
  return %7 : tensor<4x!r>
}

// A float reader keeps its dequantize beside the integer one.
// CHECK-LABEL: func @float_reader
// CHECK: %[[D:.+]] = qnn.dequantize %arg0
// CHECK: tosa.reduce_sum %[[D]]
// CHECK: qnn.lookup %arg0
func.func @float_reader(%x: tensor<4x!q>) -> (tensor<1xf32>, tensor<4x!r>) {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  %1 = tosa.reduce_sum %0 {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  %2 = tosa.tanh %0 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!r>
  return %1, %3 : tensor<1xf32>, tensor<4x!r>
}

// Refused once, reported once.
// CHECK-LABEL: func @stays_float
// CHECK: tosa.maximum
// REMARK-COUNT-1: remark: {{.*}}tosa.maximum: no integer form for two different tensors
// REMARK-NOT: tosa.maximum: no
func.func @stays_float(%x: tensor<4x!q>, %y: tensor<4x!q>) -> tensor<4x!r> {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  %1 = qnn.dequantize %y : tensor<4x!q> -> tensor<4xf32>
  %2 = tosa.maximum %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!r>
  return %3 : tensor<4x!r>
}
