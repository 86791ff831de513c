// RUN: quant-opt %s --qnn-set-activation-signedness --verify-each | FileCheck %s

// A constant of which the data lies in a resource.
// CHECK-LABEL: func.func @resource
// CHECK-NEXT: %[[C:.+]] = qnn.constant dense<[-127, 126]> : tensor<2xi8> as tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT: return %[[C]]
func.func @resource() -> tensor<2x!quant.uniform<u8:f32, 0.5:128>> {
  %0 = qnn.constant dense_resource<two> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 0.5>>
  %1 = qnn.requantize %0 : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<u8:f32, 0.5:128>>
  return %1 : tensor<2x!quant.uniform<u8:f32, 0.5:128>>
}

{-#
  dialect_resources: { builtin: { two: "0x0100000001FE" } }
#-}
