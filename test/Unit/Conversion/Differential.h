// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second opinion on the lowering: small models as text, random inputs, and
// a comparison of the compiled integer linalg with the reference evaluation of
// the qnn IR, bit by bit.
#ifndef QUANTC_TEST_UNIT_CONVERSION_DIFFERENTIAL_H
#define QUANTC_TEST_UNIT_CONVERSION_DIFFERENTIAL_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace quantc::test {

using Shape = std::vector<int64_t>;

/// The text of a quantized element type, and what is needed to fill it.
struct Quant {
  bool isSigned = true;
  unsigned bits = 8;
  int64_t min = -128, max = 127;
  /// One, or one a channel along `axis`.
  std::vector<double> scales{0.5};
  std::vector<int64_t> zeroPoints{0};
  int64_t axis = -1;

  std::string text() const;
};

/// Per-tensor activations and weights.
Quant int8(double scale, int64_t zeroPoint);
Quant uint8(double scale, int64_t zeroPoint);
Quant narrowInt8(double scale);
/// Narrow signed weights with a scale for each channel along `axis`.
Quant perAxis(std::vector<double> scales, int64_t axis);
/// The bias type of a contraction.
Quant biasOf(const Quant &input, const Quant &weight);

std::string tensorText(const Shape &shape, const std::string &element);
std::string tensorText(const Shape &shape, const Quant &type);
/// [a, b, c] with a space behind each comma.
std::string listText(const Shape &values);

/// Numbers of a fixed seed.
class Random {
public:
  explicit Random(unsigned seed) : engine(seed) {}
  int64_t between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  }
  /// A scale between 2^-8 and 1, an f32 number.
  double scale();
  /// Stored integers over the whole range, both ends included with certainty.
  std::vector<int64_t> stored(const Quant &type, int64_t count);

private:
  std::mt19937 engine;
};

/// Whether a function can take or give `type`: 8 or 16 bits of storage.
bool isBoundary(const Quant &type);

/// `%name = qnn.constant ...` with the given stored integers.
std::string constantText(const std::string &name, const Shape &shape,
                         const Quant &type, const std::vector<int64_t> &values);

/// One function `main` of quantized or float arguments.
struct Model {
  std::vector<std::string> arguments;
  std::string body;
  std::string result;
  std::string resultType;

  /// Adds an argument of `type` and gives its name. Storage that cannot cross
  /// the boundary is quantized from floats inside.
  std::string addArgument(const Shape &shape, const Quant &type);
  /// Returns %`name`; storage that cannot cross the boundary as floats.
  void setResult(const std::string &name, const Shape &shape,
                 const Quant &type);
  std::string text() const;
};

/// Runs `model` both ways on `rounds` random inputs and expects equal bits,
/// with activations stored as written, unsigned and signed. Float inputs
/// include NaN, infinities, zeros, ties and denormal numbers.
void expectSameBits(const Model &model, unsigned rounds = 4);

} // namespace quantc::test

#endif // QUANTC_TEST_UNIT_CONVERSION_DIFFERENTIAL_H
