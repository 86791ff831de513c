// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing npz files (zip archives of npy arrays) as streams: no
// array is ever held as a whole, because a data set may be larger than the
// memory. A file from outside is not trusted: whatever it claims, the answer is
// data or one error that names the file and the array.
#ifndef QUANTC_EXECUTION_NPZ_H
#define QUANTC_EXECUTION_NPZ_H

#include "quantc/Execution/ElementType.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"

#include <memory>
#include <string>
#include <vector>

struct zip;
struct zip_file;

namespace quantc::exec {

/// What stands before the data of an npy array.
struct NpyHeader {
  ElementType type = ElementType::F32;
  /// The data is in the other byte order than this machine's.
  bool swapBytes = false;
  llvm::SmallVector<int64_t> shape;
};

/// Reads the Python literal of an npy header, versions 1 to 3. Refused:
/// elements that are no numbers (pickled objects, text, records, complex), and
/// Fortran order where it differs from C order.
llvm::Expected<NpyHeader> parseNpyHeader(llvm::StringRef literal);

/// The bytes before the data of an array in version 1.0 of the format.
std::string formatNpyHeader(ElementType type, llvm::ArrayRef<int64_t> shape);

/// One array of an archive, read once from front to back.
class NpzArrayReader {
public:
  const NpyHeader &getHeader() const { return header; }
  int64_t getElementCount() const { return elementCount; }

  /// Reads the next `count` elements, in this machine's byte order.
  llvm::Error read(void *result, int64_t count);

  /// Checks that all is read and that the archive's checksum agrees.
  llvm::Error finish();

  /// An error that names the file and this array.
  llvm::Error error(const llvm::Twine &message) const;

private:
  friend class NpzReader;
  struct CloseMember {
    void operator()(zip_file *member) const;
  };

  llvm::Error readBytes(void *result, uint64_t size);
  llvm::Error readHeader(uint64_t memberSize);

  std::shared_ptr<zip> archive;
  std::unique_ptr<zip_file, CloseMember> member;
  std::string path, name;
  NpyHeader header;
  int64_t elementCount = 0, elementsRead = 0;
};

class NpzReader {
public:
  static llvm::Expected<NpzReader> open(llvm::StringRef path);

  /// In the order of the archive, without the ".npy" of the members.
  const std::vector<std::string> &getArrayNames() const { return names; }
  bool contains(llvm::StringRef name) const;

  /// Starts to read an array. Several may be read at the same time; they keep
  /// the archive open.
  llvm::Expected<NpzArrayReader> openArray(llvm::StringRef name) const;

private:
  std::shared_ptr<zip> archive;
  std::string path;
  std::vector<std::string> names;
  std::vector<uint64_t> members;
};

/// Writes an archive of uncompressed arrays that grow side by side. Nothing is
/// seen under the final path before `commit`, and nothing is left behind
/// without it. The same data gives the same bytes.
class NpzWriter {
public:
  /// An unwritable place is found here, before there is data to lose.
  static llvm::Expected<std::unique_ptr<NpzWriter>>
  create(llvm::StringRef path);
  ~NpzWriter();

  /// Declares an array and returns its number.
  llvm::Expected<unsigned> addArray(llvm::StringRef name, ElementType type,
                                    llvm::ArrayRef<int64_t> shape);

  /// Appends elements to an array.
  void append(unsigned array, const void *data, size_t byteSize);

  /// Writes the archive. Each array must have got what its shape promises.
  llvm::Error commit();

private:
  /// The array's npy bytes wait in a temporary file beside the result, since
  /// the members of an archive can be written only one after the other.
  struct Spool;

  explicit NpzWriter(llvm::StringRef path);
  llvm::Error error(const llvm::Twine &message) const;
  llvm::Error flushSpools();
  llvm::Error writeArchive();

  std::string path;
  std::vector<std::unique_ptr<Spool>> spools;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_NPZ_H
