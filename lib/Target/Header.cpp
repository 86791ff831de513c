// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that a C program needs stands in the header as constants: shapes,
// sizes, quantization. Names of tensors become C identifiers; two that become
// the same one get their position behind them.
#include "quantc/Target/Header.h"

#include "quantc/Target/OutputFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>

using quantc::codegen::BoundaryTensor;
using quantc::codegen::ModelInterface;

namespace quantc::target {
namespace {

bool isReservedWord(llvm::StringRef name) {
  static const llvm::StringSet<> words = {
      "alignas",  "alignof",   "asm",      "auto",     "bool",     "break",
      "case",     "catch",     "char",     "class",    "const",    "continue",
      "default",  "delete",    "do",       "double",   "else",     "enum",
      "explicit", "export",    "extern",   "false",    "float",    "for",
      "friend",   "goto",      "if",       "inline",   "int",      "long",
      "mutable",  "namespace", "new",      "operator", "private",  "protected",
      "public",   "register",  "restrict", "return",   "short",    "signed",
      "sizeof",   "static",    "struct",   "switch",   "template", "this",
      "throw",    "true",      "try",      "typedef",  "typename", "union",
      "unsigned", "using",     "virtual",  "void",     "volatile", "while",
      "and",      "or",        "not",      "xor"};
  return words.contains(name);
}

/// A C identifier for the name of a tensor, not yet in `used`.
std::string makeIdentifier(llvm::StringRef name, size_t position,
                           llvm::StringSet<> &used) {
  std::string result;
  for (char c : name)
    result.push_back(llvm::isAlnum(c) ? c : '_');
  if (result.empty() || llvm::isDigit(result.front()) || isReservedWord(result))
    result = "t_" + result;
  std::string unique = result;
  while (!used.insert(unique).second)
    unique += "_" + std::to_string(position);
  return unique;
}

llvm::StringRef getCType(llvm::StringRef type) {
  if (type == "f32")
    return "float";
  if (type == "f64")
    return "double";
  static const llvm::StringLiteral names[][2] = {
      {"i8", "int8_t"},    {"u8", "uint8_t"},  {"i16", "int16_t"},
      {"u16", "uint16_t"}, {"i32", "int32_t"}, {"u32", "uint32_t"},
      {"i64", "int64_t"},  {"u64", "uint64_t"}};
  for (const auto &[key, name] : names)
    if (type == key)
      return name;
  return "void";
}

/// A double that a C compiler reads back to the same bits.
std::string formatDouble(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.17g", value);
  std::string result = text;
  if (llvm::StringRef(result).find_first_of(".e") == llvm::StringRef::npos)
    result += ".0";
  return result;
}

class HeaderWriter {
public:
  HeaderWriter(const ModelInterface &interface, llvm::raw_ostream &os)
      : interface(interface), name(interface.modelName),
        macro(llvm::StringRef(name).upper()), os(os) {}

  void write() {
    os << "/* " << name << ": a model compiled by quantc. Generated; do not "
       << "edit. */\n#ifndef " << macro << "_H\n#define " << macro << "_H\n\n"
       << "#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
    if (interface.usesTiles)
      writeTileNote();
    writeArena();
    writeTensors(interface.inputs, "input");
    writeTensors(interface.outputs, "output");
    writeFunctions();
    os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << macro << "_H */\n";
  }

private:
  /// The model calls nobody, so its caller asks.
  void writeTileNote() {
    os << "\n/* The model computes with the tiles of AMX (amx-tile, amx-int8). "
       << "Linux gives\n   them to a process that asks, once, before the first "
       << "run:\n   syscall(SYS_arch_prctl, 0x1023, 18) == 0, which is "
       << "ARCH_REQ_XCOMP_PERM for\n   XFEATURE_XTILEDATA. */\n"
       << "#define " << macro << "_NEEDS_AMX 1\n";
  }

  void writeArena() {
    os << "\n/* Bytes and alignment of the memory that one run works in. */\n"
       << "#define " << macro << "_ARENA_SIZE " << interface.arenaSize << "\n"
       << "#define " << macro << "_ARENA_ALIGNMENT " << codegen::kArenaAlignment
       << "\n"
       << "extern const uint64_t " << name << "_arena_size;\n\n"
       << "/* The same facts as JSON text. */\n"
       << "extern const char " << name << "_descriptor[];\n";
  }

  void writeTensors(llvm::ArrayRef<BoundaryTensor> tensors,
                    llvm::StringRef kind) {
    std::string upper = macro + "_" + kind.upper();
    os << "\n#define " << upper << "_COUNT " << tensors.size() << "\n";
    llvm::StringSet<> used;
    llvm::SmallVector<std::string> identifiers;
    for (auto [index, tensor] : llvm::enumerate(tensors)) {
      identifiers.push_back(makeIdentifier(tensor.name, index, used));
      writeMacros(tensor, upper + "_" + std::to_string(index));
    }
    os << "typedef struct {\n";
    for (auto [tensor, identifier] : llvm::zip_equal(tensors, identifiers)) {
      os << "  " << (kind == "input" ? "const " : "") << getCType(tensor.type)
         << " *" << identifier << "; /* ";
      writeShape(tensor);
      os << " */\n";
    }
    // C has no empty structs.
    if (tensors.empty())
      os << "  void *unused;\n";
    os << "} " << name << "_" << kind << "s;\n";
  }

  void writeShape(const BoundaryTensor &tensor) {
    llvm::interleave(tensor.shape, os, " x ");
    if (tensor.shape.empty())
      os << "scalar";
  }

  void writeMacros(const BoundaryTensor &tensor, const std::string &prefix) {
    os << "#define " << prefix << "_SIZE " << tensor.getNumElements() << "\n"
       << "#define " << prefix << "_RANK " << tensor.shape.size() << "\n";
    for (auto [index, size] : llvm::enumerate(tensor.shape))
      os << "#define " << prefix << "_DIM" << index << " " << size << "\n";
    if (tensor.quantization)
      os << "/* real = SCALE * (stored - ZERO_POINT) */\n"
         << "#define " << prefix << "_SCALE "
         << formatDouble(tensor.quantization->scale) << "\n#define " << prefix
         << "_ZERO_POINT " << tensor.quantization->zeroPoint << "\n";
  }

  void writeFunctions() {
    os << "\n/* Computes the outputs from the inputs. `arena` has at least "
       << macro << "_ARENA_SIZE\n   bytes at a multiple of " << macro
       << "_ARENA_ALIGNMENT; what it holds does not matter.\n   Safe from "
       << "several threads with different arenas and outputs.";
    if (interface.threads > 1)
      os << " A call computes\n   on " << interface.threads
         << " threads of OpenMP; link with -lomp.";
    if (interface.profile)
      os << "\n   `context` points to a\n   void (*)(void *context, int64_t "
         << "segment), called with its number when each of the\n   "
         << interface.profile->segments.size() << " segments of the model "
         << "begins, and with " << interface.profile->segments.size()
         << " at the end.";
    os << " */\n"
       << "void " << name << "_run(const " << name << "_inputs *inputs, const "
       << name << "_outputs *outputs,\n    void *arena"
       << (interface.hasContext ? ", void *context" : "") << ");\n";
  }

  const ModelInterface &interface;
  std::string name, macro;
  llvm::raw_ostream &os;
};

} // namespace

std::string buildHeader(const ModelInterface &interface) {
  std::string text;
  llvm::raw_string_ostream os(text);
  HeaderWriter(interface, os).write();
  return text;
}

llvm::Error writeHeader(mlir::ModuleOp module, llvm::StringRef path) {
  mlir::FailureOr<ModelInterface> interface = codegen::readInterface(module);
  if (mlir::failed(interface))
    return llvm::createStringError("the module describes no interface");
  std::string text = buildHeader(*interface);
  return writeFile(path, [&](llvm::raw_pwrite_stream &os) {
    os << text;
    return llvm::Error::success();
  });
}

} // namespace quantc::target
