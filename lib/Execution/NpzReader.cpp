// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads npz archives through libzip. The archive's directory, the npy header
// and the data must agree before any element is handed out.
#include "quantc/Execution/Npz.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SwapByteOrder.h"

#include <zip.h>

#include <cstring>

namespace quantc::exec {

/// No honest header is longer; a dishonest one may claim 4 GiB.
static constexpr uint32_t kMaxHeaderSize = 1 << 16;

static llvm::Error fileError(llvm::StringRef path, const llvm::Twine &message) {
  return llvm::createStringError("'" + path + "': " + message);
}

//===----------------------------------------------------------------------===//
// The archive
//===----------------------------------------------------------------------===//

/// Whether the file begins as those of numpy.save do.
static bool isSingleArray(llvm::StringRef path) {
  constexpr llvm::StringLiteral magic = "\x93NUMPY";
  auto start = llvm::MemoryBuffer::getFileSlice(path, magic.size(), 0);
  return start && (*start)->getBuffer() == magic;
}

llvm::Expected<NpzReader> NpzReader::open(llvm::StringRef path) {
  NpzReader reader;
  reader.path = path.str();
  int code = 0;
  zip_t *archive = zip_open(reader.path.c_str(), ZIP_RDONLY, &code);
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string message = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (code == ZIP_ER_NOENT)
      message = "no such file";
    else if (llvm::sys::fs::is_directory(path))
      message = "is a folder; expected an npz file";
    else if (isSingleArray(path))
      message = "is an npy file; expected an npz file, whose arrays have names "
                "(numpy.savez)";
    else if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS)
      message = "not an npz file, or a truncated one (" + message + ")";
    return fileError(path, message);
  }
  reader.archive = std::shared_ptr<zip>(archive, zip_discard);

  zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char *member = zip_get_name(archive, i, 0);
    llvm::StringRef name = member ? member : "";
    if (!name.consume_back(".npy"))
      continue;
    if (reader.contains(name))
      return fileError(path, "two arrays have the name '" + name + "'");
    reader.names.push_back(name.str());
    reader.members.push_back(i);
  }
  return reader;
}

bool NpzReader::contains(llvm::StringRef name) const {
  return llvm::is_contained(names, name);
}

llvm::Expected<NpzArrayReader>
NpzReader::openArray(llvm::StringRef name) const {
  auto found = llvm::find(names, name);
  if (found == names.end())
    return fileError(path,
                     "has no array '" + name + "'; it has: " +
                         (names.empty() ? "none" : llvm::join(names, ", ")));
  NpzArrayReader reader;
  reader.archive = archive;
  reader.path = path;
  reader.name = name.str();
  uint64_t index = members[found - names.begin()];
  zip_stat_t stat;
  if (zip_stat_index(archive.get(), index, 0, &stat) != 0 ||
      !(stat.valid & ZIP_STAT_SIZE))
    return reader.error(zip_strerror(archive.get()));
  reader.member.reset(zip_fopen_index(archive.get(), index, 0));
  if (!reader.member)
    return reader.error(zip_strerror(archive.get()));
  if (llvm::Error error = reader.readHeader(stat.size))
    return error;
  return reader;
}

//===----------------------------------------------------------------------===//
// One array
//===----------------------------------------------------------------------===//

void NpzArrayReader::CloseMember::operator()(zip_file *member) const {
  zip_fclose(member);
}

llvm::Error NpzArrayReader::error(const llvm::Twine &message) const {
  return fileError(path, "array '" + name + "' " + message);
}

llvm::Error NpzArrayReader::readBytes(void *result, uint64_t size) {
  char *position = static_cast<char *>(result);
  while (size > 0) {
    zip_int64_t read = zip_fread(member.get(), position, size);
    if (read < 0)
      return error(llvm::Twine("is broken: ") +
                   zip_file_strerror(member.get()));
    if (read == 0)
      return error("is truncated");
    position += read;
    size -= read;
  }
  return llvm::Error::success();
}

llvm::Error NpzArrayReader::readHeader(uint64_t memberSize) {
  unsigned char start[8];
  if (llvm::Error error = readBytes(start, sizeof(start)))
    return error;
  unsigned version = start[6];
  if (llvm::StringRef(reinterpret_cast<char *>(start), 6) != "\x93NUMPY" ||
      version < 1 || version > 3)
    return error("is no npy array of version 1 to 3");

  unsigned char sizeBytes[4] = {};
  unsigned sizeWidth = version == 1 ? 2 : 4;
  if (llvm::Error error = readBytes(sizeBytes, sizeWidth))
    return error;
  uint32_t headerSize = llvm::support::endian::read32le(sizeBytes);
  if (headerSize > kMaxHeaderSize)
    return error("has an npy header of " + llvm::Twine(headerSize) +
                 " bytes, which cannot be");
  std::string literal(headerSize, '\0');
  if (llvm::Error error = readBytes(literal.data(), headerSize))
    return error;
  llvm::Expected<NpyHeader> parsed = parseNpyHeader(literal);
  if (!parsed)
    return error(llvm::toString(parsed.takeError()));
  header = *parsed;
  // The parser has refused shapes without a count.
  elementCount = countElements(header.shape, header.type).value_or(0);

  uint64_t promised = uint64_t(elementCount) * getByteSize(header.type);
  uint64_t before = sizeof(start) + sizeWidth + headerSize;
  if (memberSize < before || memberSize - before != promised)
    return error(llvm::formatv("of shape {0} and type {1} should have {2} "
                               "bytes of data, but has {3}",
                               formatShape(header.shape),
                               getElementTypeName(header.type), promised,
                               static_cast<int64_t>(memberSize - before))
                     .str());
  return llvm::Error::success();
}

template <typename T>
static void swapAll(void *data, int64_t count) {
  auto *bytes = static_cast<char *>(data);
  for (int64_t i = 0; i < count; ++i, bytes += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    llvm::sys::swapByteOrder(value);
    std::memcpy(bytes, &value, sizeof(T));
  }
}

llvm::Error NpzArrayReader::read(void *result, int64_t count) {
  if (count > elementCount - elementsRead)
    return error("has no more elements");
  size_t size = getByteSize(header.type);
  if (llvm::Error error = readBytes(result, uint64_t(count) * size))
    return error;
  elementsRead += count;
  if (header.swapBytes) {
    if (size == 2)
      swapAll<uint16_t>(result, count);
    else if (size == 4)
      swapAll<uint32_t>(result, count);
    else if (size == 8)
      swapAll<uint64_t>(result, count);
  }
  return llvm::Error::success();
}

llvm::Error NpzArrayReader::finish() {
  assert(elementsRead == elementCount && "finished before the end");
  // libzip compares the checksum when it meets the end of the member.
  char extra;
  zip_int64_t read = zip_fread(member.get(), &extra, 1);
  if (read < 0)
    return error(llvm::Twine("is broken: ") + zip_file_strerror(member.get()));
  if (read > 0)
    return error("has more data than its shape says");
  return llvm::Error::success();
}

} // namespace quantc::exec
