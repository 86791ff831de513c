// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The linker is called without a compiler driver: a model needs no start files.
// memcpy, memset and what a float model takes from libm stay undefined; the
// program that loads the library has them, and a library linked for another
// machine needs nothing of that machine at hand. The OpenMP runtime too is only
// named.
#include "Link.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <optional>

namespace quantc::target {
namespace {

/// What OpenMP models load: the name is the same for all versions.
constexpr llvm::StringLiteral kOpenMPLibrary = "libomp.so.5";

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

/// lld's name of the ELF format.
std::string getEmulation(const llvm::Triple &triple) {
  switch (triple.getArch()) {
  case llvm::Triple::x86_64:
    return "elf_x86_64";
  case llvm::Triple::aarch64:
    return "aarch64linux";
  default:
    return "";
  }
}

/// Runs `linker`; its complaints become the error.
llvm::Error run(llvm::StringRef linker,
                llvm::ArrayRef<llvm::StringRef> arguments,
                llvm::StringRef name) {
  llvm::SmallString<128> log;
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("quantc-link", "log", log))
    return llvm::createStringError(code, "cannot make a temporary file: " +
                                             code.message());
  llvm::SmallVector<llvm::StringRef> command = {linker};
  llvm::append_range(command, arguments);
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, log.str(),
                                                log.str()};
  std::string message;
  int status = llvm::sys::ExecuteAndWait(linker, command, std::nullopt,
                                         redirects, 0, 0, &message);
  std::string said = readText(log);
  (void)llvm::sys::fs::remove(log);
  if (status == 0)
    return llvm::Error::success();
  return llvm::createStringError(
      "linking '" + name + "' failed: " + (said.empty() ? message : said));
}

/// An empty library that is called like LLVM's OpenMP runtime: linked with it,
/// a model asks for the runtime of the machine that loads it.
llvm::Error makeRuntimeStub(llvm::StringRef linker, llvm::StringRef stub,
                            llvm::StringRef name, const llvm::Triple &triple) {
  std::string emulation = getEmulation(triple);
  if (emulation.empty())
    return llvm::createStringError("a shared library of several threads can be "
                                   "made for x86-64 and AArch64 only, not for "
                                   "'" +
                                   triple.str() + "'; emit an object");
  return run(linker,
             {"-shared", "-m", emulation, "-soname", kOpenMPLibrary, "-o", stub,
              "/dev/null"},
             name);
}

} // namespace

llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef output,
                              llvm::StringRef name, const llvm::Triple &triple,
                              bool usesOpenMP) {
  if (!triple.isOSBinFormatELF())
    return llvm::createStringError("a shared library can be made for ELF "
                                   "targets only, not for '" +
                                   triple.str() + "'; emit an object");
  llvm::Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  // Only what the loader is to see; -z text refuses anything position
  // dependent.
  llvm::SmallVector<llvm::StringRef> arguments = {
      "-shared",          "-z", "text", "--gc-sections",
      "--hash-style=gnu", "-o", output, object};
  if (!usesOpenMP)
    return run(*linker, arguments, name);
  std::string stub = (object + ".omp").str();
  llvm::FileRemover remover(stub);
  if (llvm::Error error = makeRuntimeStub(*linker, stub, name, triple))
    return error;
  arguments.append({"--no-as-needed", stub});
  return run(*linker, arguments, name);
}

} // namespace quantc::target
