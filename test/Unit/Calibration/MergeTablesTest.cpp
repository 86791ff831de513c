// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of shards against the table of the whole, and what cannot be merged.
#include "quantc/Calibration/CalibrationTable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace quantc;
using testing::HasSubstr;

/// A table of one tensor that saw `values`.
static CalibrationTable makeTable(llvm::ArrayRef<float> values,
                                  llvm::StringRef shards = "",
                                  const MethodOptions &options = {}) {
  CalibrationTable table;
  table.provenance.samples = int64_t(values.size());
  table.provenance.shards = shards.str();
  table.provenance.model = "m.onnx";
  table.provenance.modelHash = "11";
  table.provenance.data = "c.npz";
  table.provenance.dataHash = "22";
  TensorStatistics statistics;
  statistics.add(values);
  table.add("a", {{}, {}, statistics});
  llvm::cantFail(chooseRanges(table, options));
  return table;
}

static std::vector<float> makeRamp(int first, int last) {
  std::vector<float> values;
  for (int i = first; i < last; ++i)
    values.push_back(float(i % 37) - 5.0f * float(i % 3) +
                     float(i == 190) * 90);
  return values;
}

/// The JSON of merging, or the message of the error.
static std::string merge(std::vector<CalibrationTable> tables,
                         std::optional<MethodOptions> options = std::nullopt) {
  llvm::Expected<CalibrationTable> merged = mergeTables(tables, options);
  return merged ? merged->toJSON() : llvm::toString(merged.takeError());
}

static std::string mergeTwo(CalibrationTable a, CalibrationTable b) {
  std::vector<CalibrationTable> tables;
  tables.push_back(std::move(a));
  tables.push_back(std::move(b));
  return merge(std::move(tables));
}

namespace {

TEST(MergeTablesTest, AllShardsAreTheWhole) {
  for (CalibrationMethod method :
       {CalibrationMethod::MinMax, CalibrationMethod::Percentile,
        CalibrationMethod::Entropy, CalibrationMethod::MeanSquare,
        CalibrationMethod::Octav, CalibrationMethod::Auto}) {
    MethodOptions options{method, 99.0};
    std::vector<CalibrationTable> shards;
    for (int i : {2, 0, 3, 1})
      shards.push_back(makeTable(makeRamp(i * 50, i * 50 + 50),
                                 std::to_string(i + 1) + "/4", options));
    EXPECT_EQ(merge(std::move(shards)),
              makeTable(makeRamp(0, 200), "", options).toJSON())
        << getMethodName(method).str();
  }
}

TEST(MergeTablesTest, MergingIsAssociative) {
  auto shard = [](int i) {
    return makeTable(makeRamp(i * 50, i * 50 + 50), std::to_string(i) + "/4");
  };
  auto join = [](CalibrationTable a, CalibrationTable b) {
    std::vector<CalibrationTable> tables;
    tables.push_back(std::move(a));
    tables.push_back(std::move(b));
    return llvm::cantFail(mergeTables(tables));
  };
  CalibrationTable left = join(join(shard(1), shard(2)), shard(4));
  CalibrationTable right = join(shard(4), join(shard(2), shard(1)));
  EXPECT_EQ(left.toJSON(), right.toJSON());
  EXPECT_EQ(left.provenance.shards, "1/4, 2/4, 4/4");
  EXPECT_EQ(left.provenance.samples, 150);
}

TEST(MergeTablesTest, OneTableCanChangeItsMethod) {
  MethodOptions options{CalibrationMethod::Percentile, 90.0};
  std::vector<CalibrationTable> tables;
  tables.push_back(makeTable(makeRamp(0, 200)));
  EXPECT_EQ(merge(std::move(tables), options),
            makeTable(makeRamp(0, 200), "", options).toJSON());
}

TEST(MergeTablesTest, OtherDataIsNamedBesideTheFirst) {
  CalibrationTable other = makeTable({1.0f});
  other.provenance.data = "d.npz";
  other.provenance.dataHash = "33";
  std::string merged = mergeTwo(makeTable({2.0f}), std::move(other));
  EXPECT_THAT(merged, HasSubstr(R"("data": "c.npz, d.npz")"));
  EXPECT_THAT(merged, HasSubstr(R"("data_hash": "22, 33")"));
}

TEST(MergeTablesTest, RefusesOtherModels) {
  CalibrationTable other = makeTable({1.0f}, "2/2");
  other.provenance.modelHash = "99";
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), std::move(other)),
              HasSubstr("the tables are of different models: 'm.onnx' with "
                        "hash '11' and 'm.onnx' with hash '99'"));
  CalibrationTable more = makeTable({1.0f}, "2/2");
  more.add("b", TensorRange{0, 1});
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), std::move(more)),
              HasSubstr("one has 1 tensors, another 2"));
}

TEST(MergeTablesTest, RefusesSamplesThatCountTwice) {
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), makeTable({1.0f}, "1/2")),
              HasSubstr("shard 1/2 of the same data is given twice"));
  EXPECT_THAT(mergeTwo(makeTable({1.0f}), makeTable({1.0f})),
              HasSubstr("shard 1/1 of the same data is given twice"));
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), makeTable({1.0f}, "2/3")),
              HasSubstr("shards of 2 and of 3 of the same data"));
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "3/2"), makeTable({1.0f}, "1/2")),
              HasSubstr("'3/2' is no shard"));
}

TEST(MergeTablesTest, RefusesCheckpoints) {
  CalibrationTable other = makeTable({1.0f}, "2/2");
  other.provenance.unfinished = true;
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), std::move(other)),
              HasSubstr("the checkpoint of a calibration that did not end"));
}

TEST(MergeTablesTest, RefusesOtherMethodsWithoutAChoice) {
  EXPECT_THAT(
      mergeTwo(makeTable({1.0f}, "1/2"),
               makeTable({1.0f}, "2/2", {CalibrationMethod::Octav})),
      HasSubstr("different methods: 'min-max' and 'octav'; expected --method"));
}

TEST(MergeTablesTest, RefusesWhatHoldsNoStatistics) {
  CalibrationTable bare;
  bare.provenance = makeTable({1.0f}, "2/2").provenance;
  bare.add("a", TensorRange{0, 1});
  EXPECT_THAT(mergeTwo(makeTable({1.0f}, "1/2"), std::move(bare)),
              HasSubstr("tensor 'a' has no statistics to merge"));
  std::vector<CalibrationTable> tables;
  tables.push_back(makeTable({1.0f}));
  EXPECT_THAT(
      merge(std::move(tables), MethodOptions{CalibrationMethod::MovingAverage}),
      HasSubstr("a moving average depends on the order"));
}

} // namespace
