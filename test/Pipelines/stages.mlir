// The stages one behind the other, each by its name, and the forms between.
//
// RUN: split-file %s %t
// RUN: quant-opt %t/model.mlir --quantc-prepare --quantc-calibrate=table=%t/table.json -o %t/calibrated.mlir --mlir-print-debuginfo
// RUN: FileCheck %s --check-prefix=CALIBRATED < %t/calibrated.mlir
// RUN: quant-opt %t/calibrated.mlir --quantc-quantize -o %t/qdq.mlir
// RUN: FileCheck %s --check-prefix=QDQ < %t/qdq.mlir
// RUN: quant-opt %t/qdq.mlir --quantc-legalize --qnn-report-float=fail=true -o %t/qnn.mlir
// RUN: FileCheck %s --check-prefix=QNN --implicit-check-not=tosa. < %t/qnn.mlir
// RUN: quant-opt %t/qnn.mlir --quantc-lower | FileCheck %s --check-prefix=LOWER --implicit-check-not="= qnn."

// Options reach their passes.
// RUN: quant-opt %t/qdq.mlir --quantc-legalize="rounding=float_even integer-boundary=true" | FileCheck %s --check-prefix=BOUNDARY
// RUN: not quant-opt %t/float.mlir --quantc-legalize=fail-on-float=true 2>&1 | FileCheck %s --check-prefix=FAIL
// FAIL: error: 'tosa.reduce_sum' stays in float

// The verifiers stand at the end of their stages.
// RUN: not quant-opt %t/model.mlir --quantc-calibrate 2>&1 | FileCheck %s --check-prefix=NO-TABLE
// NO-TABLE: error: expected the path of a calibration table in option 'table'
// RUN: not quant-opt %t/model.mlir --quantc-quantize 2>&1 | FileCheck %s --check-prefix=NO-RANGES
// NO-RANGES: error: tensor 'input' has no calibrated range

// RUN: quant-opt %t/model.mlir --quantc-calibrate=table=%t/table.json --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES-CALIBRATE
// PASSES-CALIBRATE: qnn-apply-calibration
// PASSES-CALIBRATE: qnn-verify-calibrated
// RUN: quant-opt %t/calibrated.mlir --quantc-quantize --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES-QUANTIZE
// PASSES-QUANTIZE: qnn-insert-qdq
// PASSES-QUANTIZE: canonicalize
// PASSES-QUANTIZE: qnn-verify-qdq-form

// CALIBRATED: qnn.calibration = #{{.+}}, qnn.name = "input"
// CALIBRATED: tosa.conv2d
// CALIBRATED: tosa.clamp {{.+}}qnn.calibration

// QDQ: qnn.quantize
// QDQ-NEXT: qnn.dequantize
// QDQ: tosa.conv2d
// QDQ-NEXT: tosa.clamp
// QDQ-NEXT: qnn.quantize
// QDQ-NEXT: qnn.dequantize
// QDQ-NEXT: return

// QNN: qnn.quantize
// QNN-NEXT: qnn.conv_2d
// QNN-NEXT: qnn.dequantize
// QNN-NEXT: return

// LOWER: linalg.generic

// BOUNDARY: func.func @main(%{{.+}}: tensor<1x2x2x1x!quant.uniform<i8:f32, {{.+}}>> {qnn.name = "input"}) -> tensor<1x2x2x1x!quant
// BOUNDARY-NEXT: qnn.constant
// BOUNDARY: qnn.conv_2d {{.+}}rounding = {{.*}}float_even
// BOUNDARY-NEXT: return

//--- model.mlir
func.func @main(%x: tensor<1x2x2x1xf32> {qnn.name = "input"}) -> tensor<1x2x2x1xf32> {
  %w = "tosa.const"() <{values = dense<2.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32> loc("conv")
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> loc("relu")
  return %1 : tensor<1x2x2x1xf32>
}
//--- table.json
{"provenance": {"method": "min-max", "samples": 7},
 "tensors": [{"name": "input", "min": -1, "max": 2.0}, {"name": "relu", "min": 0, "max": 6}]}
//--- float.mlir
func.func @main(%x: tensor<4xf32>) -> tensor<1xf32> {
  %0 = tosa.reduce_sum %x {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}
