// Elementwise operations of two quantized tensors. What depends on one tensor
// only is a table: see lookup.mlir.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s
// RUN: quant-opt %s --qnn-legalize --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25>
!c = !quant.uniform<i8:f32, 1.0:-7>
!wide = !quant.uniform<i16:f32, 0.25>

// CHECK-LABEL: func @add
// CHECK-SAME: (%[[X:.+]]: tensor<2x!quant{{.+}}, %[[Y:.+]]: tensor<2x!quant
// CHECK-NEXT: %[[S:.+]] = qnn.add %[[X]], %[[Y]] :
// CHECK-NEXT: return %[[S]]
func.func @add(%x: tensor<2x!a>, %y: tensor<2x!b>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!b> -> tensor<2xf32>
  %2 = tosa.add %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!c>
  return %3 : tensor<2x!c>
}

// The order of the operands of a difference is kept; ReLU starts at the zero
// point of the result.
// CHECK-LABEL: func @sub_relu
// CHECK-SAME: (%[[X:.+]]: tensor<2x!quant{{.+}}, %[[Y:.+]]: tensor<2x!quant
// CHECK-NEXT: qnn.sub %[[X]], %[[Y]] {clamp = array<i32: -7, 127>}
func.func @sub_relu(%x: tensor<2x!a>, %y: tensor<2x!b>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!b> -> tensor<2xf32>
  %2 = tosa.sub %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 3.4028235e38 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  %4 = qnn.quantize %3 : tensor<2xf32> -> tensor<2x!c>
  return %4 : tensor<2x!c>
}

// Squeeze and excitation: one factor a channel.
// CHECK-LABEL: func @mul_broadcast
// CHECK: qnn.mul {{.+}} (tensor<1x2x2x3x{{.+}}>, tensor<1x1x1x3x{{.+}}>) -> tensor<1x2x2x3x
func.func @mul_broadcast(%x: tensor<1x2x2x3x!a>, %y: tensor<1x1x1x3x!b>) -> tensor<1x2x2x3x!c> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = qnn.dequantize %x : tensor<1x2x2x3x!a> -> tensor<1x2x2x3xf32>
  %1 = qnn.dequantize %y : tensor<1x1x1x3x!b> -> tensor<1x1x1x3xf32>
  %2 = tosa.mul %0, %1, %shift : (tensor<1x2x2x3xf32>, tensor<1x1x1x3xf32>, tensor<1xi8>) -> tensor<1x2x2x3xf32>
  %3 = qnn.quantize %2 : tensor<1x2x2x3xf32> -> tensor<1x2x2x3x!c>
  return %3 : tensor<1x2x2x3x!c>
}

// The same tensor twice is a function of one tensor.
// CHECK-LABEL: func @square
// CHECK: qnn.lookup
// CHECK-NOT: qnn.mul
func.func @square(%x: tensor<2x!a>) -> tensor<2x!c> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = tosa.mul %0, %0, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!c>
  return %2 : tensor<2x!c>
}

// What has no integer form stays between its casts; the remark says why.
// CHECK-LABEL: func @maximum_of_two_tensors
// CHECK: tosa.maximum
// CHECK-NEXT: qnn.quantize
// REMARK: [[#@LINE+4]]:8: remark: {{.*}}tosa.maximum: no integer form for two different tensors
func.func @maximum_of_two_tensors(%x: tensor<2x!a>, %y: tensor<2x!b>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!b> -> tensor<2xf32>
  %2 = tosa.maximum %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!c>
  return %3 : tensor<2x!c>
}

// Sums and products of more than 8 bits.
// CHECK-LABEL: func @add_16_bit
// CHECK: qnn.add
// CHECK-NOT: tosa.add
func.func @add_16_bit(%x: tensor<2x!wide>, %y: tensor<2x!b>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!wide> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!b> -> tensor<2xf32>
  %2 = tosa.add %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!c>
  return %3 : tensor<2x!c>
}

// A table of all 16-bit numbers.
// CHECK-LABEL: func @tanh_16_bit
// CHECK: qnn.lookup %{{.+}}, dense<"0x{{[0-9A-F]+}}"> : tensor<65536xi8>
// CHECK-NOT: tosa.tanh
func.func @tanh_16_bit(%x: tensor<2x!wide>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!wide> -> tensor<2xf32>
  %1 = tosa.tanh %0 : (tensor<2xf32>) -> tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!c>
  return %2 : tensor<2x!c>
}

// A clamp of 16-bit numbers is a requantize with one: no table.
// CHECK-LABEL: func @clamp_16_bit
// CHECK: qnn.requantize %{{.+}} {clamp = array<i32: {{.+}}>}
// CHECK-NOT: qnn.lookup
func.func @clamp_16_bit(%x: tensor<2x!wide>) -> tensor<2x!c> {
  %0 = qnn.dequantize %x : tensor<2x!wide> -> tensor<2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!c>
  return %2 : tensor<2x!c>
}
