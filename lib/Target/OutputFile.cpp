// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The temporary file stands in the folder of the final one, so that the rename
// never crosses a file system.
#include "quantc/Target/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

namespace quantc::target {
namespace {

llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  return llvm::createStringError(code, "cannot write '" + path +
                                           "': " + llvm::Twine(code.message()));
}

} // namespace

llvm::Error
replaceFile(llvm::StringRef path,
            llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write) {
  if (llvm::sys::fs::is_directory(path))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  llvm::SmallString<128> temporary;
  if (std::error_code code =
          llvm::sys::fs::createUniqueFile(path + ".tmp-%%%%%%%%", temporary))
    return cannotWrite(path, code);
  if (llvm::Error error = write(temporary)) {
    (void)llvm::sys::fs::remove(temporary);
    return error;
  }
  std::error_code code = llvm::sys::fs::rename(temporary, path);
  if (!code)
    return llvm::Error::success();
  (void)llvm::sys::fs::remove(temporary);
  return cannotWrite(path, code);
}

llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write) {
  return replaceFile(path, [&](llvm::StringRef temporary) -> llvm::Error {
    std::error_code code;
    llvm::raw_fd_ostream os(temporary, code);
    if (code)
      return cannotWrite(path, code);
    if (llvm::Error error = write(os))
      return error;
    os.close();
    code = os.error();
    os.clear_error();
    return code ? cannotWrite(path, code) : llvm::Error::success();
  });
}

} // namespace quantc::target
