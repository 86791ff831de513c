// RUN: quant-opt %s --qnn-insert-qdq --canonicalize --qnn-verify-qdq-form --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-insert-qdq --split-input-file --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Policies on values and weights decide the types; what has no policy keeps the
// default. Ranges make each scale a power of two.
#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Storage, signedness and symmetry of activations. [-1, 1] in 65534 steps of
// symmetric i16 is one step in 32767; 15 steps of u4 take [-1, 7/8] in eighths.
// CHECK-LABEL: func @activations
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<u8:f32, 7.812500e-03:128>>
// CHECK: tosa.tanh
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<i16:f32, 3.051850{{[0-9]+}}E-5>>
// CHECK: tosa.exp
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<u4:f32, 1.250000e-01:8>>
func.func @activations(%x: tensor<4xf32> {qnn.calibration = #signed, qnn.policy = #qnn.policy<u8>}) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = tosa.tanh %x {qnn.calibration = [#signed], qnn.policy = #qnn.policy<i16, symmetric>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = tosa.exp %0 {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.875>], qnn.policy = #qnn.policy<u4>} : (tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A power-of-two scale is the next one above the free scale: 255 steps over
// [-1, 1.5] want 2.5 / 255, the next is 1/64. The zero point follows it.
// CHECK-LABEL: func @power_of_two
// CHECK: qnn.quantize %{{.+}} -> tensor<4x!quant.uniform<i8:f32, 1.562500e-02:-64>>
func.func @power_of_two(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.5>, qnn.policy = #qnn.policy<i8, power_of_two>}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// One scale for the tensor, four bits: 7 steps to the largest weight.
// CHECK-LABEL: func @weight_per_tensor
// CHECK: qnn.constant dense<{{.*}}[7, -4]{{.*}}[1, 2]{{.*}}> : tensor<2x1x1x2xi4> as tensor<2x1x1x2x!quant.uniform<i4<-7:7>:f32, 1.000000e+00>>
func.func @weight_per_tensor(%x: tensor<1x3x3x2xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[7.0, -4.0]]], [[[1.0, 2.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed], qnn.weight_policy = #qnn.policy<i4, symmetric, narrow>} : (tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Asymmetric and unsigned, a zero point for each channel: [0, 255] is stored as
// it is, [-128, 127] has its zero in the middle. Scales may be moved by a few
// units in the last place, so only the integers are checked.
// CHECK-LABEL: func @weight_asymmetric
// CHECK: qnn.constant dense<{{.*}}[-1, 0]{{.*}}[0, -1]{{.*}}> : tensor<2x1x1x2xi8> as tensor<2x1x1x2x!quant.uniform<u8:f32:0, {{[{].+,.+:128[}]}}>>
func.func @weight_asymmetric(%x: tensor<1x3x3x2xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[255.0, 0.0]]], [[[-128.0, 127.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed], qnn.weight_policy = #qnn.policy<u8, channel>} : (tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Scales that another pass chose together with the weights are taken as they
// are, and with them its integers.
// CHECK-LABEL: func @weight_scales
// CHECK: qnn.constant dense<{{.*}}[3]{{.*}}[-2]{{.*}}> : tensor<2x1x1x1xi8> as tensor<2x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>
func.func @weight_scales(%x: tensor<1x3x3x1xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.5]]], [[[-0.5]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed], qnn.weight_scales = array<f32: 0.5, 0.25>} : (tensor<1x3x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// The dimension of 3 weights has no blocks of 2: the channels keep one scale.
// CHECK-LABEL: func @blocks_do_not_fit
// CHECK: !quant.uniform<i8<-127:127>:f32:0
// REMARK: 3 weights in a row cannot be divided into blocks of 2: one scale a channel
func.func @blocks_do_not_fit(%x: tensor<1x3x3x3xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<1.5> : tensor<2x1x1x3xf32>}> : () -> tensor<2x1x1x3xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed], qnn.weight_policy = #qnn.policy<i8, block = 2, symmetric, narrow>} : (tensor<1x3x3x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Values that a reshape ties have one type: the wider policy decides, wherever
// in the group it stands.
// CHECK-LABEL: func @widest_of_a_group
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>)
// CHECK: qnn.quantize %[[X]] {{.+}} -> tensor<4x!quant.uniform<i16:f32, {{.+}}>>
// CHECK: %[[R:.+]] = tosa.reshape
// CHECK: qnn.quantize %[[R]] {{.+}} -> tensor<2x2x!quant.uniform<i16:f32, {{.+}}>>
func.func @widest_of_a_group(%x: tensor<4xf32> {qnn.calibration = #signed, qnn.policy = #qnn.policy<i8, symmetric>}) -> tensor<2x2xf32> {
  %s = tosa.const_shape {values = dense<2> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.reshape %x, %s {qnn.calibration = [#signed], qnn.policy = #qnn.policy<i16>} : (tensor<4xf32>, !tosa.shape<2>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// The first maximum stays float: its operand is a dequantized value, its
// result is quantized because a quantized operation reads it. The second one
// stays float too, and what it makes is never quantized, nor measured.
// CHECK-LABEL: func @stays_float
// CHECK-SAME: (%[[X:.+]]: tensor<2x2xf32>, %[[Y:.+]]: tensor<1x2xf32>)
// CHECK: %[[QY:.+]] = qnn.quantize %[[Y]]
// CHECK: %[[DY:.+]] = qnn.dequantize %[[QY]]
// CHECK: %[[QX:.+]] = qnn.quantize %[[X]]
// CHECK: %[[DX:.+]] = qnn.dequantize %[[QX]]
// CHECK: %[[A:.+]] = tosa.tanh %[[DX]]
// CHECK: %[[QA:.+]] = qnn.quantize %[[A]]
// CHECK: %[[DA:.+]] = qnn.dequantize %[[QA]]
// CHECK: %[[M:.+]] = tosa.reduce_max %[[DA]] {{.*}}qnn.stays_float
// CHECK: %[[QM:.+]] = qnn.quantize %[[M]]
// CHECK: %[[DM:.+]] = qnn.dequantize %[[QM]]
// CHECK: %[[B:.+]] = tosa.add %[[DM]], %[[DY]]
// CHECK: %[[QB:.+]] = qnn.quantize %[[B]]
// CHECK: %[[DB:.+]] = qnn.dequantize %[[QB]]
// CHECK: %[[R:.+]] = tosa.reduce_max %[[DB]] {{.*}}qnn.stays_float
// CHECK-NEXT: return %[[R]]
func.func @stays_float(%x: tensor<2x2xf32> {qnn.calibration = #signed}, %y: tensor<1x2xf32> {qnn.calibration = #signed}) -> tensor<1x1xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#signed]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = "tosa.reduce_max"(%0) <{axis = 0 : i32}> {qnn.calibration = [#signed], qnn.stays_float} : (tensor<2x2xf32>) -> tensor<1x2xf32>
  %2 = tosa.add %1, %y {qnn.calibration = [#signed]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = "tosa.reduce_max"(%2) <{axis = 1 : i32}> {qnn.stays_float} : (tensor<1x2xf32>) -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Links of one elementwise chain are one operation: between them nothing is
// measured, so one float link keeps all of them.
// CHECK-LABEL: func @float_chain
// CHECK: tosa.tanh %{{.+}} {qnn.stays_float}
// CHECK-NEXT: tosa.exp %{{.+}} {{.*}}qnn.stays_float
// CHECK-NEXT: return
func.func @float_chain(%x: tensor<4xf32> {qnn.calibration = #signed}) -> tensor<4xf32> {
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = tosa.exp %0 {qnn.calibration = [#signed], qnn.stays_float} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
