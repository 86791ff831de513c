// RUN: split-file %s %t
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration 2>&1 | FileCheck %s --check-prefix=NO-PATH
// NO-PATH: error: expected the path of a calibration table in option 'table'
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/no.json 2>&1 | FileCheck %s --check-prefix=NO-FILE
// NO-FILE: error: cannot read calibration table '{{.*}}no.json': No such file or directory
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/missing.json 2>&1 | FileCheck %s --check-prefix=MISSING
// Both tensors that have no range are named.
// MISSING-DAG: error: the calibration table has no range for tensor 'input'
// MISSING-DAG: error: loc("act"): the calibration table has no range for tensor 'act'
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/foreign.json 2>&1 | FileCheck %s --check-prefix=FOREIGN
// FOREIGN: error: the calibration table has a range for tensor 'conv9', which is no tensor of this model
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/hash.json 2>&1 | FileCheck %s --check-prefix=HASH
// HASH: error: the calibration table was measured on another model: 'm.onnx' with hash 0123; this model's hash is {{[0-9a-f]+}}
// RUN: not quant-opt %t/model.mlir --qnn-apply-calibration=table=%t/unfinished.json 2>&1 | FileCheck %s --check-prefix=UNFINISHED
// UNFINISHED: error: the calibration table is the checkpoint of a calibration that did not end
// RUN: not quant-opt %t/policy.mlir --qnn-apply-calibration=table=%t/bare.json 2>&1 | FileCheck %s --check-prefix=BARE
// BARE: error: the policy of tensor 'input' asks for the method 'mse', but the calibration table has no statistics for it
// RUN: not quant-opt %t/unknown.mlir --qnn-apply-calibration=table=%t/bare.json 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: the policy of tensor 'input' asks for the unknown calibration method 'kl'

//--- model.mlir
func.func @main(%x: tensor<4xf32> {qnn.name = "input"}) -> tensor<4xf32> {
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}

//--- missing.json
{"provenance": {"method": "min-max", "samples": 7}, "tensors": []}
//--- foreign.json
{"provenance": {"method": "min-max", "samples": 7},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "act", "min": -0.75, "max": 0.5}, {"name": "conv9", "min": 0, "max": 1}]}
//--- hash.json
{"provenance": {"method": "min-max", "samples": 7, "model": "m.onnx", "model_hash": "0123"},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "act", "min": -0.75, "max": 0.5}]}
//--- unfinished.json
{"provenance": {"method": "min-max", "samples": 7, "unfinished": true},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "act", "min": -0.75, "max": 0.5}]}
//--- policy.mlir
func.func @main(%x: tensor<4xf32> {qnn.name = "input", qnn.policy = #qnn.policy<i8, method = "mse">}) -> tensor<4xf32> {
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}
//--- unknown.mlir
func.func @main(%x: tensor<4xf32> {qnn.name = "input", qnn.policy = #qnn.policy<i8, method = "kl">}) -> tensor<4xf32> {
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}
//--- bare.json
{"provenance": {"method": "min-max", "samples": 7},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "act", "min": -0.75, "max": 0.5}]}
