// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads a model's descriptor out of the file. The loader itself trusts what it
// maps: a program header that points behind the end of a truncated file ends in
// SIGBUS, so segments are checked here.
#include "quantc/Execution/SharedObjectFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"

namespace quantc::exec {

static llvm::Error makeError(llvm::StringRef path, const llvm::Twine &message) {
  return llvm::createStringError("'" + path + "': " + message);
}

static llvm::Error wrapError(llvm::StringRef path, llvm::Error error) {
  return makeError(path, llvm::toString(std::move(error)));
}

namespace {

/// One file of the word size of `ELFT`.
template <typename ELFT>
class Reader {
public:
  using File = llvm::object::ELFFile<ELFT>;

  Reader(llvm::StringRef path, const File &elf) : path(path), elf(elf) {}

  llvm::Expected<llvm::StringRef> readDescriptor() const {
    if (elf.getHeader().e_type != llvm::ELF::ET_DYN)
      return makeError(path, "not a shared object");
    if (llvm::Error error = verifySegments())
      return std::move(error);
    auto sections = elf.sections();
    if (!sections)
      return wrapError(path, sections.takeError());
    for (const auto &section : *sections) {
      if (section.sh_type != llvm::ELF::SHT_DYNSYM)
        continue;
      auto text = findDescriptor(section);
      if (!text || !text->empty())
        return text;
    }
    return makeError(path, "not a model compiled by quantc (it exports no '" +
                               kDescriptorSymbol + "')");
  }

private:
  /// Every byte that the loader will map is in the file.
  llvm::Error verifySegments() const {
    auto segments = elf.program_headers();
    if (!segments)
      return wrapError(path, segments.takeError());
    for (const auto &segment : *segments)
      if (segment.p_filesz > elf.getBufSize() ||
          segment.p_offset > elf.getBufSize() - segment.p_filesz)
        return makeError(path, "the shared object is truncated");
    return llvm::Error::success();
  }

  /// The descriptor among the symbols of `section`, or an empty text.
  llvm::Expected<llvm::StringRef>
  findDescriptor(const typename ELFT::Shdr &section) const {
    auto symbols = elf.symbols(&section);
    if (!symbols)
      return wrapError(path, symbols.takeError());
    auto names = elf.getStringTableForSymtab(section);
    if (!names)
      return wrapError(path, names.takeError());
    for (const typename ELFT::Sym &symbol : *symbols) {
      llvm::Expected<llvm::StringRef> name = symbol.getName(*names);
      if (!name)
        return wrapError(path, name.takeError());
      if (*name == kDescriptorSymbol && symbol.isDefined())
        return readText(symbol);
    }
    return llvm::StringRef();
  }

  /// The text from the symbol's address to the next NUL in its section.
  llvm::Expected<llvm::StringRef>
  readText(const typename ELFT::Sym &symbol) const {
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

  llvm::StringRef path;
  const File &elf;
};

llvm::Expected<llvm::StringRef>
readDescriptor(llvm::StringRef path, const llvm::object::ObjectFile &object) {
  if (auto *elf = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(&object))
    return Reader<llvm::object::ELF64LE>(path, elf->getELFFile())
        .readDescriptor();
  if (auto *elf = llvm::dyn_cast<llvm::object::ELF32LEObjectFile>(&object))
    return Reader<llvm::object::ELF32LE>(path, elf->getELFFile())
        .readDescriptor();
  return makeError(path, "not a shared object of a little-endian machine");
}

} // namespace

llvm::Expected<SharedObjectFile> SharedObjectFile::read(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeError(path, buffer.getError().message());
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      (*buffer)->getMemBufferRef());
  if (!object) {
    llvm::consumeError(object.takeError());
    return makeError(path, "not a shared object, or a truncated one");
  }
  llvm::Expected<llvm::StringRef> descriptor = readDescriptor(path, **object);
  if (!descriptor)
    return descriptor.takeError();
  llvm::Expected<ModelSignature> signature = parseDescriptor(*descriptor);
  if (!signature)
    return wrapError(path, signature.takeError());
  return SharedObjectFile{
      std::move(*signature),
      static_cast<llvm::Triple::ArchType>((*object)->getArch())};
}

} // namespace quantc::exec
