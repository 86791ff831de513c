// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A requantize ends with a clamp in 32 bits and a truncation. Two packs do the
// same to four times as many elements, and saturate on the way: a clamp to all
// bytes disappears, any other one is done on bytes behind them.
#include "FoldClamps.h"

#include "Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Bounds of bytes, signed or unsigned.
struct ByteRange {
  int64_t low, high;

  bool isUnsigned() const { return low >= 0; }
  bool operator==(const ByteRange &other) const {
    return low == other.low && high == other.high;
  }
};

struct Clamp {
  Value value;
  ByteRange range;
};

/// The constant that every element of `value` is.
std::optional<int64_t> getSplat(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  APInt constant;
  if (!matchPattern(value, m_ConstantInt(&constant)))
    return std::nullopt;
  return constant.getSExtValue();
}

/// min(max(value, low), high) with bounds that are alike for all elements and
/// lie in one of the two ranges of bytes.
std::optional<Clamp> matchClamp(Value value) {
  auto min = value.getDefiningOp<arith::MinSIOp>();
  auto max = min ? min.getLhs().getDefiningOp<arith::MaxSIOp>() : nullptr;
  if (!max)
    return std::nullopt;
  auto low = getSplat(max.getRhs()), high = getSplat(min.getRhs());
  if (!low || !high)
    return std::nullopt;
  ByteRange range{*low, *high};
  bool fits = range.isUnsigned() ? range.high <= 255
                                 : range.low >= -128 && range.high <= 127;
  if (!fits || range.low > range.high)
    return std::nullopt;
  return Clamp{max.getLhs(), range};
}

/// `bytes` that are saturated to the signedness of `range`, clamped to it.
Value clampBytes(OpBuilder &builder, Location loc, Value bytes,
                 ByteRange range) {
  auto type = cast<VectorType>(bytes.getType());
  auto constant = [&](int64_t value) -> Value {
    APInt byte(8, static_cast<uint64_t>(value) & 0xff);
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(type, byte));
  };
  bool isUnsigned = range.isUnsigned();
  if (range.low > (isUnsigned ? 0 : -128)) {
    Value low = constant(range.low);
    bytes = isUnsigned
                ? arith::MaxUIOp::create(builder, loc, bytes, low).getResult()
                : arith::MaxSIOp::create(builder, loc, bytes, low).getResult();
  }
  if (range.high < (isUnsigned ? 255 : 127)) {
    Value high = constant(range.high);
    bytes = isUnsigned
                ? arith::MinUIOp::create(builder, loc, bytes, high).getResult()
                : arith::MinSIOp::create(builder, loc, bytes, high).getResult();
  }
  return bytes;
}

Value pack(OpBuilder &builder, Location loc, Value lhs, Value rhs,
           bool isUnsigned) {
  auto type = cast<VectorType>(lhs.getType());
  auto half = VectorType::get(
      {2 * type.getDimSize(0)},
      builder.getIntegerType(type.getElementTypeBitWidth() / 2));
  return qvec::PackOp::create(builder, loc, half, lhs, rhs, isUnsigned);
}

/// The first pack saturates to 16 bits, where every byte is itself and nothing
/// else becomes one.
Value packToBytes(OpBuilder &builder, Location loc, ArrayRef<Value> words,
                  bool isUnsigned) {
  SmallVector<Value> halves, padded(words);
  // Nothing reads what comes from the other half of a single register.
  if (padded.size() == 1)
    padded.push_back(arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(words.front().getType())));
  for (size_t i = 0; i < padded.size(); i += 2)
    halves.push_back(pack(builder, loc, padded[i], padded[i + 1], false));
  return pack(builder, loc, halves.front(), halves.back(), isUnsigned);
}

/// Bytes that are extended to words again, by the next operation of an
/// epilogue, never need to become bytes.
template <typename ExtendOp>
struct KeepClampedWords : OpRewritePattern<ExtendOp> {
  using OpRewritePattern<ExtendOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ExtendOp op,
                                PatternRewriter &rewriter) const override {
    auto truncate = op.getIn().template getDefiningOp<arith::TruncIOp>();
    if (!truncate || truncate.getIn().getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "operand was no word");
    std::optional<Clamp> clamp = matchClamp(truncate.getIn());
    if (!clamp)
      return rewriter.notifyMatchFailure(op, "operand is no clamp to bytes");
    bool keepsValue = std::is_same_v<ExtendOp, arith::ExtUIOp>
                          ? clamp->range.isUnsigned()
                          : clamp->range.high <= 127;
    if (!keepsValue)
      return rewriter.notifyMatchFailure(op, "the top bit changes its meaning");
    rewriter.replaceOp(op, truncate.getIn());
    return success();
  }
};

/// The halves of a vector that `op` appends to each other.
std::optional<std::pair<Value, Value>> matchConcatenation(Operation *op) {
  auto shuffle = dyn_cast<vector::ShuffleOp>(op);
  if (!shuffle || shuffle.getV1VectorType() != shuffle.getV2VectorType() ||
      shuffle.getV1VectorType().getRank() != 1 ||
      !llvm::equal(shuffle.getMask(),
                   llvm::seq(shuffle.getResultVectorType().getDimSize(0))) ||
      shuffle.getResultVectorType().getDimSize(0) !=
          2 * shuffle.getV1VectorType().getDimSize(0))
    return std::nullopt;
  return std::pair(shuffle.getV1(), shuffle.getV2());
}

/// Clamps to the same bytes, one behind the other.
struct ClampedWords {
  SmallVector<Value> parts;
  ByteRange range;
};

/// The clamped words that the bytes `value` are truncations of.
std::optional<ClampedWords> matchClampedWords(Value value) {
  if (auto truncate = value.getDefiningOp<arith::TruncIOp>()) {
    std::optional<Clamp> clamp = matchClamp(truncate.getIn());
    if (!clamp || !getElementTypeOrSelf(truncate.getIn()).isInteger(32))
      return std::nullopt;
    return ClampedWords{{clamp->value}, clamp->range};
  }
  auto halves = value.getDefiningOp()
                    ? matchConcatenation(value.getDefiningOp())
                    : std::nullopt;
  if (!halves)
    return std::nullopt;
  auto first = matchClampedWords(halves->first);
  auto second = matchClampedWords(halves->second);
  if (!first || !second || !(first->range == second->range))
    return std::nullopt;
  llvm::append_range(first->parts, second->parts);
  return first;
}

/// Bytes of clamped vectors that fill two or four registers. On x86 one
/// register has an instruction of its own, which LLVM finds, or too little to
/// pack; AArch64 narrows one with saturation as it does two.
template <typename OpTy>
struct PackClampedWords : OpRewritePattern<OpTy> {
  PackClampedWords(MLIRContext *context, const ISA &isa)
      : OpRewritePattern<OpTy>(context), isa(isa) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value bytes = op->getResult(0);
    auto type = dyn_cast<VectorType>(bytes.getType());
    if (!type || type.getRank() != 1 || type.isScalable() ||
        !type.getElementType().isInteger(8))
      return rewriter.notifyMatchFailure(op, "result is no vector of bytes");
    int64_t count = type.getDimSize(0), lanes = isa.vectorBits / 32;
    if (op->use_empty())
      return rewriter.notifyMatchFailure(op, "nothing reads it");
    bool isOne = count == lanes && isa.narrowsOneRegister();
    if (!isOne && count != 2 * lanes && count != 4 * lanes)
      return rewriter.notifyMatchFailure(
          op, "not as many registers as narrow together");
    std::optional<ClampedWords> words = matchClampedWords(bytes);
    if (!words)
      return rewriter.notifyMatchFailure(op, "operand is no clamp to bytes");
    if (count < 4 * lanes && isPartOfConcatenation(op))
      return rewriter.notifyMatchFailure(op, "narrows with its neighbours");

    Location loc = op.getLoc();
    Value all = concatenate(rewriter, loc, words->parts);
    SmallVector<Value> registers;
    for (int64_t offset = 0; offset < count; offset += lanes)
      registers.push_back(slice(rewriter, loc, all, offset, lanes));
    bool isUnsigned = words->range.isUnsigned();
    Value packed = packToBytes(rewriter, loc, registers, isUnsigned);
    packed = takeInOrder(rewriter, loc, packed, registers.size());
    rewriter.replaceOp(op, clampBytes(rewriter, loc, packed, words->range));
    return success();
  }

private:
  /// Whether everything that reads the bytes appends others that are clamped
  /// alike.
  static bool isPartOfConcatenation(OpTy op) {
    return llvm::all_of(op->getUsers(), [](Operation *user) {
      return matchConcatenation(user) && matchClampedWords(user->getResult(0));
    });
  }

  /// Bytes 4 * r to 4 * r + 3 of each 128 bits come from register r.
  static Value takeInOrder(OpBuilder &builder, Location loc, Value bytes,
                           int64_t registers) {
    int64_t words = cast<VectorType>(bytes.getType()).getDimSize(0) / 4;
    Value groups = vector::BitCastOp::create(
        builder, loc, VectorType::get({words}, builder.getI32Type()), bytes);
    SmallVector<int64_t> order;
    for (int64_t r = 0; r < registers; ++r)
      for (int64_t first = 0; first < words; first += 4)
        order.push_back(first + r);
    groups = vector::ShuffleOp::create(builder, loc, groups, groups, order);
    int64_t count = 4 * static_cast<int64_t>(order.size());
    return vector::BitCastOp::create(
        builder, loc, VectorType::get({count}, builder.getI8Type()), groups);
  }

  const ISA &isa;
};

/// Packs of packs whose operands are all clamped alike.
struct DropClampsBeforePacks : OpRewritePattern<qvec::PackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::PackOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> words;
    std::optional<ByteRange> range;
    for (Value operand : op->getOperands()) {
      auto inner = operand.getDefiningOp<qvec::PackOp>();
      if (!inner || inner.getResultUnsigned())
        return rewriter.notifyMatchFailure(op, "operand is no signed pack");
      for (Value word : inner->getOperands()) {
        std::optional<Clamp> clamp = matchClamp(word);
        if (!clamp || (range && !(*range == clamp->range)))
          return rewriter.notifyMatchFailure(op, "words not clamped alike");
        range = clamp->range;
        words.push_back(clamp->value);
      }
    }
    // A range without negative numbers may belong to bytes of either sign.
    if (op.getResultUnsigned() ? !range->isUnsigned() : range->high > 127)
      return rewriter.notifyMatchFailure(op, "the pack saturates further");
    if (!op.getResultUnsigned() && range->isUnsigned())
      return rewriter.notifyMatchFailure(op, "bounds of both signs");
    Location loc = op.getLoc();
    Value bytes = packToBytes(rewriter, loc, words, op.getResultUnsigned());
    rewriter.replaceOp(op, clampBytes(rewriter, loc, bytes, *range));
    return success();
  }
};

} // namespace

void populateKeepClampedWordsPatterns(RewritePatternSet &patterns) {
  patterns
      .add<KeepClampedWords<arith::ExtUIOp>, KeepClampedWords<arith::ExtSIOp>>(
          patterns.getContext());
}

void populateFoldClampPatterns(RewritePatternSet &patterns, const ISA &isa) {
  bool isX86 = isa.architecture == "x86_64";
  if (!isX86 && isa.architecture != "aarch64")
    return;
  patterns.add<DropClampsBeforePacks>(patterns.getContext());
  // Packs of 128 bits leave everything in order; LLVM finds those of x86.
  if (!isX86 || isa.vectorBits >= 256)
    patterns.add<PackClampedWords<arith::TruncIOp>,
                 PackClampedWords<vector::ShuffleOp>>(patterns.getContext(),
                                                      isa);
}

} // namespace quantc::codegen
