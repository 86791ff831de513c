// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The yardstick of profiles is made of the same material as models: a loop of
// the operations that kernels consist of, compiled by the same passes for the
// same CPU. It measures arithmetic alone: what a kernel loads, stores and
// wastes on tails is part of its distance to the limit.
#include "quantc/Driver/Compiler.h"
#include "quantc/Execution/JitModel.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/MathExtras.h"

#include <chrono>
#include <map>

using namespace mlir;

namespace quantc {
namespace {

/// Steps of the loop in one run.
constexpr int64_t kSteps = 20000;
/// Bytes of each operand's buffer: far inside of the nearest cache.
constexpr int64_t kOperandBytes = 4096;
/// Vectors of the right side in a step.
constexpr int64_t kColumns = 2;

/// One kind of multiply-add on vectors as wide as a register.
struct MultiplyAdd {
  StringRef element, operand;
  /// Elements of a sum, and of an operand for each of them.
  int64_t lanes, ways;
  /// Vectors of the left side in a step. With kColumns of the right side they
  /// make independent sums: enough to cover the latency of the instructions in
  /// every pipeline, few enough for the registers of every target.
  int64_t rows;
  StringRef operation, attributes;

  int64_t getOperandLanes() const { return lanes * ways; }
  int64_t getOperandBytes() const { return operand == "i8" ? 1 : 4; }
  int64_t getSums() const { return rows * kColumns; }
};

/// A program that adds products to all its sums, kSteps times. The operands are
/// read in each step, because what is the same in all steps would be prepared
/// in front of the loop; and no two sums have the same products, because those
/// would be computed once.
class ProgramWriter {
public:
  explicit ProgramWriter(const MultiplyAdd &kind)
      : kind(kind), count(kOperandBytes / kind.getOperandBytes()), os(text) {
    sum = format("vector<", kind.lanes, kind.element);
    side = format("vector<", kind.getOperandLanes(), kind.operand);
    sums = format("tensor<", kind.getSums() * kind.lanes, kind.element);
    sides = format("tensor<", count + kind.rows * kind.getOperandLanes(),
                   kind.operand);
  }

  std::string write() {
    os << "func.func @main(%in: " << sums << ", %a: " << sides
       << ", %b: " << sides << ") -> " << sums << " {\n";
    constant("zero", "0", kind.operand);
    constant("none", "0", kind.element);
    constant("c0", "0", "index");
    constant("c1", "1", "index");
    constant("steps", std::to_string(kSteps), "index");
    constant("lanes", std::to_string(kind.getOperandLanes()), "index");
    constant("mask", std::to_string(count - 1), "index");
    for (int64_t i = 0; i < kind.getSums(); ++i) {
      constant("at" + std::to_string(i), std::to_string(i * kind.lanes),
               "index");
      os << "  %s" << i << " = vector.transfer_read %in[%at" << i
         << "], %none {in_bounds = [true]} : " << sums << ", " << sum << "\n";
    }
    writeLoop();
    os << "  %e0 = tensor.empty() : " << sums << "\n";
    for (int64_t i = 0; i < kind.getSums(); ++i)
      os << "  %e" << i + 1 << " = vector.transfer_write %r#" << i << ", %e"
         << i << "[%at" << i << "] {in_bounds = [true]} : " << sum << ", "
         << sums << "\n";
    os << "  return %e" << kind.getSums() << " : " << sums << "\n}\n";
    return text;
  }

private:
  static std::string format(StringRef prefix, int64_t count, StringRef type) {
    return (prefix + Twine(count) + "x" + type + ">").str();
  }

  void constant(StringRef name, StringRef value, StringRef type) {
    os << "  %" << name << " = arith.constant " << value
       << (type == "f32" ? ".0" : "") << " : " << type << "\n";
  }

  /// `each(0), each(1), ...` for all sums.
  void list(llvm::function_ref<void(int64_t)> each) {
    for (int64_t i = 0; i < kind.getSums(); ++i) {
      os << (i == 0 ? "" : ", ");
      each(i);
    }
  }

  void writeLoop() {
    os << "  %r:" << kind.getSums()
       << " = scf.for %i = %c0 to %steps step %c1 iter_args(";
    list([&](int64_t i) { os << "%t" << i << " = %s" << i; });
    os << ") -> (";
    list([&](int64_t) { os << sum; });
    os << ") {\n    %p = arith.muli %i, %lanes : index\n"
       << "    %q0 = arith.andi %p, %mask : index\n";
    for (int64_t row = 0; row < kind.rows; ++row) {
      os << "    %q" << row + 1 << " = arith.addi %q" << row
         << ", %lanes : index\n";
      writeRead("a", row);
      if (row < kColumns)
        writeRead("b", row);
    }
    for (int64_t i = 0; i < kind.getSums(); ++i)
      writeStep(i);
    os << "    scf.yield ";
    list([&](int64_t i) { os << "%u" << i; });
    os << " : ";
    list([&](int64_t) { os << sum; });
    os << "\n  }\n";
  }

  void writeRead(StringRef name, int64_t number) {
    os << "    %v" << name << number << " = vector.transfer_read %" << name
       << "[%q" << number << "], %zero {in_bounds = [true]} : " << sides << ", "
       << side << "\n";
  }

  void writeStep(int64_t i) {
    os << "    %u" << i << " = " << kind.operation << " ";
    std::string left = "%va" + std::to_string(i / kColumns);
    std::string right = "%vb" + std::to_string(i % kColumns);
    if (kind.operation == "qvec.dot")
      os << "%t" << i << ", " << left << ", " << right << " " << kind.attributes
         << " : " << sum << ", " << side << "\n";
    else
      os << left << ", " << right << ", %t" << i << " : " << sum << "\n";
  }

  const MultiplyAdd &kind;
  /// Elements of an operand's buffer; what reads begin at stays below.
  int64_t count;
  std::string text;
  llvm::raw_string_ostream os;
  std::string sum, side, sums, sides;
};

/// Seconds of one run of `model`, the least of several.
llvm::Expected<double> timeRun(const exec::CompiledModel &model) {
  auto invocation = exec::Invocation::create(model);
  if (!invocation)
    return invocation.takeError();
  double best = 0;
  for (int i = 0; i < 30; ++i) {
    auto start = std::chrono::steady_clock::now();
    if (llvm::Error error = invocation->run())
      return std::move(error);
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    best = i == 0 ? elapsed.count() : std::min(best, elapsed.count());
  }
  return best;
}

llvm::Expected<double> measurePeak(const MultiplyAdd &kind,
                                   const target::TargetOptions &target) {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry);
  std::string program = ProgramWriter(kind).write();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program, &context);
  assert(module && "the program is written in valid MLIR");
  CompileOptions options;
  options.target = target;
  options.modelName = "peak";
  if (llvm::Error error = compileToLLVM(*module, options))
    return std::move(error);
  exec::JitOptions jit;
  jit.cpu = target.cpu;
  jit.features = target.features;
  auto model = exec::JitModel::create(*module, options.modelName, jit);
  if (!model)
    return model.takeError();
  llvm::Expected<double> seconds = timeRun(**model);
  if (!seconds)
    return seconds;
  return kSteps * kind.getSums() * kind.getOperandLanes() / *seconds;
}

/// Measures each power of two once.
double getTransferSeconds(int64_t bytes) {
  static std::map<unsigned, double> measured;
  unsigned exponent =
      std::max(12u, llvm::Log2_64_Ceil(std::max<int64_t>(1, bytes)));
  auto [it, isNew] = measured.try_emplace(exponent, 0);
  if (isNew)
    it->second = exec::measureTransferSeconds(int64_t(1) << exponent);
  return it->second * bytes / static_cast<double>(int64_t(1) << exponent);
}

} // namespace

llvm::Expected<exec::MachineLimits>
measureMachineLimits(const exec::ModelSignature &signature) {
  target::TargetOptions options;
  options.cpu = signature.cpu.empty() ? "native" : signature.cpu;
  options.features = signature.features;
  auto target = target::Target::create(options);
  if (!target)
    return target.takeError();
  const codegen::ISA &isa = target->getISA();
  int64_t lanes = isa.vectorBits / 32;
  StringRef unsignedLeft = isa.unsignedActivations ? "{lhs_unsigned}" : "";
  // Bytes that are widened take twice the registers.
  int64_t rows = isa.dot == codegen::DotInstruction::DotBytes ? 6 : 4;
  auto integer = measurePeak(
      {"i32", "i8", lanes, 4, rows, "qvec.dot", unsignedLeft}, options);
  if (!integer)
    return integer.takeError();
  auto real =
      measurePeak({"f32", "f32", lanes, 1, 6, "vector.fma", ""}, options);
  if (!real)
    return real.takeError();
  // Every thread has its own arithmetic; they share the way to memory.
  auto threads = static_cast<double>(signature.threads);
  return exec::MachineLimits{*integer * threads, *real * threads,
                             getTransferSeconds};
}

} // namespace quantc
