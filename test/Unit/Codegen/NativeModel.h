// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles the text of a module through the code generation pipelines and runs
// it in this process.
#ifndef QUANTC_TEST_UNIT_CODEGEN_NATIVEMODEL_H
#define QUANTC_TEST_UNIT_CODEGEN_NATIVEMODEL_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace quantc::test {

struct NativeOptions {
  unsigned vectorBits = 256;
  bool vectorize = true;
  unsigned optLevel = 2;
  /// A row of the ISA table. Code is generated for its features alone, on top
  /// of the architecture's baseline; for "generic" it is that of this machine.
  std::string isa = "generic";
  /// Another row whose instructions compute the kernels of `isa`; none if
  /// empty.
  std::string instructions = "";
  /// Threads that every kernel is shared out to, however small it is.
  unsigned threads = 1;

  /// What other models are compared with: plain loops, compiled fast.
  static NativeOptions plain() {
    NativeOptions options;
    options.vectorize = false;
    options.optLevel = 0;
    return options;
  }
};

/// Whether this machine executes the row `isa`, but for features whose names
/// begin with `without`, where that is not empty.
bool canExecute(const std::string &isa, const std::string &without = "");

class NativeModel {
public:
  /// Null, after a test failure, if `text` does not compile.
  static std::unique_ptr<NativeModel> compile(const std::string &text,
                                              const NativeOptions &options);

  /// Runs on memory of the caller. `context` is for observers.
  void run(const std::vector<const void *> &inputs,
           const std::vector<void *> &outputs, void *context = nullptr);

private:
  mlir::MLIRContext context;
  std::unique_ptr<mlir::ExecutionEngine> engine;
  void *entry = nullptr;
  std::vector<char> arena;
};

/// A test of one row of the ISA table, skipped where this machine lacks it.
class RowTest : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    if (!canExecute(GetParam()))
      GTEST_SKIP() << "this machine does not execute " << GetParam();
  }
};

/// The names of all rows of the ISA table.
std::vector<std::string> getRows();

} // namespace quantc::test

#endif // QUANTC_TEST_UNIT_CODEGEN_NATIVEMODEL_H
