// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The attributes of the dialect, and where its discardable attributes may
// stand.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics | quant-opt --split-input-file | FileCheck %s
// RUN: quant-opt %s --split-input-file --verify-diagnostics --emit-bytecode -o /dev/null

// CHECK: module attributes {qnn.model_name = "net_1"}
// CHECK: #qnn.calibration<method = "min-max", samples = 200, min = -1.500000e+00, max = 1.000000e+00, table = "t.json">
// CHECK-SAME: #qnn.calibration<method = "percentile \22\\", samples = 1, min = 0.000000e+00, max = 0.000000e+00>
module attributes {qnn.model_name = "net_1"} {
  func.func @main(%x: tensor<2xf32> {qnn.name = "input", qnn.calibration =
      #qnn.calibration<method = "min-max", samples = 200, min = -1.5, max = 1.0, table = "t.json">})
      -> (tensor<2xf32> {qnn.name = "output", qnn.calibration =
      #qnn.calibration<method = "percentile \22\5C", samples = 1, min = 0.0, max = 0.0>}) {
    return %x : tensor<2xf32>
  }
}

// -----

// A result that was not measured is a unit.
// CHECK-LABEL: func @list
// CHECK: qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = 0.000000e+00, max = 1.000000e+00>]
// CHECK: qnn.calibration = [unit]
func.func @list(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = tosa.abs %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 1.0>]} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = tosa.abs %0 {qnn.calibration = [unit]} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// CHECK: func private @f() attributes {a = #qnn.rounding<single>, b = #qnn.rounding<double>, c = #qnn.rounding<float_even>}
func.func private @f() attributes {a = #qnn.rounding<single>, b = #qnn.rounding<double>, c = #qnn.rounding<float_even>}

// -----

// expected-error@+2 {{expected ::quantc::qnn::RoundingMode to be one of: single, double, float_even}}
// expected-error@+1 {{failed to parse QNN_RoundingAttr parameter 'value'}}
func.func private @f() attributes {a = #qnn.rounding<up>}

// -----

// expected-error@+1 {{calibration method is empty}}
func.func private @f() attributes {a = #qnn.calibration<method = "", samples = 1, min = 0.0, max = 0.0>}

// -----

// expected-error@+1 {{calibration has 0 samples, expected at least 1}}
func.func private @f() attributes {a = #qnn.calibration<method = "min-max", samples = 0, min = 0.0, max = 0.0>}

// -----

// expected-error@+1 {{is no interval of finite numbers}}
func.func private @f() attributes {a = #qnn.calibration<method = "min-max", samples = 1, min = 1.0, max = 0.0>}

// -----

// Beyond the range of a double.
// expected-error@+1 {{is no interval of finite numbers}}
func.func private @f() attributes {a = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 1.0e400>}

// -----

// expected-error@+1 {{expected 'table'}}
func.func private @f() attributes {a = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 1.0, file = "t">}

// -----

func.func @list_of_the_wrong_length(%x: tensor<2xf32>) {
  // expected-error@+1 {{'qnn.calibration' expected one #qnn.calibration for each of 1 results}}
  %0 = tosa.abs %x {qnn.calibration = []} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @no_list(%x: tensor<2xf32>) {
  // expected-error@+1 {{'qnn.calibration' expected one #qnn.calibration for each of 1 results}}
  %0 = tosa.abs %x {qnn.calibration = 3 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// expected-error@+1 {{'qnn.calibration' expected #qnn.calibration}}
func.func @argument_calibration(%x: tensor<2xf32> {qnn.calibration = 1.0 : f32}) {
  return
}

// -----

// expected-error@+1 {{'qnn.name' expected a string}}
func.func @argument_name(%x: tensor<2xf32> {qnn.name = 1 : i64}) {
  return
}

// -----

// expected-error@+1 {{'qnn.name' expected a string}}
func.func @result_name(%x: tensor<2xf32>) -> (tensor<2xf32> {qnn.name = 1 : i64}) {
  return %x : tensor<2xf32>
}

// -----

// expected-error@+1 {{'qnn.model_name' expected a C identifier on a module}}
module attributes {qnn.model_name = "2-net"} {}

// -----

// expected-error@+1 {{'qnn.model_name' expected a C identifier on a module}}
func.func private @model_name_elsewhere() attributes {qnn.model_name = "net"}

// -----

// How a tensor is to be quantized: on an operation for its result and its
// weight, and on an argument.
// CHECK-LABEL: func @policies
// CHECK-SAME: qnn.policy = #qnn.policy<u8>
// CHECK: qnn.policy = #qnn.policy<i16, symmetric, power_of_two, method = "mse">
// CHECK-SAME: qnn.stays_float
// CHECK-SAME: qnn.weight_policy = #qnn.policy<i4, block = 32, symmetric, narrow>
// CHECK-SAME: qnn.weight_scales = array<f32: 5.000000e-01>
// CHECK: qnn.policy = #qnn.policy<i8, channel, narrow>
func.func @policies(%x: tensor<2xf32> {qnn.policy = #qnn.policy<u8>}) -> tensor<2xf32> {
  %0 = tosa.abs %x {qnn.policy = #qnn.policy<i16, symmetric, power_of_two, method = "mse">, qnn.stays_float,
    qnn.weight_policy = #qnn.policy<i4, block = 32, symmetric, narrow>, qnn.weight_scales = array<f32: 0.5>} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = tosa.abs %0 {qnn.policy = #qnn.policy<i8, channel, narrow>} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// P1
// expected-error@+1 {{storage of 17 bits, expected 2 to 16 bits}}
func.func private @f() attributes {a = #qnn.policy<i17>}

// -----

// P2
// expected-error@+1 {{blocks of 0 elements, expected at least 1}}
func.func private @f() attributes {a = #qnn.policy<i8, block = 0>}

// -----

// expected-error@+1 {{'f8' is no storage; expected i8, u8, i16, ...}}
func.func private @f() attributes {a = #qnn.policy<f8>}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'qnn.policy' expected #qnn.policy}}
  %0 = tosa.abs %x {qnn.policy = 8 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'qnn.weight_scales' expected an array of f32}}
  %0 = tosa.abs %x {qnn.weight_scales = 8 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'qnn.stays_float' expected no value}}
  %0 = tosa.abs %x {qnn.stays_float = 1 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error@+1 {{'qnn.policy' expected #qnn.policy}}
func.func @f(%x: tensor<2xf32> {qnn.policy = 8 : i64}) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
