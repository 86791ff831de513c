// RUN: quant-opt %s --qnn-report-float --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --implicit-check-not=remark:
// RUN: not quant-opt %s --qnn-report-float=fail=true -o /dev/null 2>&1 | FileCheck %s --check-prefix=FAIL --implicit-check-not=error:

!q = !quant.uniform<i8:f32, 0.5:3>

// The casts at the boundary are no float operations of the model, and neither
// are those around one; constants and empty tensors compute nothing.
// CHECK: [[#@LINE+8]]:8: remark: {{.*}}'tosa.reduce_sum' stays in float: it has no quantized form here
// CHECK: [[#@LINE+8]]:8: remark: {{.*}}'tosa.add' stays in float: it has no quantized form here
// FAIL: [[#@LINE+6]]:8: error: 'tosa.reduce_sum' stays in float: it has no quantized form here
// FAIL: [[#@LINE+6]]:8: error: 'tosa.add' stays in float: it has no quantized form here
func.func @main(%x: tensor<4xf32>) -> tensor<1xf32> {
  %c = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.dequantize %0 : tensor<4x!q> -> tensor<4xf32>
  %2 = tosa.reduce_sum %1 {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  %3 = tosa.add %2, %c : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %4 = tensor.empty() : tensor<1xf32>
  return %3 : tensor<1xf32>
}

// A declaration has no operations.
func.func private @outside(tensor<4xf32>)
