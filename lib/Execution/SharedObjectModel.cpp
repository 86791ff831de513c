// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks a shared object as a file, then loads it. The loader itself trusts
// what it maps: a program header that points behind the end of a truncated file
// ends in SIGBUS, and code for another CPU in SIGILL.
#include "quantc/Execution/SharedObjectModel.h"

#include "TilePermission.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <dlfcn.h>

namespace quantc::exec {

using ELFFile = llvm::object::ELFFile<llvm::object::ELF64LE>;

static llvm::Error makeError(llvm::StringRef path, const llvm::Twine &message) {
  return llvm::createStringError("'" + path + "': " + message);
}

static llvm::Error wrapError(llvm::StringRef path, llvm::Error error) {
  return makeError(path, llvm::toString(std::move(error)));
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

/// Every byte that the loader will map is in the file.
static llvm::Error verifySegments(llvm::StringRef path, const ELFFile &elf) {
  auto segments = elf.program_headers();
  if (!segments)
    return wrapError(path, segments.takeError());
  for (const auto &segment : *segments)
    if (segment.p_filesz > elf.getBufSize() ||
        segment.p_offset > elf.getBufSize() - segment.p_filesz)
      return makeError(path, "the shared object is truncated");
  return llvm::Error::success();
}

/// The text from the symbol's address to the next NUL in its section.
static llvm::Expected<llvm::StringRef>
readText(llvm::StringRef path, const ELFFile &elf,
         const ELFFile::Elf_Sym &symbol) {
  auto section = elf.getSection(symbol.st_shndx);
  if (!section)
    return wrapError(path, section.takeError());
  auto contents = elf.getSectionContents(**section);
  if (!contents)
    return wrapError(path, contents.takeError());
  uint64_t offset = symbol.st_value - (*section)->sh_addr;
  llvm::StringRef text = llvm::toStringRef(*contents);
  size_t end = text.find('\0', offset);
  if (offset >= text.size() || end == llvm::StringRef::npos)
    return makeError(path, "the model's descriptor does not end");
  return text.slice(offset, end);
}

static llvm::Expected<llvm::StringRef> findDescriptor(llvm::StringRef path,
                                                      const ELFFile &elf) {
  auto sections = elf.sections();
  if (!sections)
    return wrapError(path, sections.takeError());
  for (const auto &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_DYNSYM)
      continue;
    auto symbols = elf.symbols(&section);
    if (!symbols)
      return wrapError(path, symbols.takeError());
    auto names = elf.getStringTableForSymtab(section);
    if (!names)
      return wrapError(path, names.takeError());
    for (const ELFFile::Elf_Sym &symbol : *symbols) {
      llvm::Expected<llvm::StringRef> name = symbol.getName(*names);
      if (!name)
        return wrapError(path, name.takeError());
      if (*name == kDescriptorSymbol && symbol.isDefined())
        return readText(path, elf, symbol);
    }
  }
  return makeError(path, "not a model compiled by quantc (it exports no '" +
                             kDescriptorSymbol + "')");
}

static llvm::Expected<ModelSignature> readSignature(llvm::StringRef path,
                                                    llvm::StringRef bytes) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, path));
  if (!object) {
    llvm::consumeError(object.takeError());
    return makeError(path, "not a shared object, or a truncated one");
  }
  auto *elf64 = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(object->get());
  llvm::Triple host(llvm::sys::getProcessTriple());
  if (!elf64 || elf64->getArch() != host.getArch())
    return makeError(path,
                     "compiled for " +
                         llvm::Triple::getArchTypeName((*object)->getArch()) +
                         ", but this machine is " +
                         llvm::Triple::getArchTypeName(host.getArch()));
  const ELFFile &elf = elf64->getELFFile();
  if (elf.getHeader().e_type != llvm::ELF::ET_DYN)
    return makeError(path, "not a shared object");
  if (llvm::Error error = verifySegments(path, elf))
    return error;
  llvm::Expected<llvm::StringRef> descriptor = findDescriptor(path, elf);
  if (!descriptor)
    return descriptor.takeError();
  llvm::Expected<ModelSignature> signature = parseDescriptor(*descriptor);
  if (!signature)
    return wrapError(path, signature.takeError());
  return signature;
}

llvm::Expected<ModelSignature> readSharedObjectSignature(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeError(path, buffer.getError().message());
  return readSignature(path, (*buffer)->getBuffer());
}

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

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
                              const ModelSignature &signature) {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> required = getRequiredFeatures(signature);
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
  llvm::Expected<ModelSignature> signature = readSharedObjectSignature(path);
  if (!signature)
    return signature.takeError();
  if (llvm::Error error = verifyHost(path, *signature))
    return error;
  if (signature->usesTiles)
    if (llvm::Error error = requestTilePermission())
      return wrapError(path, std::move(error));

  // Without a slash the loader would search its own directories instead.
  llvm::SmallString<256> absolute(path);
  if (std::error_code code = llvm::sys::fs::make_absolute(absolute))
    return makeError(path, code.message());
  void *library = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(path, explainLoading(dlerror()));
  void *entry = dlsym(library, signature->runSymbol.c_str());
  if (!entry) {
    dlclose(library);
    return makeError(path, "the entry function '" + signature->runSymbol +
                               "' is missing");
  }
  return std::unique_ptr<CompiledModel>(new SharedObjectModel(
      std::move(*signature), library, reinterpret_cast<RunFunction>(entry)));
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
