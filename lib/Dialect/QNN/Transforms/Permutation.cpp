// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides when a transpose and a reshape may change places. Dimensions of size
// 1 are of no account in any of it: they are left out of all comparisons and
// put back where the target shape wants them.

#include "Permutation.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

bool isIdentity(ArrayRef<int64_t> perm) {
  return llvm::equal(perm, llvm::seq<int64_t>(0, perm.size()));
}

Permutation invert(ArrayRef<int64_t> perm) {
  Permutation result(perm.size());
  for (auto [to, from] : llvm::enumerate(perm))
    result[from] = to;
  return result;
}

Permutation compose(ArrayRef<int64_t> first, ArrayRef<int64_t> second) {
  return permute(first, second);
}

SmallVector<int64_t> permute(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  return llvm::map_to_vector(perm, [&](int64_t dim) { return shape[dim]; });
}

bool movesOnlyUnitDims(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  int64_t last = -1;
  for (int64_t dim : perm) {
    if (shape[dim] == 1)
      continue;
    if (dim < last)
      return false;
    last = dim;
  }
  return true;
}

std::vector<float> transposeNumbers(ArrayRef<float> numbers,
                                    ArrayRef<int64_t> shape,
                                    ArrayRef<int64_t> perm) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  SmallVector<int64_t> sizes = permute(shape, perm);
  SmallVector<int64_t> steps = permute(strides, perm);
  SmallVector<int64_t> index(sizes.size(), 0);
  std::vector<float> result(numbers.size());
  int64_t source = 0;
  for (float &number : result) {
    number = numbers[source];
    for (size_t d = sizes.size(); d-- > 0;) {
      source += steps[d];
      if (++index[d] < sizes[d])
        break;
      source -= steps[d] * sizes[d];
      index[d] = 0;
    }
  }
  return result;
}

namespace {

/// Dimensions of a transposed tensor and of its reshaped form that hold the
/// same numbers.
struct Group {
  /// Of the transposed tensor, each by its rank among the dimensions of x that
  /// are not 1.
  SmallVector<int64_t> sources;
  SmallVector<int64_t> sizes;
  /// Indices into the target shape.
  SmallVector<int64_t> targets;

  bool keepsOrder() const {
    for (auto [a, b] : llvm::zip(sources, llvm::drop_begin(sources)))
      if (b != a + 1)
        return false;
    return true;
  }
};

/// Splits both shapes into the smallest groups of equal size, in the order of
/// the transposed tensor.
SmallVector<Group> matchDims(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm,
                             ArrayRef<int64_t> target) {
  SmallVector<int64_t> rank(shape.size(), 0);
  for (size_t d = 1; d < shape.size(); ++d)
    rank[d] = rank[d - 1] + (shape[d - 1] != 1);
  SmallVector<int64_t> sources = llvm::to_vector(llvm::make_filter_range(
      perm, [&](int64_t dim) { return shape[dim] != 1; }));
  SmallVector<int64_t> targets = llvm::to_vector(
      llvm::make_filter_range(llvm::seq<int64_t>(0, target.size()),
                              [&](int64_t dim) { return target[dim] != 1; }));

  SmallVector<Group> groups;
  size_t s = 0, t = 0;
  while (s < sources.size() && t < targets.size()) {
    Group group;
    int64_t sourceSize = 1, targetSize = 1;
    do {
      if (sourceSize <= targetSize && s < sources.size()) {
        int64_t dim = sources[s++];
        group.sources.push_back(rank[dim]);
        group.sizes.push_back(shape[dim]);
        sourceSize *= shape[dim];
      } else if (t < targets.size()) {
        group.targets.push_back(targets[t++]);
        targetSize *= target[group.targets.back()];
      } else {
        return {};
      }
    } while (sourceSize != targetSize);
    groups.push_back(std::move(group));
  }
  return groups;
}

} // namespace

std::optional<ReshapeThenTranspose>
swapTransposeAndReshape(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm,
                        ArrayRef<int64_t> target) {
  SmallVector<Group> groups = matchDims(shape, perm, target);
  for (const Group &group : groups)
    if (!group.keepsOrder())
      return std::nullopt;
  llvm::sort(groups, [](const Group &a, const Group &b) {
    return a.sources.front() < b.sources.front();
  });

  // Target dimensions in the order of x; one of size 1 follows the dimension
  // that it follows in the target shape.
  SmallVector<int64_t> order;
  auto appendWithUnits = [&](int64_t dim) {
    if (dim >= 0)
      order.push_back(dim);
    for (size_t d = dim + 1; d < target.size() && target[d] == 1; ++d)
      order.push_back(d);
  };
  appendWithUnits(-1);
  for (const Group &group : groups)
    for (int64_t dim : group.targets)
      appendWithUnits(dim);
  if (order.size() != target.size())
    return std::nullopt;
  return ReshapeThenTranspose{permute(target, order), invert(order)};
}

std::optional<PermutedLastDim> reorderOnlyLastDim(ArrayRef<int64_t> shape,
                                                  ArrayRef<int64_t> perm,
                                                  ArrayRef<int64_t> target) {
  SmallVector<Group> groups = matchDims(shape, perm, target);
  if (groups.empty())
    return std::nullopt;
  Group last = groups.pop_back_val();
  if (last.targets.size() != 1 ||
      last.targets.front() != static_cast<int64_t>(target.size()) - 1)
    return std::nullopt;
  int64_t next = 0;
  for (const Group &group : groups)
    for (int64_t source : group.sources)
      if (source != next++)
        return std::nullopt;
  PermutedLastDim result;
  result.lastShape = last.sizes;
  result.lastPerm = llvm::to_vector(llvm::seq<int64_t>(0, last.sizes.size()));
  llvm::sort(result.lastPerm, [&](int64_t a, int64_t b) {
    return last.sources[a] < last.sources[b];
  });
  return result;
}

} // namespace quantc::qnn
