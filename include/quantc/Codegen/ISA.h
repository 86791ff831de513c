// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of instruction sets: what code generation has to know of a target,
// one row each. Nothing above asks for a CPU or a feature by name.
#ifndef QUANTC_CODEGEN_ISA_H
#define QUANTC_CODEGEN_ISA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace quantc::codegen {

/// The instructions that compute a 4-way 8-bit dot product.
enum class DotInstruction {
  /// None: products are widened to 32 bits one by one.
  None,
  /// x86 `pmaddwd` on even and odd bytes widened to 16 bits.
  MultiplyAddWords,
  /// x86 `vpdpbusd`; the left side is unsigned.
  DotBytes,
  /// AArch64 `sdot`; both sides are signed. Four bytes of a register that holds
  /// more can be used for all lanes.
  DotSignedBytes,
  /// AArch64 `smmla`, which multiplies two rows of 8 signed bytes with two, and
  /// `sdot`.
  MatrixOfBytes,
  /// AArch64 `smull` and `smlal` of signed bytes to 16 bits, whose pairs
  /// `sadalp`
  /// adds up.
  MultiplyLong,
};

/// The instructions that look bytes up in a table of 256.
enum class LookupInstruction {
  /// None: byte by byte.
  None,
  /// x86 `pshufb`: 16 tables of 16 bytes.
  ShuffleBytes,
  /// x86 `vpermi2b`: 2 tables of 128 bytes.
  PermuteBytes,
  /// AArch64 `tbl` and `tbx`: 4 tables of 64 bytes.
  TableBytes,
};

/// The instruction that people know `dot` by.
llvm::StringRef getDotName(DotInstruction dot);

/// The instruction that people know products of tiles by.
inline constexpr llvm::StringLiteral kTileDotName = "tdpbusd";

struct ISA {
  /// The value of the option `isa`.
  llvm::StringLiteral name;
  /// LLVM's architecture name, empty for any.
  llvm::StringLiteral architecture;
  /// LLVM's feature string that the row needs, for example "+avx2".
  llvm::StringLiteral features;
  unsigned vectorBits;
  DotInstruction dot;
  /// Whether activations are stored as unsigned bytes.
  bool unsignedActivations;
  /// x86: whether there is a product of signed 32-bit words (`pmuldq`).
  bool multipliesSigned;
  LookupInstruction lookup;
  /// Vector registers.
  unsigned registers;
  /// Registers of two dimensions: rows of one and bytes of a row, 0 where there
  /// are none. Their products have the signedness of any dot product.
  unsigned tileRows = 0, tileBytes = 0;
  /// LLVM's features that are advice on how to use instructions: code that is
  /// generated with them runs without them.
  llvm::StringLiteral tuning = "";

  bool hasTiles() const { return tileRows != 0; }
  /// Whether instructions have operands in memory.
  bool hasMemoryOperands() const { return architecture == "x86_64"; }
  /// Whether an instruction multiplies to high words.
  bool multipliesHigh() const { return architecture == "aarch64"; }
  /// Whether an instruction narrows one register with saturation; others narrow
  /// two.
  bool narrowsOneRegister() const { return architecture == "aarch64"; }
  /// Whether a dot product can take its left side from one lane of a register.
  bool dotsByLane() const {
    return dot == DotInstruction::DotSignedBytes ||
           dot == DotInstruction::MatrixOfBytes;
  }
  /// Whether there are dot products for any four neighbouring bytes.
  bool hasDots() const {
    return dot != DotInstruction::None && dot != DotInstruction::MultiplyLong;
  }
};

/// All rows, best first within an architecture. The last one fits everywhere.
llvm::ArrayRef<ISA> getISATable();

/// The row called `name`; null if there is none.
const ISA *findISA(llvm::StringRef name);

} // namespace quantc::codegen

#endif // QUANTC_CODEGEN_ISA_H
