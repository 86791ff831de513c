// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QUANTC_LIB_TARGET_EXPANDDIVISIONS_H
#define QUANTC_LIB_TARGET_EXPANDDIVISIONS_H

namespace llvm {
class Module;
} // namespace llvm

namespace quantc::target {

/// Turns divisions and remainders of more than 32 bits into shifts and
/// subtractions where the target has 32-bit registers: LLVM would call the
/// compiler's runtime library, which a model must not ask for.
void expandWideDivisions(llvm::Module &module);

} // namespace quantc::target

#endif // QUANTC_LIB_TARGET_EXPANDDIVISIONS_H
