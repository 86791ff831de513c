// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arrays survive the way through a file in every type; a file that lies, ends
// early or holds no numbers gives one error that names the file and the array.
#include "TestFiles.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace quantc::exec;
using testing::HasSubstr;

namespace {
class NpzTest : public FileTest {
protected:
  /// The error of reading all of array "a" of an archive whose member has
  /// these bytes.
  std::string readError(llvm::StringRef bytes) const {
    auto file = NpzReader::open(writeZip("x.npz", "a.npy", bytes));
    if (!file)
      return llvm::toString(file.takeError());
    auto array = file->openArray("a");
    if (!array)
      return llvm::toString(array.takeError());
    std::vector<char> data(array->getElementCount() *
                           getByteSize(array->getHeader().type));
    if (auto error = array->read(data.data(), array->getElementCount()))
      return llvm::toString(std::move(error));
    return messageOf(array->finish());
  }

  /// A member with this header literal and `dataSize` bytes behind it.
  static std::string makeNpy(llvm::StringRef literal, size_t dataSize = 0,
                             char version = 1) {
    std::string bytes = "\x93NUMPY";
    bytes += version;
    bytes += '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
      bytes += static_cast<char>(literal.size() >> (8 * i));
    return bytes + literal.str() + std::string(dataSize, '\0');
  }
  static std::string makeNpyOf(llvm::StringRef descr, llvm::StringRef shape,
                               size_t dataSize, char version = 1) {
    return makeNpy(("{'descr': " + descr +
                    ", 'fortran_order': False, 'shape': " + shape + ", }")
                       .str(),
                   dataSize, version);
  }
};

class NpzTypeTest : public NpzTest,
                    public testing::WithParamInterface<ElementType> {};
} // namespace

//===----------------------------------------------------------------------===//
// Round trips
//===----------------------------------------------------------------------===//

TEST_P(NpzTypeTest, write_and_read_back_sample_by_sample) {
  ElementType type = GetParam();
  size_t size = 3 * 5 * getByteSize(type);
  std::vector<char> data(size);
  for (size_t i = 0; i < size; ++i)
    data[i] = static_cast<char>(type == ElementType::Bool ? i % 2 : 7 * i + 1);

  auto writer = valueOf(NpzWriter::create(path("x.npz")));
  unsigned array = valueOf(writer->addArray("some name", type, {3, 5}));
  // Elements come in unequal pieces.
  writer->append(array, data.data(), 1);
  writer->append(array, data.data() + 1, size - 1);
  EXPECT_EQ(messageOf(writer->commit()), "success");
  EXPECT_EQ(countFiles(), 1u);

  auto file = valueOf(NpzReader::open(path("x.npz")));
  EXPECT_THAT(file.getArrayNames(), testing::ElementsAre("some name"));
  auto reader = valueOf(file.openArray("some name"));
  EXPECT_EQ(reader.getHeader().type, type);
  EXPECT_FALSE(reader.getHeader().swapBytes);
  EXPECT_THAT(reader.getHeader().shape, testing::ElementsAre(3, 5));
  std::vector<char> read(size);
  for (size_t sample = 0; sample < 3; ++sample)
    EXPECT_EQ(messageOf(reader.read(read.data() + sample * size / 3, 5)),
              "success");
  EXPECT_EQ(messageOf(reader.finish()), "success");
  EXPECT_EQ(read, data);
  EXPECT_THAT(messageOf(reader.read(read.data(), 1)),
              HasSubstr("has no more elements"));
}

INSTANTIATE_TEST_SUITE_P(
    all, NpzTypeTest,
    testing::Values(ElementType::Bool, ElementType::I8, ElementType::U8,
                    ElementType::I16, ElementType::U16, ElementType::I32,
                    ElementType::U32, ElementType::I64, ElementType::U64,
                    ElementType::F16, ElementType::F32, ElementType::F64),
    [](const auto &info) { return getElementTypeName(info.param).str(); });

TEST_F(NpzTest, arrays_are_read_side_by_side) {
  auto writer = valueOf(NpzWriter::create(path("x.npz")));
  unsigned a = valueOf(writer->addArray("a", ElementType::I32, {2}));
  unsigned b = valueOf(writer->addArray("b", ElementType::I32, {2}));
  int32_t values[] = {1, 2, 3, 4};
  writer->append(a, &values[0], 4);
  writer->append(b, &values[2], 4);
  writer->append(a, &values[1], 4);
  writer->append(b, &values[3], 4);
  ASSERT_EQ(messageOf(writer->commit()), "success");

  auto file = valueOf(NpzReader::open(path("x.npz")));
  auto first = valueOf(file.openArray("a"));
  auto second = valueOf(file.openArray("b"));
  int32_t read[4];
  EXPECT_FALSE(first.read(&read[0], 1));
  EXPECT_FALSE(second.read(&read[2], 1));
  EXPECT_FALSE(first.read(&read[1], 1));
  EXPECT_FALSE(second.read(&read[3], 1));
  EXPECT_THAT(read, testing::ElementsAreArray(values));
}

TEST_F(NpzTest, big_endian_elements_are_swapped) {
  std::string bytes = makeNpyOf("'>i4'", "(2,)", 0);
  bytes += std::string("\x00\x00\x01\x02\xff\xff\xff\xfe", 8);
  auto file = valueOf(NpzReader::open(writeZip("x.npz", "a.npy", bytes)));
  auto array = valueOf(file.openArray("a"));
  int32_t read[2];
  EXPECT_FALSE(array.read(read, 2));
  EXPECT_THAT(read, testing::ElementsAre(0x102, -2));
}

TEST_F(NpzTest, header_versions_and_spellings) {
  for (char version : {1, 2, 3})
    EXPECT_EQ(readError(makeNpyOf("'<f4'", "(2, 3)", 24, version)), "success");
  EXPECT_EQ(readError(makeNpyOf("'|u1'", "()", 1)), "success");
  EXPECT_EQ(readError(makeNpyOf("'u1'", "(4L,)", 4)), "success");
  EXPECT_EQ(readError(makeNpyOf("\"=i2\"", " ( 0 , 3 ) ", 0)), "success");
  // One dimension: both orders are the same.
  EXPECT_EQ(readError(makeNpy(
                "{'shape':(1,3),'fortran_order':True,'descr':'|i1'}", 3)),
            "success");
}

TEST_F(NpzTest, the_same_data_gives_the_same_bytes) {
  std::string contents[2];
  for (std::string &content : contents) {
    auto writer = valueOf(NpzWriter::create(path("x.npz")));
    float value = 1;
    writer->append(valueOf(writer->addArray("a", ElementType::F32, {1})),
                   &value, 4);
    ASSERT_EQ(messageOf(writer->commit()), "success");
    content = (*llvm::MemoryBuffer::getFile(path("x.npz")))->getBuffer().str();
  }
  EXPECT_EQ(contents[0], contents[1]);
}

//===----------------------------------------------------------------------===//
// Hostile files
//===----------------------------------------------------------------------===//

TEST_F(NpzTest, no_archive) {
  EXPECT_THAT(messageOf(NpzReader::open(path("x.npz"))),
              HasSubstr("x.npz': no such file"));
  EXPECT_THAT(messageOf(NpzReader::open(writeFile("empty.npz", ""))),
              HasSubstr("empty.npz': not an npz file"));
  EXPECT_THAT(messageOf(NpzReader::open(writeFile("text.npz", "hello"))),
              HasSubstr("not an npz file"));
  EXPECT_THAT(messageOf(NpzReader::open(path(""))), HasSubstr("': "));
}

TEST_F(NpzTest, an_archive_cut_at_any_byte) {
  std::vector<float> values(64, 1.5f);
  auto whole = llvm::MemoryBuffer::getFile(
      writeArray<float>("whole.npz", "a", ElementType::F32, {64}, values));
  llvm::StringRef bytes = (*whole)->getBuffer();
  for (size_t size = 0; size < bytes.size(); ++size) {
    auto file = NpzReader::open(writeFile("cut.npz", bytes.take_front(size)));
    EXPECT_THAT(messageOf(std::move(file)), HasSubstr("cut.npz"));
  }
}

TEST_F(NpzTest, an_archive_with_any_byte_inverted) {
  std::vector<float> values(16, 1.5f);
  auto whole = llvm::MemoryBuffer::getFile(
      writeArray<float>("whole.npz", "a", ElementType::F32, {16}, values));
  for (size_t i = 0; i < (*whole)->getBufferSize(); ++i) {
    std::string bytes = (*whole)->getBuffer().str();
    bytes[i] = static_cast<char>(~bytes[i]);
    auto file = NpzReader::open(writeFile("flip.npz", bytes));
    if (!file) {
      llvm::consumeError(file.takeError());
      continue;
    }
    auto array = file->openArray("a");
    if (!array) {
      llvm::consumeError(array.takeError());
      continue;
    }
    // Either an error, or a byte that carries nothing was hit.
    std::vector<float> read(16);
    if (messageOf(array->read(read.data(), 16)) == "success" &&
        messageOf(array->finish()) == "success")
      EXPECT_EQ(read, values) << "byte " << i;
  }
}

TEST_F(NpzTest, elements_that_are_no_numbers) {
  EXPECT_THAT(readError(makeNpyOf("'|O'", "(1,)", 8)),
              HasSubstr("x.npz': array 'a' holds pickled Python objects"));
  EXPECT_THAT(readError(makeNpyOf("'<U3'", "(1,)", 12)), HasSubstr("text"));
  EXPECT_THAT(readError(makeNpyOf("'<c8'", "(1,)", 8)), HasSubstr("complex"));
  EXPECT_THAT(readError(makeNpyOf("'<M8[s]'", "(1,)", 8)), HasSubstr("dates"));
  EXPECT_THAT(readError(makeNpyOf("[('x', '<f4')]", "(1,)", 4)),
              HasSubstr("records"));
  EXPECT_THAT(readError(makeNpyOf("'<f16'", "(1,)", 16)),
              HasSubstr("unknown type"));
}

TEST_F(NpzTest, headers_that_lie) {
  EXPECT_THAT(readError(makeNpyOf("'<f4'", "(3,)", 8)),
              HasSubstr("should have 12 bytes of data, but has 8"));
  EXPECT_THAT(readError(makeNpyOf("'<f4'", "(3,)", 16)),
              HasSubstr("should have 12 bytes of data, but has 16"));
  EXPECT_THAT(readError(makeNpyOf("'<f8'", "(4294967296, 4294967296)", 8)),
              HasSubstr("impossible shape"));
  EXPECT_THAT(readError(makeNpyOf("'<f8'", "(0, 4294967296, 4294967296)", 8)),
              HasSubstr("impossible shape"));
  EXPECT_THAT(readError(makeNpyOf("'|i1'", "(9223372036854775808,)", 0)),
              HasSubstr("malformed"));
  EXPECT_THAT(readError(makeNpyOf("'|i1'", "(-1,)", 0)),
              HasSubstr("malformed"));
  EXPECT_THAT(readError(makeNpy("{'descr': '<f4', 'fortran_order': True, "
                                "'shape': (2, 2), }",
                                16)),
              HasSubstr("Fortran order"));
}

TEST_F(NpzTest, malformed_headers) {
  for (llvm::StringRef literal :
       {"", "{", "}", "{}", "[]", "{'descr'", "{'descr': }", "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}"})
    EXPECT_THAT(readError(makeNpy(literal, 4)), HasSubstr("malformed"))
        << literal.str();
  EXPECT_THAT(readError("not an array"), HasSubstr("is no npy array"));
  EXPECT_THAT(readError("\x93NUM"), HasSubstr("is truncated"));
  EXPECT_THAT(readError(std::string("\x93NUMPY\x04\x00\x00\x00", 10)),
              HasSubstr("version 1 to 3"));
  EXPECT_THAT(readError(std::string("\x93NUMPY\x01\x00\x50\x00{", 11)),
              HasSubstr("is truncated"));
  EXPECT_THAT(readError(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)),
              HasSubstr("which cannot be"));
}

TEST_F(NpzTest, a_missing_array_is_told_with_those_that_exist) {
  auto file = valueOf(NpzReader::open(
      writeArray<uint8_t>("x.npz", "images", ElementType::U8, {1}, {1})));
  EXPECT_THAT(messageOf(file.openArray("input")),
              HasSubstr("has no array 'input'; it has: images"));
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

TEST_F(NpzTest, nothing_is_left_without_commit) {
  {
    auto writer = valueOf(NpzWriter::create(path("x.npz")));
    float value = 1;
    writer->append(valueOf(writer->addArray("a", ElementType::F32, {2})),
                   &value, 4);
    EXPECT_THAT(messageOf(writer->commit()),
                HasSubstr("array 'a' is not complete"));
  }
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(NpzTest, unwritable_places) {
  EXPECT_THAT(messageOf(NpzWriter::create(path("no/folder/x.npz"))),
              HasSubstr("cannot write"));
  EXPECT_THAT(messageOf(NpzWriter::create(path(""))),
              HasSubstr("no regular file"));
  EXPECT_THAT(messageOf(NpzWriter::create("/dev/null")),
              HasSubstr("no regular file"));
}
