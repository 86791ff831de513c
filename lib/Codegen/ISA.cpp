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
     /*tileRows=*/16, /*tileBytes=*/64},
    {"avx512vbmi", "x86_64",
     "+avx512vnni,+avx512vbmi,+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::DotBytes, true, true, LookupInstruction::PermuteBytes},
    {"avx512vnni", "x86_64", "+avx512vnni,+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::DotBytes, true, true, LookupInstruction::ShuffleBytes},
    {"avxvnni", "x86_64", "+avxvnni,+avx2", 256, DotInstruction::DotBytes, true,
     true, LookupInstruction::ShuffleBytes},
    {"avx512", "x86_64", "+avx512bw,+avx512vl,+avx512dq", 512,
     DotInstruction::MultiplyAddWords, true, true,
     LookupInstruction::ShuffleBytes},
    {"avx2", "x86_64", "+avx2", 256, DotInstruction::MultiplyAddWords, true,
     true, LookupInstruction::ShuffleBytes},
    {"sse41", "x86_64", "+sse4.1,+ssse3", 128, DotInstruction::MultiplyAddWords,
     true, true, LookupInstruction::ShuffleBytes},
    {"sse2", "x86_64", "+sse2", 128, DotInstruction::MultiplyAddWords, true,
     false, LookupInstruction::None},
    {"generic", "", "", 128, DotInstruction::None, false, false,
     LookupInstruction::None},
};

llvm::StringRef getDotName(DotInstruction dot) {
  switch (dot) {
  case DotInstruction::None:
    return "widened multiplies";
  case DotInstruction::MultiplyAddWords:
    return "pmaddwd";
  case DotInstruction::DotBytes:
    return "vpdpbusd";
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
