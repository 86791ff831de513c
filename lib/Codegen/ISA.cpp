// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of instruction sets.
#include "quantc/Codegen/ISA.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace quantc::codegen {

static constexpr ISA kTable[] = {
    {"amx", "x86_64",
     "+amx-int8,+amx-tile,+avx512vnni,+avx512vbmi,+avx512bw,+avx512vl,"
     "+avx512dq",
     512, DotInstruction::DotBytes, true, true, LookupInstruction::PermuteBytes,
     32, /*tileRows=*/16, /*tileBytes=*/64},
    {"avx512vbmi", "x86_64",
     "+avx512vnni,+avx512vbmi,+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::DotBytes, true, true, LookupInstruction::PermuteBytes, 32},
    {"avx512vnni", "x86_64", "+avx512vnni,+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::DotBytes, true, true, LookupInstruction::ShuffleBytes, 32},
    {"avxvnni", "x86_64", "+avxvnni,+avx2", 256, DotInstruction::DotBytes, true,
     true, LookupInstruction::ShuffleBytes, 16},
    {"avx512", "x86_64", "+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::MultiplyAddWords, true, true,
     LookupInstruction::ShuffleBytes, 32},
    {"avx2", "x86_64", "+avx2", 256, DotInstruction::MultiplyAddWords, true,
     true, LookupInstruction::ShuffleBytes, 16},
    {"sse41", "x86_64", "+sse4.1,+ssse3", 128, DotInstruction::MultiplyAddWords,
     true, true, LookupInstruction::ShuffleBytes, 16},
    {"sse2", "x86_64", "+sse2", 128, DotInstruction::MultiplyAddWords, true,
     false, LookupInstruction::None, 16},
    {"i8mm", "aarch64", "+i8mm,+dotprod", 128, DotInstruction::MatrixOfBytes,
     false, true, LookupInstruction::TableBytes, 32, /*tileRows=*/0,
     // A load of a pair takes as long as two, and as much to begin as three.
     /*tileBytes=*/0, /*tuning=*/"+slow-paired-128"},
    {"dotprod", "aarch64", "+dotprod", 128, DotInstruction::DotSignedBytes,
     false, true, LookupInstruction::TableBytes, 32},
    {"neon", "aarch64", "+neon", 128, DotInstruction::MultiplyLong, false, true,
     LookupInstruction::TableBytes, 32},
    {"generic", "", "", 128, DotInstruction::None, false, false,
     LookupInstruction::None, 16},
};

llvm::StringRef getDotName(DotInstruction dot) {
  switch (dot) {
  case DotInstruction::None:
    return "widened multiplies";
  case DotInstruction::MultiplyAddWords:
    return "pmaddwd";
  case DotInstruction::DotBytes:
    return "vpdpbusd";
  case DotInstruction::DotSignedBytes:
    return "sdot";
  case DotInstruction::MatrixOfBytes:
    return "smmla";
  case DotInstruction::MultiplyLong:
    return "smlal";
  }
  llvm_unreachable("unknown instruction");
}

llvm::ArrayRef<ISA> getISATable() { return kTable; }

const ISA *findISA(llvm::StringRef name) {
  const auto *row =
      llvm::find_if(kTable, [&](const ISA &isa) { return isa.name == name; });
  return row == std::end(kTable) ? nullptr : row;
}

} // namespace quantc::codegen
