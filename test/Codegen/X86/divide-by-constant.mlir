// A quantize divides by its scale. With a fused multiplication it multiplies by
// the reciprocal, in two f32 numbers; powers of two need one.

// RUN: quant-opt %s --quantc-vectorize-kernels="vector-bits=512 isa=avx512vnni" --canonicalize | FileCheck %s --check-prefix=FUSED
// RUN: quant-opt %s --quantc-vectorize-kernels="vector-bits=256 isa=avx2" --canonicalize | FileCheck %s --check-prefix=PLAIN

#id = affine_map<(d0) -> (d0)>

// FUSED-LABEL: func.func @quantize
// FUSED-NOT: arith.divf
// FUSED: %[[LOW:.+]] = arith.mulf %[[X:.+]], %{{.+}} : vector<64xf32>
// FUSED: math.fma %[[X]], %{{.+}}, %[[LOW]] : vector<64xf32>
// FUSED-NOT: arith.divf
// FUSED: return

// PLAIN-LABEL: func.func @quantize
// PLAIN: arith.divf %{{.+}} : vector<32xf32>
func.func @quantize(%x: tensor<256xf32>, %out: tensor<256xi8>) -> tensor<256xi8> {
  %scale = arith.constant 1.730000e-02 : f32
  %zero = arith.constant 0.000000e+00 : f32
  %low = arith.constant -1.170000e+02 : f32
  %high = arith.constant 1.380000e+02 : f32
  %rounder = arith.constant 0x4B400000 : f32
  %bits = arith.constant 1262485504 : i32
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<256xf32>) outs(%out : tensor<256xi8>) {
  ^bb0(%in: f32, %o: i8):
    %q = arith.divf %in, %scale : f32
    %n = arith.cmpf uno, %q, %q : f32
    %s = arith.select %n, %zero, %q : f32
    %l = arith.cmpf olt, %s, %low : f32
    %a = arith.select %l, %low, %s : f32
    %h = arith.cmpf ogt, %a, %high : f32
    %b = arith.select %h, %high, %a : f32
    %r = arith.addf %b, %rounder : f32
    %i = arith.bitcast %r : f32 to i32
    %d = arith.subi %i, %bits : i32
    %t = arith.trunci %d : i32 to i8
    linalg.yield %t : i8
  } -> tensor<256xi8>
  return %0 : tensor<256xi8>
}

// A quotient that something else reads is a quotient.
// FUSED-LABEL: func.func @divide
// FUSED: arith.divf
// FUSED-NOT: math.fma
// FUSED: return
func.func @divide(%x: tensor<256xf32>, %out: tensor<256xf32>) -> tensor<256xf32> {
  %scale = arith.constant 1.730000e-02 : f32
  %rounder = arith.constant 0x4B400000 : f32
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<256xf32>) outs(%out : tensor<256xf32>) {
  ^bb0(%in: f32, %o: f32):
    %q = arith.divf %in, %scale : f32
    %r = arith.addf %q, %rounder : f32
    linalg.yield %r : f32
  } -> tensor<256xf32>
  return %0 : tensor<256xf32>
}
