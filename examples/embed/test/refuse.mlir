// What has no integer form stays float, and the model's own remark says why.
//
// RUN: embed-opt %s --qnn-legalize --remarks-filter=qnn-legalize 2>&1 | FileCheck %s

// CHECK: acme.blur_pool: only images of 8-bit storage can be blurred
// CHECK-LABEL: func @sixteen_bits
// CHECK: acme.blur_pool
func.func @sixteen_bits(%q: tensor<1x9x9x2x!quant.uniform<i16:f32, 0.5>>)
    -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5>> {
  %0 = qnn.dequantize %q : tensor<1x9x9x2x!quant.uniform<i16:f32, 0.5>> -> tensor<1x9x9x2xf32>
  %1 = acme.blur_pool %0 : tensor<1x9x9x2xf32> -> tensor<1x4x4x2xf32>
  %2 = qnn.quantize %1 : tensor<1x4x4x2xf32> -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5>>
  return %2 : tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5>>
}
