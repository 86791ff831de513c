// RUN: quant-opt %s --qnn-raise-layer-norm --canonicalize | FileCheck %s
//
// What was raised can be taken apart: the other pass gives the importer's form.
// RUN: quant-opt %s --qnn-raise-layer-norm --canonicalize --qnn-expand-layer-norm --qnn-raise-layer-norm --canonicalize | FileCheck %s

// As the importer spells LayerNormalization, with scale and bias.
// CHECK-LABEL: func @importer
// CHECK-SAME: (%[[X:.+]]: tensor<2x4xf32>)
// CHECK-NEXT: %[[R:.+]] = qnn.float_layer_norm %[[X]] {beta = dense<[5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]> : tensor<4xf32>, epsilon = 5.000000e-01 : f32, gamma = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>}
// CHECK-NEXT: return %[[R]]
func.func @importer(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %gamma = "tosa.const"() <{values = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>}> : () -> tensor<1x4xf32>
  %beta = "tosa.const"() <{values = dense<[[5.0, 6.0, 7.0, 8.0]]> : tensor<1x4xf32>}> : () -> tensor<1x4xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %inverse_count = "tosa.const"() <{values = dense<0.25> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %epsilon = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %m = tosa.mul %s, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %c = tosa.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = tosa.mul %c, %c, %shift : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %v = tosa.mul %t, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %e = tosa.add %v, %epsilon : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %i = tosa.rsqrt %e : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = tosa.mul %c, %i, %shift : (tensor<2x4xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %g = tosa.mul %n, %gamma, %shift : (tensor<2x4xf32>, tensor<1x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %r = tosa.add %g, %beta : (tensor<2x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// Pow, Sqrt and Div of an exporter before opset 17, one number as scale, no bias.
// CHECK-LABEL: func @taken_apart
// CHECK: qnn.float_layer_norm %{{.+}} {beta = dense<0.000000e+00> : tensor<4xf32>, epsilon = 5.000000e-01 : f32, gamma = dense<3.000000e+00> : tensor<4xf32>}
// CHECK-NOT: tosa.pow
func.func @taken_apart(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %two = "tosa.const"() <{values = dense<2.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %gamma = "tosa.const"() <{values = dense<3.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %inverse_count = "tosa.const"() <{values = dense<0.25> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %epsilon = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %m = tosa.mul %s, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %c = tosa.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = tosa.pow %c, %two : (tensor<2x4xf32>, tensor<1x1xf32>) -> tensor<2x4xf32>
  %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %v = tosa.mul %t, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %e = tosa.add %v, %epsilon : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %d = tosa.pow %e, %half : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %i = tosa.reciprocal %d : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = tosa.mul %i, %c, %shift : (tensor<2x1xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %g = tosa.mul %gamma, %n, %shift : (tensor<1x1xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %g : tensor<2x4xf32>
}

// The normalized tensor is wanted itself: the scale stays an operation.
// CHECK-LABEL: func @normalized_is_used
// CHECK: %[[N:.+]] = qnn.float_layer_norm %{{.+}} gamma = dense<1.000000e+00>
// CHECK: tosa.mul %[[N]]
func.func @normalized_is_used(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %gamma = "tosa.const"() <{values = dense<3.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %inverse_count = "tosa.const"() <{values = dense<0.25> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %epsilon = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %m = tosa.mul %s, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %c = tosa.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = tosa.mul %c, %c, %shift : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %v = tosa.mul %t, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %e = tosa.add %v, %epsilon : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %i = tosa.rsqrt %e : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = tosa.mul %c, %i, %shift : (tensor<2x4xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %g = tosa.mul %n, %gamma, %shift : (tensor<2x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %n, %g : tensor<2x4xf32>, tensor<2x4xf32>
}

// The mean is a third of the sum of four numbers.
// CHECK-LABEL: func @no_mean
// CHECK-NOT: qnn.float_layer_norm
// CHECK: return
func.func @no_mean(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %inverse_count = "tosa.const"() <{values = dense<0.333> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %epsilon = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %m = tosa.mul %s, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %c = tosa.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = tosa.mul %c, %c, %shift : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %v = tosa.mul %t, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %e = tosa.add %v, %epsilon : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %i = tosa.rsqrt %e : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = tosa.mul %c, %i, %shift : (tensor<2x4xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %n : tensor<2x4xf32>
}

// Without the mean it is another normalization.
// CHECK-LABEL: func @mean_of_squares
// CHECK-NOT: qnn.float_layer_norm
// CHECK: return
func.func @mean_of_squares(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %inverse_count = "tosa.const"() <{values = dense<0.25> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %epsilon = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %m = tosa.mul %s, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %c = tosa.sub %x, %m : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %q = tosa.mul %x, %x, %shift : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %v = tosa.mul %t, %inverse_count, %shift : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x1xf32>
  %e = tosa.add %v, %epsilon : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %i = tosa.rsqrt %e : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = tosa.mul %x, %i, %shift : (tensor<2x4xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %n : tensor<2x4xf32>
}
