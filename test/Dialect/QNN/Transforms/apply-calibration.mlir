// RUN: split-file %s %t
// RUN: quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/table.json | FileCheck %t/model.mlir
// RUN: quant-opt %t/model.mlir --qnn-insert-observers --qnn-apply-calibration=table=%t/table.json | FileCheck %t/model.mlir

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
