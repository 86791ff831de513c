// An elementwise chain between a dequantize and a quantize, in whatever
// operations an exporter spelled it, is exactly one table. The tables
// themselves are executed in unit tests of the numbers; here stand the chains,
// and one table that can be read.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s --implicit-check-not=tosa. --implicit-check-not=qnn.dequantize --implicit-check-not=qnn.quantize

!q = !quant.uniform<i8:f32, 0.125:5>
!r = !quant.uniform<i8:f32, 0.0625:-20>

// Scale 1 on both sides: stored -128 ... 0 become 0, and 1 ... 127 stay.
// CHECK-LABEL: func @relu
// CHECK: qnn.lookup %{{.+}}, dense<"0x{{(00)+}}0102030405{{.+}}7D7E7F"> : tensor<256xi8>
func.func @relu(%x: tensor<2x!quant.uniform<i8:f32, 1.0>>) -> tensor<2x!quant.uniform<i8:f32, 1.0>> {
  %0 = qnn.dequantize %x : tensor<2x!quant.uniform<i8:f32, 1.0>> -> tensor<2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 3.4028235e38 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 1.0>>
  return %2 : tensor<2x!quant.uniform<i8:f32, 1.0>>
}

// Every operation of one operand.
// CHECK-LABEL: func @unary_operations
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.lookup
// CHECK: return
func.func @unary_operations(%x: tensor<2x!q>) -> tensor<2x!r> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.abs %0 : (tensor<2xf32>) -> tensor<2xf32>
  %2 = tosa.ceil %1 : (tensor<2xf32>) -> tensor<2xf32>
  %3 = tosa.cos %2 : (tensor<2xf32>) -> tensor<2xf32>
  %4 = tosa.erf %3 : (tensor<2xf32>) -> tensor<2xf32>
  %5 = tosa.exp %4 : (tensor<2xf32>) -> tensor<2xf32>
  %6 = tosa.floor %5 : (tensor<2xf32>) -> tensor<2xf32>
  %7 = tosa.log %6 : (tensor<2xf32>) -> tensor<2xf32>
  %8 = tosa.negate %7, %zp, %zp : (tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
  %9 = tosa.reciprocal %8 : (tensor<2xf32>) -> tensor<2xf32>
  %10 = tosa.rsqrt %9 : (tensor<2xf32>) -> tensor<2xf32>
  %11 = tosa.sigmoid %10 : (tensor<2xf32>) -> tensor<2xf32>
  %12 = tosa.sin %11 : (tensor<2xf32>) -> tensor<2xf32>
  %13 = tosa.tanh %12 : (tensor<2xf32>) -> tensor<2xf32>
  %14 = qnn.quantize %13 : tensor<2xf32> -> tensor<2x!r>
  return %14 : tensor<2x!r>
}

// x * sigmoid(x).
// CHECK-LABEL: func @silu
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.
// CHECK: return
func.func @silu(%x: tensor<2x!q>) -> tensor<2x!r> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.sigmoid %0 : (tensor<2xf32>) -> tensor<2xf32>
  %2 = tosa.mul %0, %1, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!r>
  return %3 : tensor<2x!r>
}

// x / 2 * (1 + erf(x / sqrt(2))).
// CHECK-LABEL: func @gelu_erf
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.
// CHECK: return
func.func @gelu_erf(%x: tensor<2x!q>) -> tensor<2x!r> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %root = "tosa.const"() <{values = dense<0.70710678> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.mul %0, %root, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %2 = tosa.erf %1 : (tensor<2xf32>) -> tensor<2xf32>
  %3 = tosa.add %2, %one : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %4 = tosa.mul %0, %3, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %5 = tosa.mul %4, %half, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %6 = qnn.quantize %5 : tensor<2xf32> -> tensor<2x!r>
  return %6 : tensor<2x!r>
}

// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
// CHECK-LABEL: func @gelu_tanh
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.
// CHECK: return
func.func @gelu_tanh(%x: tensor<2x!q>) -> tensor<2x!r> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %three = "tosa.const"() <{values = dense<3.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %cubic = "tosa.const"() <{values = dense<0.044715> : tensor<1xf32>}> : () -> tensor<1xf32>
  %root = "tosa.const"() <{values = dense<0.79788456> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.pow %0, %three : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %2 = tosa.mul %1, %cubic, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %3 = tosa.add %0, %2 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %4 = tosa.mul %3, %root, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %5 = tosa.tanh %4 : (tensor<2xf32>) -> tensor<2xf32>
  %6 = tosa.add %5, %one : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %7 = tosa.mul %0, %half, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %8 = tosa.mul %7, %6, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %9 = qnn.quantize %8 : tensor<2xf32> -> tensor<2x!r>
  return %9 : tensor<2x!r>
}

// x * clamp(x + 3, 0, 6) / 6. The clamp is a link, no fused activation.
// CHECK-LABEL: func @hard_swish
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.
// CHECK: return
func.func @hard_swish(%x: tensor<2x!q>) -> tensor<2x!r> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %three = "tosa.const"() <{values = dense<3.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %sixth = "tosa.const"() <{values = dense<0.16666667> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.add %0, %three : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %2 = tosa.clamp %1 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  %3 = tosa.mul %0, %2, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %4 = tosa.mul %3, %sixth, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %5 = qnn.quantize %4 : tensor<2xf32> -> tensor<2x!r>
  return %5 : tensor<2x!r>
}

// max(x, x / 16), with the constant spelled in the tensor's own shape.
// CHECK-LABEL: func @leaky_relu
// CHECK-COUNT-1: qnn.lookup
// CHECK-NOT: qnn.
// CHECK: return
func.func @leaky_relu(%x: tensor<2x!q>) -> tensor<2x!r> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %slope = "tosa.const"() <{values = dense<0.0625> : tensor<2xf32>}> : () -> tensor<2xf32>
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = tosa.mul %0, %slope, %shift : (tensor<2xf32>, tensor<2xf32>, tensor<1xi8>) -> tensor<2xf32>
  %2 = tosa.maximum %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!r>
  return %3 : tensor<2x!r>
}

// Storage that starts at 0 has the same table in another order: the entry of
// stored 0 is the first.
// CHECK-LABEL: func @unsigned_identity
// CHECK: qnn.lookup %{{.+}}, dense<"0x000102030405{{.+}}FDFEFF"> : tensor<256xi8>
func.func @unsigned_identity(%x: tensor<2x!quant.uniform<u8:f32, 1.0>>) -> tensor<2x!quant.uniform<u8:f32, 1.0>> {
  %0 = qnn.dequantize %x : tensor<2x!quant.uniform<u8:f32, 1.0>> -> tensor<2xf32>
  %1 = tosa.abs %0 : (tensor<2xf32>) -> tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32, 1.0>>
  return %2 : tensor<2x!quant.uniform<u8:f32, 1.0>>
}
