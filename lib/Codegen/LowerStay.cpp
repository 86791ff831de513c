// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What LLVM takes for a reader of indices and vectors costs neither an
// instruction nor a wait. Vectors have to be in registers for it, of which only
// the target knows the name.
#include "LowerStay.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

struct LowerStay : OpRewritePattern<qvec::StayOp> {
  LowerStay(MLIRContext *context, const ISA &isa)
      : OpRewritePattern(context), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::StayOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type word = rewriter.getI64Type();
    SmallVector<Value> operands;
    for (Value value : {op.getIndex(), op.getIteration()})
      operands.push_back(
          arith::IndexCastOp::create(rewriter, loc, word, value));
    std::string constraints = "=r,0,r";
    for (Value vector : op.getAfter())
      if (isRegister(cast<VectorType>(vector.getType()))) {
        operands.push_back(vector);
        constraints += isa.architecture == "x86_64" ? ",v" : ",w";
      }
    auto opaque = LLVM::InlineAsmOp::create(
        rewriter, loc, word, operands, /*asm_string=*/"", constraints,
        /*has_side_effects=*/false, /*is_align_stack=*/false,
        LLVM::TailCallKind::None,
        /*asm_dialect=*/LLVM::AsmDialectAttr(),
        /*operand_attrs=*/ArrayAttr());
    rewriter.replaceOpWithNewOp<arith::IndexCastOp>(op, rewriter.getIndexType(),
                                                    opaque.getResult(0));
    return success();
  }

private:
  bool isRegister(VectorType type) const {
    if (isa.architecture != "x86_64" && isa.architecture != "aarch64")
      return false;
    int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
    return type.getRank() == 1 && !type.isScalable() && bits >= 128 &&
           bits <= isa.vectorBits && llvm::isPowerOf2_64(bits);
  }

  const ISA &isa;
};

} // namespace

void populateLowerStayPatterns(RewritePatternSet &patterns, const ISA &isa) {
  patterns.add<LowerStay>(patterns.getContext(), isa);
}

} // namespace quantc::codegen
