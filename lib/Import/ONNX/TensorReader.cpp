// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decodes onnx::TensorProto: raw bytes, typed fields, and external files that
// lie in the model's own directory. Every count is checked against the shape
// before anything is allocated.

#include "HostTensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using llvm::createStringError;

namespace quantc::import {
namespace {

using Proto = onnx::TensorProto;

float halfToFloat(uint16_t bits, const llvm::fltSemantics &semantics) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToFloat();
}

/// Bytes of one element in raw data, 0 for types that the importer does not
/// read.
unsigned elementBytes(int32_t type) {
  switch (type) {
  case Proto::FLOAT:
  case Proto::INT32:
  case Proto::UINT32:
    return 4;
  case Proto::DOUBLE:
  case Proto::INT64:
  case Proto::UINT64:
    return 8;
  case Proto::FLOAT16:
  case Proto::BFLOAT16:
  case Proto::INT16:
  case Proto::UINT16:
    return 2;
  case Proto::INT8:
  case Proto::UINT8:
  case Proto::BOOL:
    return 1;
  default:
    return 0;
  }
}

/// Little-endian elements of type Stored, each through `convert`.
template <typename Stored, typename Result, typename Convert>
std::vector<Result> decodeBytes(StringRef bytes, Convert convert) {
  std::vector<Result> values(bytes.size() / sizeof(Stored));
  for (auto [i, value] : llvm::enumerate(values))
    value =
        convert(llvm::support::endian::read<Stored, llvm::endianness::little>(
            bytes.data() + i * sizeof(Stored)));
  return values;
}

template <typename Stored>
std::vector<int64_t> decodeInts(StringRef bytes) {
  return decodeBytes<Stored, int64_t>(
      bytes, [](Stored value) { return static_cast<int64_t>(value); });
}

HostTensor::Data decodeRaw(int32_t type, StringRef bytes) {
  switch (type) {
  case Proto::FLOAT:
    return decodeBytes<uint32_t, float>(
        bytes, [](uint32_t bits) { return llvm::bit_cast<float>(bits); });
  case Proto::DOUBLE:
    return decodeBytes<uint64_t, double>(
        bytes, [](uint64_t bits) { return llvm::bit_cast<double>(bits); });
  case Proto::FLOAT16:
    return decodeBytes<uint16_t, float>(bytes, [](uint16_t bits) {
      return halfToFloat(bits, llvm::APFloat::IEEEhalf());
    });
  case Proto::BFLOAT16:
    return decodeBytes<uint16_t, float>(bytes, [](uint16_t bits) {
      return halfToFloat(bits, llvm::APFloat::BFloat());
    });
  case Proto::INT8:
    return decodeInts<int8_t>(bytes);
  case Proto::UINT8:
  case Proto::BOOL:
    return decodeInts<uint8_t>(bytes);
  case Proto::INT16:
    return decodeInts<int16_t>(bytes);
  case Proto::UINT16:
    return decodeInts<uint16_t>(bytes);
  case Proto::INT32:
    return decodeInts<int32_t>(bytes);
  case Proto::UINT32:
    return decodeInts<uint32_t>(bytes);
  default:
    return decodeInts<int64_t>(bytes);
  }
}

/// The typed repeated field that ONNX assigns to the element type.
HostTensor::Data decodeFields(const Proto &proto) {
  switch (proto.data_type()) {
  case Proto::FLOAT:
    return std::vector<float>(proto.float_data().begin(),
                              proto.float_data().end());
  case Proto::DOUBLE:
    return std::vector<double>(proto.double_data().begin(),
                               proto.double_data().end());
  case Proto::FLOAT16:
  case Proto::BFLOAT16: {
    const llvm::fltSemantics &semantics = proto.data_type() == Proto::FLOAT16
                                              ? llvm::APFloat::IEEEhalf()
                                              : llvm::APFloat::BFloat();
    std::vector<float> values;
    for (int32_t bits : proto.int32_data())
      values.push_back(halfToFloat(static_cast<uint16_t>(bits), semantics));
    return values;
  }
  case Proto::INT64:
    return std::vector<int64_t>(proto.int64_data().begin(),
                                proto.int64_data().end());
  case Proto::UINT32:
  case Proto::UINT64:
    return std::vector<int64_t>(proto.uint64_data().begin(),
                                proto.uint64_data().end());
  default:
    return std::vector<int64_t>(proto.int32_data().begin(),
                                proto.int32_data().end());
  }
}

/// The file that `location` names inside `directory`, or an error if it would
/// lead outside, also through a symbolic link.
llvm::Expected<std::string> resolveExternal(StringRef location,
                                            StringRef directory) {
  if (directory.empty())
    return createStringError("has external data, but the model does not come "
                             "from a directory");
  if (location.empty() || llvm::sys::path::is_absolute(location))
    return createStringError("external data location '" + location +
                             "' is not a relative path");
  llvm::SmallString<256> joined(directory), root, target;
  llvm::sys::path::append(joined, location);
  if (llvm::sys::fs::real_path(directory, root) ||
      llvm::sys::fs::real_path(joined, target))
    return createStringError("external data file '" + location +
                             "' does not exist");
  if (!StringRef(target).starts_with((root + "/").str()))
    return createStringError("external data location '" + location +
                             "' leads outside of the model's directory");
  return target.str().str();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readExternal(const Proto &proto, uint64_t bytes, StringRef directory) {
  StringRef location;
  uint64_t offset = 0, length = bytes;
  for (const onnx::StringStringEntryProto &entry : proto.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    bool malformed = false;
    if (key == "location")
      location = value;
    else if (key == "offset")
      malformed = value.getAsInteger(10, offset);
    else if (key == "length")
      malformed = value.getAsInteger(10, length);
    if (malformed)
      return createStringError("external data " + key + " '" + value +
                               "' is not a number");
  }
  if (length != bytes)
    return createStringError("external data length is " + Twine(length) +
                             ", expected " + Twine(bytes) + " bytes");
  llvm::Expected<std::string> path = resolveExternal(location, directory);
  if (!path)
    return path.takeError();
  uint64_t fileSize = 0;
  if (!llvm::sys::fs::is_regular_file(*path) ||
      llvm::sys::fs::file_size(*path, fileSize))
    return createStringError("external data file '" + location +
                             "' is not a readable file");
  if (offset > fileSize || bytes > fileSize - offset)
    return createStringError("external data file '" + location + "' has " +
                             Twine(fileSize) + " bytes, but " + Twine(bytes) +
                             " are expected at offset " + Twine(offset));
  auto buffer = llvm::MemoryBuffer::getFileSlice(*path, bytes, offset);
  if (!buffer)
    return createStringError(
        "external data file '" + location +
        "' cannot be read: " + buffer.getError().message());
  return std::move(*buffer);
}

} // namespace

llvm::Expected<HostTensor> readTensor(const Proto &proto,
                                      StringRef modelDirectory) {
  HostTensor tensor;
  tensor.elementType = proto.data_type();
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());

  unsigned bytesEach = elementBytes(tensor.elementType);
  if (bytesEach == 0)
    return createStringError("element type " +
                             printElementType(tensor.elementType) +
                             " is not supported");
  if (proto.has_segment())
    return createStringError("segmented tensors are not supported");
  std::optional<int64_t> count = countElements(tensor.shape);
  if (!count)
    return createStringError("shape " + printShape(tensor.shape) +
                             " has a negative dimension or is too large");
  uint64_t bytes = static_cast<uint64_t>(*count) * bytesEach;

  if (proto.data_location() == Proto::EXTERNAL) {
    auto buffer = readExternal(proto, bytes, modelDirectory);
    if (!buffer)
      return buffer.takeError();
    tensor.data = decodeRaw(tensor.elementType, (*buffer)->getBuffer());
    return tensor;
  }
  if (proto.has_raw_data()) {
    if (proto.raw_data().size() != bytes)
      return createStringError(
          "has " + Twine(proto.raw_data().size()) +
          " bytes of data, but shape " + printShape(tensor.shape) + " of " +
          printElementType(tensor.elementType) + " needs " + Twine(bytes));
    tensor.data = decodeRaw(tensor.elementType, proto.raw_data());
    return tensor;
  }
  tensor.data = decodeFields(proto);
  if (tensor.size() != *count)
    return createStringError(
        "has " + Twine(tensor.size()) + " elements of data, but shape " +
        printShape(tensor.shape) + " needs " + Twine(*count));
  return tensor;
}

} // namespace quantc::import
