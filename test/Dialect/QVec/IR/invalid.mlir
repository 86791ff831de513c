// One constraint, one split, one message.

// RUN: quant-opt %s --split-input-file --verify-diagnostics

// C1
func.func @too_few_bytes(%acc: vector<4xi32>, %a: vector<12xi8>) -> vector<4xi32> {
  // expected-error@+1 {{'qvec.dot' op has operands of 12 elements, expected 16, four for each of the 4 accumulators}}
  %0 = qvec.dot %acc, %a, %a : vector<4xi32>, vector<12xi8>
  return %0 : vector<4xi32>
}

// -----

func.func @sides_differ(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<32xi8>) -> vector<4xi32> {
  // expected-error@+1 {{'qvec.dot' op failed to verify that all of {lhs, rhs} have same type}}
  %0 = "qvec.dot"(%acc, %a, %w) : (vector<4xi32>, vector<16xi8>, vector<32xi8>) -> vector<4xi32>
  return %0 : vector<4xi32>
}

// -----

func.func @result_differs(%acc: vector<4xi32>, %a: vector<16xi8>) -> vector<8xi32> {
  // expected-error@+1 {{'qvec.dot' op failed to verify that all of {acc, result} have same type}}
  %0 = "qvec.dot"(%acc, %a, %a) : (vector<4xi32>, vector<16xi8>, vector<16xi8>) -> vector<8xi32>
  return %0 : vector<8xi32>
}

// -----

func.func @words_for_bytes(%acc: vector<4xi32>, %a: vector<16xi16>) -> vector<4xi32> {
  // expected-error@+1 {{'qvec.dot' op operand #1 must be}}
  %0 = qvec.dot %acc, %a, %a : vector<4xi32>, vector<16xi16>
  return %0 : vector<4xi32>
}

// -----

func.func @narrow_accumulator(%acc: vector<4xi16>, %a: vector<16xi8>) -> vector<4xi16> {
  // expected-error@+1 {{'qvec.dot' op operand #0 must be}}
  %0 = qvec.dot %acc, %a, %a : vector<4xi16>, vector<16xi8>
  return %0 : vector<4xi16>
}

// -----

func.func @matrix(%acc: vector<2x2xi32>, %a: vector<16xi8>) -> vector<2x2xi32> {
  // expected-error@+1 {{'qvec.dot' op operand #0 must be}}
  %0 = qvec.dot %acc, %a, %a : vector<2x2xi32>, vector<16xi8>
  return %0 : vector<2x2xi32>
}

// -----

// C2
func.func @too_few_words(%acc: vector<4xi32>, %a: vector<4xi16>) -> vector<4xi32> {
  // expected-error@+1 {{'qvec.dot_words' op has operands of 4 elements, expected 8, two for each of the 4 accumulators}}
  %0 = qvec.dot_words %acc, %a, %a : vector<4xi32>, vector<4xi16>
  return %0 : vector<4xi32>
}

// -----

// C3
func.func @part_of_128_bits(%a: vector<6xi32>) -> vector<12xi16> {
  // expected-error@+1 {{'qvec.pack' op has operands of 192 bits, expected a multiple of 128}}
  %0 = qvec.pack %a, %a : vector<6xi32> to vector<12xi16>
  return %0 : vector<12xi16>
}

// -----

// C4
func.func @a_quarter_of_the_bits(%a: vector<4xi32>) -> vector<8xi8> {
  // expected-error@+1 {{'qvec.pack' op narrows 'vector<4xi32>' to 'vector<8xi8>', expected 8 elements of 16 bits}}
  %0 = qvec.pack %a, %a : vector<4xi32> to vector<8xi8>
  return %0 : vector<8xi8>
}

// -----

// C4
func.func @elements_lost(%a: vector<8xi16>) -> vector<8xi8> {
  // expected-error@+1 {{'qvec.pack' op narrows 'vector<8xi16>' to 'vector<8xi8>', expected 16 elements of 8 bits}}
  %0 = qvec.pack %a, %a : vector<8xi16> to vector<8xi8>
  return %0 : vector<8xi8>
}

// -----

// C5
func.func @short_table(%x: vector<64xi8>) -> vector<64xi8> {
  // expected-error@+1 {{'qvec.lookup' op has a table of 3 entries, expected 256, one for each byte}}
  %0 = qvec.lookup %x {table = array<i8: 1, 2, 3>} : vector<64xi8>
  return %0 : vector<64xi8>
}

// -----

func.func @wide_indices(%x: vector<64xi16>) -> vector<64xi16> {
  // expected-error@+1 {{'qvec.lookup' op operand #0 must be}}
  %0 = qvec.lookup %x {table = array<i8: 1, 2, 3>} : vector<64xi16>
  return %0 : vector<64xi16>
}

// -----

// expected-error@+1 {{expected rows and columns, not 3 dimensions}}
func.func private @three_dimensions(!qvec.tile<2x16x64xi8>)

// -----

// C6
func.func @too_few_indices(%x: tensor<14x1024xi8>, %i: index) {
  // expected-error@+1 {{'qvec.tile_load' op has 1 indices, expected 2, one for each dimension of 'tensor<14x1024xi8>'}}
  %0 = qvec.tile_load %x[%i] along 1 by 64 : tensor<14x1024xi8>, !qvec.tile<14x48xi8>
  return
}

// -----

// C7
func.func @no_such_dimension(%x: tensor<14x1024xi8>, %i: index) {
  // expected-error@+1 {{'qvec.tile_load' op goes along dimension 2, but 'tensor<14x1024xi8>' has 2}}
  %0 = qvec.tile_load %x[%i, %i] along 2 by 64 : tensor<14x1024xi8>, !qvec.tile<14x48xi8>
  return
}

// -----

// C8
func.func @rows_differ(%sums: !qvec.tile<14x16xi32>, %x: !qvec.tile<16x48xi8>, %w: !qvec.tile<12x64xi8>) {
  // expected-error@+1 {{'qvec.tile_dot' op has a left side of 16x48, expected 14x48, the rows of the accumulators and four columns for each row of the right side}}
  %0 = qvec.tile_dot %sums, %x, %w : !qvec.tile<14x16xi32>, !qvec.tile<16x48xi8>, !qvec.tile<12x64xi8>
  return
}

// -----

// C9
func.func @columns_differ(%sums: !qvec.tile<14x16xi32>, %x: !qvec.tile<14x48xi8>, %w: !qvec.tile<12x32xi8>) {
  // expected-error@+1 {{'qvec.tile_dot' op has a right side of 32 columns, expected 64, four for each of the 16 columns of accumulators}}
  %0 = qvec.tile_dot %sums, %x, %w : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x32xi8>
  return
}

// -----

// C10
func.func @one_line(%sums: !qvec.tile<14x16xi32>, %dest: memref<224xi32>, %i: index) {
  // expected-error@+1 {{'qvec.tile_store' op has 1 indices of 'memref<224xi32>', expected at least two dimensions and one index for each}}
  qvec.tile_store %sums, %dest[%i] : !qvec.tile<14x16xi32>, memref<224xi32>
  return
}
