// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Divisions that a target has no instruction for. The expansion is LLVM's own.
#include "ExpandDivisions.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/IntegerDivision.h"

namespace quantc::target {

/// The elements of `binary`, a division of vectors, divided one by one; they
/// are appended to `divisions`.
static void
splitVector(llvm::BinaryOperator *binary,
            llvm::SmallVectorImpl<llvm::BinaryOperator *> &divisions) {
  auto type = llvm::cast<llvm::FixedVectorType>(binary->getType());
  llvm::IRBuilder<> builder(binary);
  llvm::Value *result = llvm::PoisonValue::get(type);
  for (unsigned i = 0; i < type->getNumElements(); ++i) {
    llvm::Value *quotient = builder.CreateBinOp(
        binary->getOpcode(),
        builder.CreateExtractElement(binary->getOperand(0), uint64_t(i)),
        builder.CreateExtractElement(binary->getOperand(1), uint64_t(i)));
    if (auto *division = llvm::dyn_cast<llvm::BinaryOperator>(quotient))
      divisions.push_back(division);
    result = builder.CreateInsertElement(result, quotient, uint64_t(i));
  }
  binary->replaceAllUsesWith(result);
  binary->eraseFromParent();
}

void expandWideDivisions(llvm::Module &module) {
  if (!module.getTargetTriple().isArch32Bit())
    return;
  llvm::SmallVector<llvm::BinaryOperator *> divisions, vectors;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (auto *binary = llvm::dyn_cast<llvm::BinaryOperator>(&instruction))
        if (binary->isIntDivRem() &&
            binary->getType()->getScalarSizeInBits() > 32)
          (binary->getType()->isVectorTy() ? vectors : divisions)
              .push_back(binary);
  for (llvm::BinaryOperator *binary : vectors)
    splitVector(binary, divisions);
  for (llvm::BinaryOperator *binary : divisions)
    if (binary->getOpcode() == llvm::Instruction::SDiv ||
        binary->getOpcode() == llvm::Instruction::UDiv)
      llvm::expandDivisionUpTo64Bits(binary);
    else
      llvm::expandRemainderUpTo64Bits(binary);
}

} // namespace quantc::target
