// The named stages of quantc with operations of this project inside a model:
// every value gets an observer, and in the end only integers are computed.
//
// RUN: embed-opt %s --qnn-insert-observers | FileCheck %s --check-prefix=OBSERVE
// RUN: embed-opt %s --verify-each --quantc-quantize --quantc-legalize=fail-on-float --quantc-lower --qnn-verify-integer-only | FileCheck %s

// CHECK-LABEL: func @main
// CHECK-NOT: {{acme|tosa|qnn\.[a-z_0-9]+ %}}
// CHECK: linalg
func.func @main(
    %x: tensor<1x9x9x2xf32> {qnn.name = "x", qnn.calibration = #qnn.calibration<
        method = "min-max", samples = 1, min = -2.0, max = 2.0>})
    -> (tensor<1x4x4x2xf32> {qnn.name = "y"}) {
  // OBSERVE: acme.blur_pool
  // OBSERVE: qnn.observe %{{.+}} "blur"
  %0 = acme.blur_pool %x {qnn.calibration = [#qnn.calibration<
      method = "min-max", samples = 1, min = -1.5, max = 1.5>]}
      : tensor<1x9x9x2xf32> -> tensor<1x4x4x2xf32> loc("blur")
  // OBSERVE: acme.hard_mish
  // OBSERVE: qnn.observe %{{.+}} "mish"
  %1 = acme.hard_mish %0 {qnn.calibration = [#qnn.calibration<
      method = "min-max", samples = 1, min = -0.5, max = 1.5>]} : tensor<1x4x4x2xf32> loc("mish")
  return %1 : tensor<1x4x4x2xf32>
}
