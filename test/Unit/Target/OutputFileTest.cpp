// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file is complete or not there, and nothing is left beside it.
#include "quantc/Target/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

using namespace quantc::target;

namespace {

class OutputFileTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("quantc", folder));
    path = folder;
    llvm::sys::path::append(path, "out.bin");
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string read() {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "(none)";
  }

  int countFiles() {
    std::error_code code;
    int count = 0;
    for (llvm::sys::fs::directory_iterator it(folder, code), end;
         it != end && !code; it.increment(code))
      ++count;
    return count;
  }

  llvm::SmallString<128> folder, path;
};

TEST_F(OutputFileTest, WritesTheFileAndNothingElse) {
  llvm::Error error = writeFile(path, [](llvm::raw_pwrite_stream &os) {
    os << "all of it";
    return llvm::Error::success();
  });
  EXPECT_FALSE(bool(error));
  EXPECT_EQ(read(), "all of it");
  EXPECT_EQ(countFiles(), 1);
}

TEST_F(OutputFileTest, AFailureKeepsTheOldFile) {
  ASSERT_FALSE(bool(writeFile(path, [](llvm::raw_pwrite_stream &os) {
    os << "old";
    return llvm::Error::success();
  })));
  llvm::Error error = writeFile(path, [](llvm::raw_pwrite_stream &os) {
    os << "half of the n";
    return llvm::createStringError("no more");
  });
  EXPECT_EQ(llvm::toString(std::move(error)), "no more");
  EXPECT_EQ(read(), "old");
  EXPECT_EQ(countFiles(), 1);
}

TEST_F(OutputFileTest, AnUnwritablePathIsNamed) {
  std::string missing = (folder + "/no/such/folder/x.so").str();
  auto write = [](llvm::raw_pwrite_stream &) { return llvm::Error::success(); };
  EXPECT_EQ(llvm::toString(writeFile(missing, write)),
            "cannot write '" + missing + "': No such file or directory");
  EXPECT_EQ(llvm::toString(writeFile(folder, write)),
            "cannot write '" + folder.str().str() + "': Is a directory");
}

} // namespace
