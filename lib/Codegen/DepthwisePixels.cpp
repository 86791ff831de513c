// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a pixel is known to lie in the border, it is a constant. Bytes of
// pixels one below the other come side by side within 128 bits of a register:
// channels leave their order, see DepthwisePacking.
#include "DepthwisePixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {

/// The 16 bytes within which registers are interleaved and narrowed.
static constexpr int64_t kPieceBits = 128;

DepthwisePixels::DepthwisePixels(DepthwiseFrame &frame,
                                 const DepthwiseSegment &segment, int64_t rows,
                                 int64_t columns)
    : rewriter(frame.rewriter), plan(frame.plan), loc(frame.loc), frame(frame),
      segment(segment), step(plan.getStep(segment)),
      distance(plan.getDistance(columns)),
      rowPixels(plan.grouped.getPixels(rows)),
      columnPixels(plan.slid.getPixels(columns, step)) {}

void DepthwisePixels::load(bool high, Value from) {
  column = from;
  registers.clear();
  loads.emplace(rewriter, loc);
  for (int64_t pixel : columnPixels)
    for (int64_t number = 0; number < getNumGroups(); ++number)
      if (!isZero(pixel, number))
        registers[{pixel, number}] = interleave(pixel, number, high);
}

int64_t DepthwisePixels::getGroup(int64_t row, int64_t tap) const {
  int64_t pixel = row * plan.grouped.stride + tap * plan.grouped.dilation;
  return (llvm::lower_bound(rowPixels, pixel) - rowPixels.begin()) / plan.ways;
}

Value DepthwisePixels::get(int64_t vector, int64_t tap, int64_t group,
                           int64_t quarter) const {
  int64_t pixel = vector * step * plan.slid.stride + tap * plan.slid.dilation;
  auto found = registers.find({pixel, group});
  return found == registers.end() ? Value() : found->second[quarter];
}

SmallVector<Value> DepthwisePixels::getAll() const {
  SmallVector<Value> all;
  for (const auto &entry : registers)
    llvm::append_range(all, entry.second);
  return all;
}

/// Where the tile's `pixel` is on `axis`, for a tile at a known place.
int64_t DepthwisePixels::getPosition(const DepthwiseAxis &axis,
                                     int64_t pixel) const {
  return frame.place.offsets[axis.output] * axis.stride + pixel - axis.low;
}

/// The part [begin, end) of the vector of pixels there that is in the image;
/// tiles that a loop runs over are.
std::pair<int64_t, int64_t>
DepthwisePixels::getInside(int64_t rowPixel, int64_t columnPixel) const {
  if (!frame.place.bases[plan.grouped.output]) {
    int64_t row = getPosition(plan.grouped, rowPixel);
    if (row < 0 || row >= plan.grouped.extent)
      return {0, 0};
  }
  if (frame.place.bases[plan.slid.output])
    return {0, segment.pixels};
  int64_t first = getPosition(plan.slid, columnPixel);
  auto isInside = [&](int64_t pixel) {
    int64_t position = first + pixel * distance * plan.slid.stride;
    return position >= 0 && position < plan.slid.extent;
  };
  int64_t begin = 0, end = segment.pixels;
  while (begin < end && !isInside(begin))
    ++begin;
  while (begin < end && !isInside(end - 1))
    --end;
  return {begin, end};
}

/// The vector of the image at a pixel relative to the tile's first one.
Value DepthwisePixels::loadPixels(int64_t rowPixel, int64_t columnPixel) {
  Place at = frame.place;
  // Some output reads the pixel with some tap; the sum is all that counts.
  auto move = [&](const DepthwiseAxis &axis, int64_t pixel, int64_t step) {
    for (int64_t o = 0;; o += step)
      if (std::optional<int64_t> tap = axis.getTap(o, pixel)) {
        at.offsets[axis.output] += o;
        at.offsets[axis.kernel] = *tap;
        return;
      }
  };
  move(plan.grouped, rowPixel, 1);
  move(plan.slid, columnPixel, step);
  if (column) {
    if (!at.bases[plan.slid.output])
      at.offsets[plan.slid.output] -= frame.place.offsets[plan.slid.output];
    at.bases[plan.slid.output] = column;
  }
  auto [begin, end] = getInside(rowPixel, columnPixel);
  at.offsets[plan.slid.output] += begin * distance;
  return loadPart(at, begin, end);
}

/// Whether all pixels of `group` in one column lie in a border of zeros.
bool DepthwisePixels::isZero(int64_t columnPixel, int64_t group) const {
  return plan.border && plan.border.getValue().isZero() &&
         llvm::all_of(getRows(group), [&](int64_t rowPixel) {
           auto [begin, end] = getInside(rowPixel, columnPixel);
           return begin == end;
         });
}

/// `count` pixels that are apart from each other, in the vector of a segment
/// from pixel `begin` on. The others are those of `vector`.
Value DepthwisePixels::gather(Place at, int64_t begin, int64_t count,
                              Value vector) {
  for (int64_t pixel = begin; pixel < begin + count; ++pixel) {
    Value loaded =
        loads->loadRun(frame.image, frame.imageMap, at, segment.channels);
    vector = vector::InsertStridedSliceOp::create(
        rewriter, loc, loaded, vector,
        ArrayRef<int64_t>{pixel * segment.channels}, ArrayRef<int64_t>{1});
    at.offsets[plan.slid.output] += distance;
  }
  return vector;
}

/// The pixels [begin, end) of a vector, which are in the image from `at` on,
/// and the border in place of the others.
Value DepthwisePixels::loadPart(const Place &at, int64_t begin, int64_t end) {
  int64_t bytes = segment.getBytes(), channels = bytes / segment.pixels;
  if (segment.pixels > 1 && !plan.flat) {
    auto type = VectorType::get({segment.width}, rewriter.getI8Type());
    Attribute border = plan.border;
    if (!border)
      border = rewriter.getI8IntegerAttr(0);
    Value vector = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, border));
    return gather(at, begin, end - begin, vector);
  }
  Value loaded;
  if (begin < end)
    loaded = loads->loadRun(frame.image, frame.imageMap, at,
                            (end - begin) * channels);
  if (end - begin < segment.pixels) {
    auto type = VectorType::get({segment.width}, rewriter.getI8Type());
    Value border = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, plan.border.getValue()));
    return loaded
               ? vector::InsertStridedSliceOp::create(
                     rewriter, loc, loaded, border,
                     ArrayRef<int64_t>{begin * channels}, ArrayRef<int64_t>{1})
               : border;
  }
  if (bytes == segment.width)
    return loaded;
  SmallVector<int64_t> mask(segment.width, -1);
  for (int64_t i = 0; i < bytes; ++i)
    mask[i] = i;
  return vector::ShuffleOp::create(rewriter, loc, loaded, loaded, mask);
}

Value DepthwisePixels::castElements(Value value, unsigned bits) {
  auto type = cast<VectorType>(value.getType());
  int64_t size = type.getDimSize(0) * type.getElementTypeBitWidth() / bits;
  return vector::BitCastOp::create(
      rewriter, loc, VectorType::get({size}, rewriter.getIntegerType(bits)),
      value);
}

/// The low or high halves of each 16 bytes of two vectors, element by element.
Value DepthwisePixels::unpack(Value lhs, Value rhs, bool high) {
  auto type = cast<VectorType>(lhs.getType());
  int64_t size = type.getDimSize(0);
  int64_t piece = kPieceBits / type.getElementTypeBitWidth();
  SmallVector<int64_t> mask;
  for (int64_t start = 0; start < size; start += piece)
    for (int64_t i = 0; i < piece / 2; ++i) {
      int64_t element = start + i + (high ? piece / 2 : 0);
      mask.append({element, size + element});
    }
  return vector::ShuffleOp::create(rewriter, loc, lhs, rhs, mask);
}

/// The pixels of `group` in one column: their bytes of one channel side by
/// side, as bytes or as words. Pixels beyond the last one meet zero weights and
/// may be anything.
DepthwisePixels::Half DepthwisePixels::interleave(int64_t columnPixel,
                                                  int64_t number, bool high) {
  SmallVector<Value> pixels;
  for (int64_t pixel : getRows(number))
    pixels.push_back(loadPixels(pixel, columnPixel));
  if (plan.ways == 1)
    return {pixels.front(), pixels.front()};
  if (plan.pairsColumns && pixels.size() % 2 != 0) {
    int64_t neighbour = columnPixel ^ 1;
    Value beside = pixels.back();
    if (llvm::is_contained(columnPixels, neighbour))
      beside = loadPixels(getRows(number).back(), neighbour);
    pixels.push_back(beside);
    if (columnPixel % 2 != 0)
      std::swap(pixels.back(), pixels[pixels.size() - 2]);
  }
  auto pair = [&](size_t first) {
    Value lhs = pixels[first];
    return unpack(lhs, first + 1 < pixels.size() ? pixels[first + 1] : lhs,
                  high);
  };
  Value even = pair(0);
  if (plan.ways == 2) {
    Value zero = arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(even.getType()));
    return {castElements(unpack(even, zero, false), 16),
            castElements(unpack(even, zero, true), 16)};
  }
  even = castElements(even, 16);
  Value odd = pixels.size() > 2 ? castElements(pair(2), 16) : even;
  return {castElements(unpack(even, odd, false), 8),
          castElements(unpack(even, odd, true), 8)};
}

} // namespace quantc::codegen
