// RUN: split-file %s %t
// RUN: quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/table.json | FileCheck %t/model.mlir
// RUN: quant-opt %t/model.mlir --qnn-insert-observers --qnn-apply-calibration=table=%t/table.json | FileCheck %t/model.mlir
// RUN: quant-opt %t/policy.mlir --qnn-apply-calibration=table=%t/histogram.json | FileCheck %t/policy.mlir

//--- model.mlir
// On the argument, and one entry a result on the operation. Observers are gone.
// The other attributes stay. The table's name says where the numbers came from.
// CHECK-LABEL: func @main
// CHECK-SAME: qnn.calibration = #qnn.calibration<method = "min-max", samples = 7, min = -1.000000e+00, max = 2.000000e+00, table = "{{.*}}table.json">
// CHECK-SAME: qnn.name = "input"
// CHECK-NOT: qnn.observe
// CHECK: tosa.tanh %{{.+}} {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 7, min = -7.500000e-01, max = 5.000000e-01, table = "{{.*}}table.json">]}
func.func @main(%x: tensor<4xf32> {qnn.name = "input"}) -> tensor<4xf32> {
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}

//--- table.json
{"provenance": {"method": "min-max", "samples": 7, "model": "m.onnx", "data": "c.npz", "version": "0.1.0"},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "act", "min": -0.75, "max": 0.5}]}

//--- policy.mlir
// A policy with a method, or with another format than i8, chooses its range from
// the histogram: a million values of one bin, and one far away.
// CHECK-LABEL: func @main
// CHECK-SAME: qnn.calibration = #qnn.calibration<method = "percentile", samples = 7, min = 0.000000e+00, max = 3.906250e-03, table = "{{.*}}histogram.json">
func.func @main(%x: tensor<4xf32> {qnn.name = "input", qnn.policy = #qnn.policy<i8, method = "percentile">}) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: tosa.tanh %{{.+}} {qnn.calibration = [#qnn.calibration<method = "percentile", samples = 7, min = -3.906250e-03, max = 3.906250e-03, table = "{{.*}}histogram.json">]
  %0 = tosa.tanh %x {qnn.policy = #qnn.policy<i16, symmetric>} : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  // Without a policy, and without statistics, the range that stands there.
  // CHECK: tosa.exp %{{.+}} {qnn.calibration = [#qnn.calibration<method = "mse", samples = 7, min = -2.000000e+00, max = 5.000000e+00, table = "{{.*}}histogram.json">]
  %1 = tosa.exp %0 : (tensor<4xf32>) -> tensor<4xf32> loc("plain")
  // CHECK: tosa.sigmoid %{{.+}} {qnn.calibration = [#qnn.calibration<method = "percentile", samples = 7, min = 0.000000e+00, max = 1.000000e+00, table = "{{.*}}histogram.json">]
  %2 = tosa.sigmoid %1 {qnn.policy = #qnn.policy<i16>} : (tensor<4xf32>) -> tensor<4xf32> loc("bare")
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

//--- histogram.json
{"provenance": {"method": "percentile", "samples": 7},
 "tensors": [
  {"name": "input", "min": 0, "max": 8, "least": 0, "greatest": 8, "zeros": 9, "width_log2": -8, "bins": "0:1000000, 2048:1"},
  {"name": "act", "min": 0, "max": 8, "least": 0, "greatest": 8, "zeros": 9, "width_log2": -8, "bins": "0:1000000, 2048:1"},
  {"name": "plain", "min": -2, "max": 5, "method": "mse", "least": -2, "greatest": 8, "zeros": 9, "width_log2": -8, "bins": "0:1000000, 2048:1"},
  {"name": "bare", "min": 0, "max": 1}]}
