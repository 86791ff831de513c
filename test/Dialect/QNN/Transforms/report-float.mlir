// RUN: quant-opt %s --qnn-report-float --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --implicit-check-not=remark:
// RUN: not quant-opt %s --qnn-report-float=fail=true -o /dev/null 2>&1 | FileCheck %s --check-prefix=FAIL --implicit-check-not=error:

!q = !quant.uniform<i8:f32, 0.5:3>

// The casts at the boundary are no float operations of the model, and neither
// are those around one; constants and empty tensors compute nothing.
// CHECK: [[#@LINE+8]]:8: remark: {{.*}}'tosa.reduce_sum' stays in float: it has no quantized form here
// CHECK: [[#@LINE+8]]:8: remark: {{.*}}'tosa.add' stays in float: operand 0 is not quantized
// FAIL: [[#@LINE+6]]:8: error: 'tosa.reduce_sum' stays in float: it has no quantized form here
// FAIL: [[#@LINE+6]]:8: error: 'tosa.add' stays in float: operand 0 is not quantized
func.func @main(%x: tensor<4xf32>) -> tensor<1xf32> {
  %c = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.dequantize %0 : tensor<4x!q> -> tensor<4xf32>
  %2 = tosa.reduce_sum %1 {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  %3 = tosa.add %2, %c : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %4 = tensor.empty() : tensor<1xf32>
  return %3 : tensor<1xf32>
}

// An operation that could be integers, had it a cast behind; and what is float
// because its range is that of run time.
// CHECK: [[#@LINE+8]]:8: remark: {{.*}}'tosa.add' stays in float: its result is not quantized
// CHECK: [[#@LINE+5]]:1: remark: {{.*}}3 operations around 1 integer product on floats: the model finds its ranges while it runs
// FAIL: error: 'tosa.add' stays in float: its result is not quantized
// FAIL: error: 'qnn.dynamic_quantize' stays in float: its range is known only while it runs
// FAIL: error: 'tosa.cast' stays in float: it has no quantized form here
// FAIL: error: 'tosa.exp' stays in float: operand 0 is not quantized
func.func @casts(%x: tensor<1x1x4x!q>, %w: tensor<1x4x4xi8>, %z: tensor<1xi8>) -> tensor<1x1x4xf32> {
  %0 = qnn.dequantize %x : tensor<1x1x4x!q> -> tensor<1x1x4xf32>
  %1 = tosa.add %0, %0 : (tensor<1x1x4xf32>, tensor<1x1x4xf32>) -> tensor<1x1x4xf32>
  %2, %scale, %zp = qnn.dynamic_quantize %1 : (tensor<1x1x4xf32>) -> (tensor<1x1x4xi8>, tensor<1xf32>, tensor<1xi8>)
  %3 = qnn.integer_matmul %2, %zp, %w, %z : (tensor<1x1x4xi8>, tensor<1xi8>, tensor<1x4x4xi8>, tensor<1xi8>) -> tensor<1x1x4xi32>
  %4 = tosa.cast %3 : (tensor<1x1x4xi32>) -> tensor<1x1x4xf32>
  %5 = tosa.exp %4 : (tensor<1x1x4xf32>) -> tensor<1x1x4xf32>
  return %5 : tensor<1x1x4xf32>
}

// A declaration has no operations.
func.func private @outside(tensor<4xf32>)
