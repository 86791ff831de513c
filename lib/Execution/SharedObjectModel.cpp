// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads a shared object whose file was found in order. Code for another CPU
// would end in SIGILL: the features that it was compiled for are asked first.
#include "quantc/Execution/SharedObjectModel.h"

#include "TilePermission.h"
#include "quantc/Execution/SharedObjectFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <dlfcn.h>

namespace quantc::exec {

static llvm::Error makeError(llvm::StringRef path, const llvm::Twine &message) {
  return llvm::createStringError("'" + path + "': " + message);
}

/// The instruction set extensions that the code may use.
static std::vector<std::string>
getRequiredFeatures(const ModelSignature &signature) {
  std::vector<std::string> required;
  llvm::Triple triple(signature.targetTriple);
  llvm::SmallVector<llvm::StringRef> names;
  if (triple.isX86() &&
      llvm::X86::parseArchX86(signature.cpu) != llvm::X86::CK_None)
    llvm::X86::getFeaturesForCPU(signature.cpu, names);
  for (llvm::StringRef name : names)
    required.push_back(name.str());
  for (llvm::StringRef item : llvm::split(signature.features, ','))
    if (item.consume_front("+"))
      required.push_back(item.str());
    else if (item.consume_front("-"))
      llvm::erase(required, item);
  return required;
}

/// A feature that the host's own list does not speak of passes.
static llvm::Error verifyHost(llvm::StringRef path,
                              const SharedObjectFile &file) {
  llvm::Triple::ArchType here =
      llvm::Triple(llvm::sys::getProcessTriple()).getArch();
  if (file.architecture != here)
    return makeError(
        path,
        "compiled for " + llvm::Triple::getArchTypeName(file.architecture) +
            ", but this machine is " + llvm::Triple::getArchTypeName(here) +
            "; quant-run --emulator runs it");
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> required = getRequiredFeatures(file.signature);
  // What the kernels are made of before what the CPU has besides.
  llvm::partition(required, [](llvm::StringRef feature) {
    return feature.starts_with("amx-");
  });
  for (const std::string &feature : required)
    if (auto it = host.find(feature); it != host.end() && !it->second)
      return makeError(path, "compiled for a CPU with '" + feature +
                                 "', which this machine has not");
  return llvm::Error::success();
}

/// The loader names a library that is missing, not what it is for.
static std::string explainLoading(llvm::StringRef reason) {
  std::string text = reason.str();
  if (reason.contains("libomp.so"))
    text += "; a model compiled with --threads needs LLVM's OpenMP runtime";
  return text;
}

llvm::Expected<std::unique_ptr<CompiledModel>>
SharedObjectModel::load(llvm::StringRef path) {
  llvm::Expected<SharedObjectFile> file = SharedObjectFile::read(path);
  if (!file)
    return file.takeError();
  const ModelSignature &signature = file->signature;
  if (llvm::Error error = verifyHost(path, *file))
    return error;
  if (signature.usesTiles)
    if (llvm::Error error = requestTilePermission())
      return makeError(path, llvm::toString(std::move(error)));

  // Without a slash the loader would search its own directories instead.
  llvm::SmallString<256> absolute(path);
  if (std::error_code code = llvm::sys::fs::make_absolute(absolute))
    return makeError(path, code.message());
  void *library = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(path, explainLoading(dlerror()));
  void *entry = dlsym(library, signature.runSymbol.c_str());
  if (!entry) {
    dlclose(library);
    return makeError(path, "the entry function '" + signature.runSymbol +
                               "' is missing");
  }
  return std::unique_ptr<CompiledModel>(
      new SharedObjectModel(std::move(file->signature), library,
                            reinterpret_cast<RunFunction>(entry)));
}

SharedObjectModel::~SharedObjectModel() { dlclose(library); }

llvm::Error SharedObjectModel::run(llvm::ArrayRef<const void *> inputs,
                                   llvm::ArrayRef<void *> outputs,
                                   void *arena) const {
  assert(inputs.size() == getSignature().inputs.size() &&
         outputs.size() == getSignature().outputs.size() &&
         "one pointer for each tensor");
  // The structs of the C header are the pointers in the signature's order. A
  // function of three parameters ignores the fourth in every C ABI that this
  // runs on.
  entry(inputs.data(), outputs.data(), arena, getContext());
  return llvm::Error::success();
}

} // namespace quantc::exec
