// RUN: quant-opt %s --split-input-file --verify-diagnostics --quantc-lower-tiles=isa=amx

func.func @too_many_rows() {
  // expected-error@+1 {{'qvec.tile_zero' op has a result of '!qvec.tile<17x16xi32>', but a register of 'amx' has at most 16 rows of 64 bytes}}
  %0 = qvec.tile_zero : !qvec.tile<17x16xi32>
  return
}
