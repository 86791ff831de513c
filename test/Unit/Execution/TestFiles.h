// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of this folder share: a folder that goes away, archives with
// any bytes in them, arrays from values, and looking at an error's text.
#ifndef QUANTC_TEST_UNIT_EXECUTION_TESTFILES_H
#define QUANTC_TEST_UNIT_EXECUTION_TESTFILES_H

#include "quantc/Execution/Npz.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <zip.h>

namespace quantc::exec {

class FileTest : public testing::Test {
protected:
  FileTest() {
    std::error_code code =
        llvm::sys::fs::createUniqueDirectory("quantc-test", folder);
    EXPECT_FALSE(code) << code.message();
  }
  ~FileTest() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  /// The number of files in the folder.
  size_t countFiles() const {
    std::error_code code;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator it(folder, code), end;
         it != end && !code; it.increment(code))
      ++count;
    return count;
  }

  std::string writeFile(llvm::StringRef name, llvm::StringRef bytes) const {
    std::error_code code;
    llvm::raw_fd_ostream stream(path(name), code);
    EXPECT_FALSE(code);
    stream << bytes;
    return path(name);
  }

  /// An archive with one deflated member of these bytes.
  std::string writeZip(llvm::StringRef name, llvm::StringRef member,
                       llvm::StringRef bytes) const {
    int error = 0;
    zip_t *archive =
        zip_open(path(name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    zip_source_t *source =
        zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    EXPECT_GE(zip_file_add(archive, member.str().c_str(), source, 0), 0);
    EXPECT_EQ(zip_close(archive), 0);
    return path(name);
  }

  /// An archive with one array.
  template <typename T>
  std::string writeArray(llvm::StringRef file, llvm::StringRef name,
                         ElementType type, llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<T> values) const {
    std::string bytes = formatNpyHeader(type, shape);
    bytes.append(reinterpret_cast<const char *>(values.data()),
                 values.size() * sizeof(T));
    return writeZip(file, (name + ".npy").str(), bytes);
  }

private:
  llvm::SmallString<128> folder;
};

/// The text of the error of an Error or Expected, or "success".
inline std::string messageOf(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "success";
}
template <typename T>
std::string messageOf(llvm::Expected<T> value) {
  return value ? "success" : llvm::toString(value.takeError());
}

/// The value, or a failed test and a stop.
template <typename T>
T valueOf(llvm::Expected<T> value) {
  if (!value) {
    ADD_FAILURE() << llvm::toString(value.takeError());
    std::abort();
  }
  return std::move(*value);
}

} // namespace quantc::exec

#endif // QUANTC_TEST_UNIT_EXECUTION_TESTFILES_H
