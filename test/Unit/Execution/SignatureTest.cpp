// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Descriptors: a good one is read in full, and no bad one passes.
#include "quantc/Execution/Signature.h"

#include "TestFiles.h"

using namespace quantc::exec;
using testing::HasSubstr;

static constexpr llvm::StringLiteral kGood = R"({
  "quantc": "0.1.0", "name": "m", "run": "m_run",
  "arena_size": 4096, "arena_alignment": 64,
  "target": "x86_64-linux-gnu", "cpu": "x86-64-v3", "features": "+avxvnni",
  "inputs": [{"name": "input", "shape": [1, 3, 4, 4], "type": "i8",
              "scale": 0.5, "zero_point": -128}],
  "outputs": [{"name": "output", "shape": [1, 10], "type": "f32"}]})";

/// The good descriptor with one part of its text replaced.
static std::string replace(llvm::StringRef part, llvm::StringRef by) {
  size_t position = kGood.find(part);
  EXPECT_NE(position, llvm::StringRef::npos);
  return (kGood.take_front(position) + by +
          kGood.drop_front(position + part.size()))
      .str();
}

TEST(SignatureTest, a_good_descriptor) {
  ModelSignature signature = valueOf(parseDescriptor(kGood));
  EXPECT_EQ(signature.name, "m");
  EXPECT_EQ(signature.runSymbol, "m_run");
  EXPECT_EQ(signature.cpu, "x86-64-v3");
  EXPECT_EQ(signature.arenaSize, 4096u);
  ASSERT_EQ(signature.inputs.size(), 1u);
  const TensorSpec &input = signature.inputs.front();
  EXPECT_EQ(input.type, ElementType::I8);
  EXPECT_EQ(input.getByteSize(), 48u);
  Quantization none;
  EXPECT_EQ(input.quantization.value_or(none).scale, 0.5);
  EXPECT_EQ(input.quantization.value_or(none).zeroPoint, -128);
  EXPECT_EQ(signature.outputs.front().getByteSize(), 40u);
  EXPECT_FALSE(signature.outputs.front().quantization);
}

TEST(SignatureTest, tiles) {
  EXPECT_FALSE(valueOf(parseDescriptor(kGood)).usesTiles);
  EXPECT_TRUE(
      valueOf(parseDescriptor(replace("\"name\": \"m\",",
                                      R"("name": "m", "tiles": true,)")))
          .usesTiles);
}

TEST(SignatureTest, a_profile) {
  EXPECT_FALSE(valueOf(parseDescriptor(kGood)).profile);
  auto parse = [](llvm::StringRef profile) {
    return parseDescriptor(
        replace("\"name\": \"m\",",
                ("\"name\": \"m\", \"profile\": " + profile + ",").str()));
  };
  ModelSignature signature = valueOf(parse(
      R"({"layers": [{"name": "a+b", "macs": 6, "float": true, "bytes": 7}],
          "segments": [0, 0]})"));
  ASSERT_TRUE(signature.profile);
  ASSERT_EQ(signature.profile->layers.size(), 1u);
  EXPECT_EQ(signature.profile->layers.front().name, "a+b");
  EXPECT_EQ(signature.profile->layers.front().macs, 6);
  EXPECT_TRUE(signature.profile->layers.front().isFloat);
  EXPECT_EQ(signature.profile->layers.front().bytes, 7);
  EXPECT_EQ(signature.profile->segments.size(), 2u);
  EXPECT_THAT(messageOf(parse(R"({"layers": [], "segments": [0]})")),
              HasSubstr("the profile speaks of layer 0 of 0"));
  EXPECT_THAT(
      messageOf(parse(R"({"layers": [{"name": "a", "macs": -1, "float": false,
                                      "bytes": 0}], "segments": [0]})")),
      HasSubstr("the layer 'a' has an impossible size"));
}

TEST(SignatureTest, descriptors_that_are_refused) {
  struct Case {
    llvm::StringRef part, by, message;
  };
  for (const Case &test : std::initializer_list<Case>{
           {"\"m_run\"", "17", "expected string at descriptor.run"},
           {"\"m_run\"", "\"\"", "no entry function"},
           {"\"m_run\",", "\"m_run\", \"threads\": 0,", "number of threads"},
           {"4096", "-1", "arena_size"},
           {"4096", "99999999999999", "arena size"},
           {": 64", ": 48", "arena alignment"},
           {": 64", ": 0", "arena alignment"},
           {"\"i8\"", "\"q8\"", "expected an element type"},
           {"\"i8\"", "\"f64\"", "which no model takes"},
           {"\"i8\"", "\"i64\"", "has a scale"},
           {"0.5", "0", "'input': "},
           {"0.5", "1e39", "'input': "},
           {"-128", "-129", "zero point -129"},
           {", \"zero_point\": -128", "", "both scale and zero_point"},
           {"[1, 3, 4, 4]", "[1, 0]", "impossible shape"},
           {"[1, 3, 4, 4]", "[4294967296, 4294967296]", "impossible shape"},
           {"[1, 3, 4, 4]", "[1, 3.5]", "expected integer"},
           {"[1, 3, 4, 4]", "{}", "expected array"},
           {"\"input\"", "\"\"", "has no name"},
           {"\"inputs\"", "\"things\"", "missing value at descriptor.inputs"},
           {"{\"name\": \"output\", \"shape\": [1, 10], \"type\": \"f32\"}", "",
            "no outputs"},
       }) {
    std::string message =
        messageOf(parseDescriptor(replace(test.part, test.by)));
    EXPECT_THAT(message, HasSubstr("descriptor is broken"));
    EXPECT_THAT(message, HasSubstr(test.message.str()));
  }
}

TEST(SignatureTest, a_descriptor_cut_at_any_byte) {
  for (size_t size = 0; size < kGood.size(); ++size)
    EXPECT_THAT(messageOf(parseDescriptor(kGood.take_front(size))),
                HasSubstr("descriptor is broken"));
}
