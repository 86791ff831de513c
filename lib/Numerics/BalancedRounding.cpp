// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// N42 of docs/Numerics.md.
#include "quantc/Numerics/BalancedRounding.h"

#include "quantc/Numerics/Quantize.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>

namespace quantc::numerics {

void quantizeBalanced(llvm::ArrayRef<float> values, float scale,
                      int64_t zeroPoint, StorageRange range,
                      llvm::MutableArrayRef<int32_t> stored) {
  llvm::SmallVector<double> errors;
  double sum = 0.0;
  for (auto [value, integer] : llvm::zip_equal(values, stored)) {
    integer = quantizeF32(value, scale, zeroPoint, range);
    errors.push_back(double(integer - zeroPoint) -
                     double(value) / double(scale));
    sum += errors.back();
  }
  auto moves = static_cast<size_t>(roundHalfEven(std::fabs(sum)));
  if (moves == 0)
    return;
  int32_t step = sum > 0.0 ? -1 : 1;
  // Only numbers that were rounded the way of the sum move, to their other
  // neighbour: the largest errors first, which grow the least.
  llvm::SmallVector<size_t> places;
  for (auto [place, error] : llvm::enumerate(errors))
    if (error * step < 0.0 && range.contains(stored[place] + step))
      places.push_back(place);
  llvm::sort(places, [&](size_t a, size_t b) {
    double first = std::fabs(errors[a]), second = std::fabs(errors[b]);
    return first != second ? first > second : a < b;
  });
  for (size_t place : llvm::ArrayRef(places).take_front(moves))
    stored[place] += step;
}

} // namespace quantc::numerics
