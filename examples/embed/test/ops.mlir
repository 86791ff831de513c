// RUN: embed-opt %s --split-input-file --verify-diagnostics | embed-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func @ops
func.func @ops(%x: tensor<1x9x8x4xf32>) -> tensor<1x4x3x4xf32> {
  // CHECK: acme.hard_mish %{{.+}} : tensor<1x9x8x4xf32>
  %0 = acme.hard_mish %x : tensor<1x9x8x4xf32>
  // CHECK: acme.blur_pool %{{.+}} : tensor<1x9x8x4xf32> -> tensor<1x4x3x4xf32>
  %1 = acme.blur_pool %0 : tensor<1x9x8x4xf32> -> tensor<1x4x3x4xf32>
  return %1 : tensor<1x4x3x4xf32>
}

// -----

func.func @image_smaller_than_filter(%x: tensor<1x2x8x4xf32>) {
  // expected-error @below {{needs images of at least 3x3 pixels, got 'tensor<1x2x8x4xf32>'}}
  %0 = acme.blur_pool %x : tensor<1x2x8x4xf32> -> tensor<1x1x3x4xf32>
  return
}

// -----

func.func @wrong_result(%x: tensor<1x9x9x4xf32>) {
  // expected-error @below {{has result 'tensor<1x5x4x4xf32>', expected shape 1, 4, 4, 4}}
  %0 = acme.blur_pool %x : tensor<1x9x9x4xf32> -> tensor<1x5x4x4xf32>
  return
}
