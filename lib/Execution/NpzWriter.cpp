// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes npz archives through libzip, which builds the archive beside the final
// path and renames it when it is complete.
#include "quantc/Execution/Npz.h"

#include "llvm/Support/Errno.h"
#include "llvm/Support/raw_ostream.h"

#include <zip.h>

namespace quantc::exec {

struct NpzWriter::Spool {
  Spool(std::string name, llvm::sys::fs::TempFile file, uint64_t expected)
      : name(std::move(name)), file(std::move(file)),
        stream(this->file.FD, /*shouldClose=*/false), expected(expected) {}

  ~Spool() {
    // A stream that dies with an unseen error ends the program.
    stream.flush();
    stream.clear_error();
    llvm::consumeError(file.discard());
  }

  std::string name;
  llvm::sys::fs::TempFile file;
  llvm::raw_fd_ostream stream;
  uint64_t expected, written = 0;
};

NpzWriter::NpzWriter(llvm::StringRef path) : path(path) {}
NpzWriter::~NpzWriter() = default;

llvm::Error NpzWriter::error(const llvm::Twine &message) const {
  return llvm::createStringError("cannot write '" + path + "': " + message);
}

llvm::Expected<std::unique_ptr<NpzWriter>>
NpzWriter::create(llvm::StringRef path) {
  std::unique_ptr<NpzWriter> writer(new NpzWriter(path));
  // The rename at the end would replace a device or a pipe by a file.
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status) &&
      !llvm::sys::fs::is_regular_file(status))
    return writer->error("it exists and is no regular file");
  auto probe = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!probe)
    return writer->error(llvm::toString(probe.takeError()));
  if (llvm::Error error = probe->discard())
    return writer->error(llvm::toString(std::move(error)));
  return writer;
}

llvm::Expected<unsigned> NpzWriter::addArray(llvm::StringRef name,
                                             ElementType type,
                                             llvm::ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = countElements(shape, type);
  if (!count)
    return error("array '" + name + "' is too large");
  auto file = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!file)
    return error(llvm::toString(file.takeError()));
  spools.push_back(std::make_unique<Spool>(name.str(), std::move(*file),
                                           *count * getByteSize(type)));
  spools.back()->stream << formatNpyHeader(type, shape);
  return spools.size() - 1;
}

void NpzWriter::append(unsigned array, const void *data, size_t byteSize) {
  Spool &spool = *spools[array];
  spool.stream.write(static_cast<const char *>(data), byteSize);
  spool.written += byteSize;
}

llvm::Error NpzWriter::flushSpools() {
  for (std::unique_ptr<Spool> &spool : spools) {
    if (spool->written != spool->expected)
      return error("array '" + spool->name + "' is not complete");
    spool->stream.flush();
    if (spool->stream.has_error())
      return error(spool->stream.error().message());
  }
  return llvm::Error::success();
}

llvm::Error NpzWriter::writeArchive() {
  int code = 0;
  zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!archive)
    return error(llvm::sys::StrError());
  auto fail = [&]() {
    llvm::Error result = error(zip_strerror(archive));
    zip_discard(archive);
    return result;
  };
  for (std::unique_ptr<Spool> &spool : spools) {
    zip_source_t *source =
        zip_source_file(archive, spool->file.TmpName.c_str(), 0, /*len=*/-1);
    if (!source)
      return fail();
    zip_int64_t index = zip_file_add(archive, (spool->name + ".npy").c_str(),
                                     source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return fail();
    }
    // The first day of the format, 1980-01-01, so that no clock is in the
    // bytes.
    if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive, index, 0, 0x21, 0) != 0)
      return fail();
  }
  return zip_close(archive) == 0 ? llvm::Error::success() : fail();
}

llvm::Error NpzWriter::commit() {
  if (llvm::Error error = flushSpools())
    return error;
  if (llvm::Error error = writeArchive())
    return error;
  spools.clear();
  return llvm::Error::success();
}

} // namespace quantc::exec
