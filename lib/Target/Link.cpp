// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The linker is called without a compiler driver: a model needs no start files.
// memcpy, memset and what a float model takes from libm stay undefined; the
// program that loads the library has them, and a library linked for another
// machine needs nothing of that machine at hand.
#include "Link.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <optional>

namespace quantc::target {
namespace {

llvm::Expected<std::string> findLinker() {
  constexpr llvm::StringRef folders[] = {"/usr/lib/llvm-22/bin"};
  for (llvm::StringRef name : {"ld.lld-22", "ld.lld"}) {
    if (auto path = llvm::sys::findProgramByName(name))
      return *path;
    if (auto path = llvm::sys::findProgramByName(name, folders))
      return *path;
  }
  return llvm::createStringError(
      "no linker found: neither ld.lld-22 nor ld.lld is on the PATH");
}

std::string readText(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().trim().str() : std::string();
}

} // namespace

llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef output,
                              llvm::StringRef name,
                              const llvm::Triple &triple) {
  if (!triple.isOSBinFormatELF())
    return llvm::createStringError("a shared library can be made for ELF "
                                   "targets only, not for '" +
                                   triple.str() + "'; emit an object");
  llvm::Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  llvm::SmallString<128> log;
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("quantc-link", "log", log))
    return llvm::createStringError(code, "cannot make a temporary file: " +
                                             code.message());
  // Only what the loader is to see; -z text refuses anything position
  // dependent.
  llvm::StringRef arguments[] = {*linker, "-shared",       "-z",
                                 "text",  "--gc-sections", "--hash-style=gnu",
                                 "-o",    output,          object};
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, log.str(),
                                                log.str()};
  std::string message;
  int status = llvm::sys::ExecuteAndWait(*linker, arguments, std::nullopt,
                                         redirects, 0, 0, &message);
  std::string said = readText(log);
  (void)llvm::sys::fs::remove(log);
  if (status == 0)
    return llvm::Error::success();
  return llvm::createStringError(
      "linking '" + name + "' failed: " + (said.empty() ? message : said));
}

} // namespace quantc::target
