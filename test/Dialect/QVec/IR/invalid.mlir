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
