// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The JSON file of a table: nothing is lost on the way through it, and each way
// in which it can be wrong has a message that names the place.
#include "quantc/Calibration/CalibrationTable.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using quantc::CalibrationTable;
using quantc::TensorRange;
using testing::HasSubstr;

static CalibrationTable makeTable() {
  CalibrationTable table;
  table.provenance.samples = 200;
  table.provenance.model = "m.onnx";
  table.provenance.data = "c.npz";
  table.provenance.version = "0.1.0";
  table.add("input", TensorRange{-1.5, 1.0});
  table.add("conv/1\n\"quoted\"", TensorRange{0.1, 0.30000000000000004});
  return table;
}

/// The message of parsing `json`, or "no error".
static std::string getParseError(llvm::StringRef json) {
  llvm::Expected<CalibrationTable> table = CalibrationTable::parse(json);
  return table ? "no error" : llvm::toString(table.takeError());
}

/// A table with good provenance and the given array of tensors.
static std::string withTensors(llvm::StringRef tensors) {
  return llvm::formatv(
      R"({{"provenance": {{"method": "min-max", "samples": 1}, "tensors": {0}})",
      tensors);
}

namespace {

TEST(CalibrationTableTest, RoundTripIsExact) {
  CalibrationTable table = makeTable();
  llvm::Expected<CalibrationTable> read =
      CalibrationTable::parse(table.toJSON());
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->provenance.method, "min-max");
  EXPECT_EQ(read->provenance.samples, 200);
  EXPECT_EQ(read->provenance.model, "m.onnx");
  EXPECT_EQ(read->provenance.data, "c.npz");
  EXPECT_EQ(read->provenance.version, "0.1.0");
  ASSERT_EQ(read->getTensors().size(), table.getTensors().size());
  for (const auto &[name, tensor] : table.getTensors())
    EXPECT_EQ(read->getTensors().find(name)->second.range, tensor.range);
  EXPECT_EQ(read->toJSON(), table.toJSON());
}

TEST(CalibrationTableTest, EveryFloatSurvivesAsText) {
  CalibrationTable table = makeTable();
  double tiny = std::numeric_limits<float>::denorm_min();
  double huge = std::numeric_limits<float>::max();
  table.add("edges", TensorRange{-huge, tiny});
  llvm::Expected<CalibrationTable> read =
      CalibrationTable::parse(table.toJSON());
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->getTensors().find("edges")->second.range,
            (TensorRange{-huge, tiny}));
}

TEST(CalibrationTableTest, ProvenanceRoundTrips) {
  CalibrationTable table = makeTable();
  table.provenance.method = "percentile";
  table.provenance.percentile = 99.9;
  table.provenance.shards = "1/4, 2/4";
  table.provenance.modelHash = "0123";
  table.provenance.dataHash = "4567";
  table.provenance.normalize = "127.5,127.5";
  llvm::Expected<CalibrationTable> read =
      CalibrationTable::parse(table.toJSON());
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->provenance.percentile, 99.9);
  EXPECT_EQ(read->provenance.shards, "1/4, 2/4");
  EXPECT_EQ(read->provenance.modelHash, "0123");
  EXPECT_EQ(read->provenance.dataHash, "4567");
  EXPECT_EQ(read->provenance.normalize, "127.5,127.5");
  EXPECT_EQ(read->toJSON(), table.toJSON());
}

/// Empty tensors of zeros, one bin, gaps of all lengths, the outermost bins.
TEST(CalibrationTableTest, StatisticsRoundTrip) {
  std::vector<std::vector<float>> tensors = {
      {0.0f, 0.0f},
      {1e-45f},
      {-3.4e38f, 3.4e38f, 1e30f},
      {1.0f, 1.001f, 1.002f, 1.005f, 1.1f, -0.25f, 0.0f, 1.0f}};
  CalibrationTable table = makeTable();
  for (auto [index, values] : llvm::enumerate(tensors)) {
    quantc::TensorStatistics statistics;
    statistics.add(values);
    table.add("t" + std::to_string(index), {{0.0, 1.0}, "mse", statistics});
  }
  llvm::Expected<CalibrationTable> read =
      CalibrationTable::parse(table.toJSON());
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  for (const auto &[name, tensor] : table.getTensors()) {
    const auto &other = read->getTensors().find(name)->second;
    EXPECT_EQ(other.method, tensor.method);
    ASSERT_EQ(other.statistics.has_value(), tensor.statistics.has_value());
    if (tensor.statistics)
      EXPECT_TRUE(*other.statistics == *tensor.statistics) << name.str();
  }
  EXPECT_EQ(read->toJSON(), table.toJSON());
}

TEST(CalibrationTableTest, RefusesBrokenStatistics) {
  auto with = [](llvm::StringRef attributes) {
    return getParseError(withTensors(
        llvm::formatv(R"([{{"name": "a", "min": 0, "max": 1, {0}}])",
                      attributes)
            .str()));
  };
  EXPECT_THAT(with(R"("least": 0, "greatest": 1, "zeros": 1, "width_log2": -11,
                      "bins": "2047:1 2, -3:0")"),
              HasSubstr("expected 'bins' as"));
  EXPECT_EQ(with(R"("least": 0, "greatest": 1, "zeros": 1, "width_log2": -11,
                    "bins": "-3:1, 2047:1 2")"),
            "no error");
  for (llvm::StringRef bins : {"", "7", "7:", "7: 1", "7:1 ", "7:-1", "7:1,8:1",
                               "4096:1", "-4097:1", "4095:1 1", "8:1, 8:1"})
    EXPECT_THAT(with(llvm::formatv(R"("least": 0, "greatest": 1, "zeros": 0,
                                      "width_log2": -11, "bins": "{0}")",
                                   bins)
                         .str()),
                HasSubstr("expected 'bins' as"))
        << bins.str();
  EXPECT_THAT(with(R"("bins": "1:1", "least": 0)"),
              HasSubstr("expected f32 numbers 'least' <= 'greatest' for tensor "
                        "'a'"));
  EXPECT_THAT(with(R"("bins": "1:1", "least": 0, "greatest": 0.1)"),
              HasSubstr("expected f32 numbers"));
  EXPECT_THAT(with(R"("bins": "1:1", "least": 0, "greatest": 1, "zeros": -1)"),
              HasSubstr("expected a number 'zeros' >= 0"));
  EXPECT_THAT(with(R"("bins": "1:1", "least": 0, "greatest": 1, "zeros": 0,
                      "width_log2": 117)"),
              HasSubstr("expected a 'width_log2' from -120 to 116"));
}

TEST(CalibrationTableTest, NamesOutliveTheirSourceAndMoves) {
  CalibrationTable table;
  {
    std::string name = "a name longer than any small-string buffer is";
    table.add(name, TensorRange{0.0, 1.0});
    table.add(name, TensorRange{0.0, 2.0});
  }
  CalibrationTable moved = std::move(table);
  ASSERT_EQ(moved.getTensors().size(), 1u);
  EXPECT_EQ(moved.getTensors().begin()->second.range, (TensorRange{0.0, 2.0}));
  EXPECT_EQ(moved.getTensors().begin()->first,
            "a name longer than any small-string buffer is");
}

TEST(CalibrationTableTest, KeepsTheOrderOfTheModel) {
  CalibrationTable table;
  for (llvm::StringRef name : {"z", "a", "m"})
    table.add(name, TensorRange{0.0, 1.0});
  std::string order;
  for (const auto &[name, tensor] : table.getTensors())
    order += name;
  EXPECT_EQ(order, "zam");
}

TEST(CalibrationTableTest, RefusesWhatIsNoTable) {
  EXPECT_NE(getParseError(""), "no error");
  EXPECT_NE(getParseError("{\"provenance\": {"), "no error");
  EXPECT_THAT(getParseError("[1, 2]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(getParseError("{}"),
              HasSubstr("expected an object 'provenance'"));
  EXPECT_THAT(getParseError(R"({"provenance": 3})"),
              HasSubstr("expected an object 'provenance'"));
}

TEST(CalibrationTableTest, RefusesProvenanceWithoutItsNumbers) {
  EXPECT_THAT(getParseError(R"({"provenance": {"method": "min-max"}})"),
              HasSubstr("expected a number of samples >= 1 in 'provenance'"));
  EXPECT_THAT(
      getParseError(R"({"provenance": {"method": "min-max", "samples": 0}})"),
      HasSubstr("expected a number of samples >= 1 in 'provenance'"));
  EXPECT_THAT(getParseError(R"({"provenance": {"samples": 1}})"),
              HasSubstr("expected a 'method' in 'provenance'"));
}

TEST(CalibrationTableTest, RefusesTensorsThatAreNoList) {
  EXPECT_THAT(
      getParseError(R"({"provenance": {"method": "min-max", "samples": 1}})"),
      HasSubstr("expected an array 'tensors'"));
  EXPECT_THAT(getParseError(withTensors("{}")),
              HasSubstr("expected an array 'tensors'"));
}

TEST(CalibrationTableTest, NamesTheEntryThatIsWrong) {
  EXPECT_THAT(getParseError(withTensors(R"([7])")),
              HasSubstr("expected a 'name' in entry 0 of 'tensors'"));
  EXPECT_THAT(
      getParseError(withTensors(
          R"([{"name": "a", "min": 0, "max": 1}, {"min": 0, "max": 1}])")),
      HasSubstr("expected a 'name' in entry 1 of 'tensors'"));
  for (llvm::StringRef numbers :
       {R"("min": 0)", R"("max": 0)", R"("min": "0", "max": 1)",
        R"("min": 2, "max": 1)", R"("min": 0, "max": 1e999)"})
    EXPECT_THAT(
        getParseError(withTensors(
            llvm::formatv(R"([{{"name": "a", {0}}])", numbers).str())),
        testing::AnyOf(
            HasSubstr("expected finite numbers 'min' <= 'max' for tensor 'a'"),
            HasSubstr("Invalid")))
        << numbers.str();
  EXPECT_THAT(
      getParseError(withTensors(
          R"([{"name": "a", "min": 0, "max": 1}, {"name": "a", "min": 0, "max": 1}])")),
      HasSubstr("tensor 'a' has two entries"));
}

TEST(CalibrationTableTest, FilesAreNamedInErrors) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("quantc-table", folder));
  std::string path = (folder + "/t.json").str();

  llvm::Expected<CalibrationTable> missing = CalibrationTable::read(path);
  ASSERT_FALSE(static_cast<bool>(missing));
  EXPECT_THAT(llvm::toString(missing.takeError()),
              HasSubstr("cannot read calibration table '" + path + "'"));

  ASSERT_FALSE(static_cast<bool>(makeTable().write(path)));
  llvm::Expected<CalibrationTable> read = CalibrationTable::read(path);
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->toJSON(), makeTable().toJSON());

  llvm::Error error = makeTable().write((folder + "/no/t.json").str());
  ASSERT_TRUE(static_cast<bool>(error));
  EXPECT_THAT(llvm::toString(std::move(error)),
              HasSubstr("cannot write calibration table"));
  llvm::sys::fs::remove_directories(folder);
}

} // namespace
