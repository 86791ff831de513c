// RUN: quant-opt %s --qnn-verify-integer-only --split-input-file --verify-diagnostics

!q = !quant.uniform<i8:f32, 0.5:-3>

// Each offender by itself: the float operation, and the casts around it, which
// are at no boundary.
func.func @sigmoid_inside(%x: tensor<4x!q>) -> tensor<4x!q> {
  // expected-error @below {{'qnn.dequantize' op computes on 'tensor<4xf32>' between the boundaries of the function}}
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  // expected-error @below {{'tosa.sigmoid' op computes on 'tensor<4xf32>' between the boundaries}}
  %1 = tosa.sigmoid %0 : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error @below {{'qnn.quantize' op computes on 'tensor<4xf32>' between the boundaries}}
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!q>
  return %2 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// Computing on an argument before it is quantized makes neither a boundary.
func.func @before_the_quantize(%x: tensor<4xf32>) -> tensor<4x!q> {
  // expected-error @below {{'tosa.abs' op computes on}}
  %0 = tosa.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error @below {{'qnn.quantize' op computes on}}
  %1 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!q>
  return %1 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// A result that is also read inside.
func.func @result_and_more(%x: tensor<4x!q>) -> (tensor<4xf32>, tensor<4x!q>) {
  // expected-error @below {{'qnn.dequantize' op computes on}}
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  // expected-error @below {{'qnn.quantize' op computes on}}
  %1 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!q>
  return %0, %1 : tensor<4xf32>, tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

func.func @float_rounding(%x: tensor<4x!q>) -> tensor<4x!q> {
  // expected-error @below {{'qnn.mul' op computes on f32: its rounding is float_even}}
  %0 = qnn.mul %x, %x {rounding = #qnn.rounding<float_even>} : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  return %0 : tensor<4x!q>
}

// -----

#id = affine_map<(d0) -> (d0)>

// The mark does not help an operation that stands inside, nor one with floats
// on both sides; and a scalar float in the body of an integer operation is
// found there.
func.func @marks(%x: tensor<4xi8>, %f: tensor<4xf32>) -> (tensor<4xi8>, tensor<4xf32>, tensor<4xi8>) {
  %ef = tensor.empty() : tensor<4xf32>
  %ei = tensor.empty() : tensor<4xi8>
  // expected-error @below {{'linalg.generic' op computes on}}
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xi8>) outs(%ef : tensor<4xf32>) attrs = {qnn.boundary} {
  ^bb0(%a: i8, %o: f32):
    // expected-error @below {{'arith.sitofp' op computes on 'f32'}}
    %r = arith.sitofp %a : i8 to f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  // expected-error @below {{'linalg.generic' op computes on}}
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%0 : tensor<4xf32>) outs(%ei : tensor<4xi8>) attrs = {qnn.boundary} {
  ^bb0(%a: f32, %o: i8):
    // expected-error @below {{'arith.fptosi' op computes on 'f32'}}
    %r = arith.fptosi %a : f32 to i8
    linalg.yield %r : i8
  } -> tensor<4xi8>
  // expected-error @below {{'linalg.generic' op computes on}}
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%f : tensor<4xf32>) outs(%ef : tensor<4xf32>) attrs = {qnn.boundary} {
  ^bb0(%a: f32, %o: f32):
    // expected-error @below {{'arith.negf' op computes on 'f32'}}
    %r = arith.negf %a : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xi8>) outs(%ei : tensor<4xi8>) {
  ^bb0(%a: i8, %o: i8):
    // expected-error @below {{'arith.sitofp' op computes on 'f32'}}
    %r = arith.sitofp %a : i8 to f32
    // expected-error @below {{'arith.fptosi' op computes on 'f32'}}
    %s = arith.fptosi %r : f32 to i8
    linalg.yield %s : i8
  } -> tensor<4xi8>
  return %1, %2, %3 : tensor<4xi8>, tensor<4xf32>, tensor<4xi8>
}
