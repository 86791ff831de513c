// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop over a data set keeps the order of the samples for any number of
// threads, and stops at the first error.
#include "quantc/Execution/SampleLoop.h"

#include "quantc/Execution/Latency.h"
#include "quantc/Execution/ProgressBar.h"

#include "TestFiles.h"

#include <atomic>

using namespace quantc::exec;

namespace {
/// y = 2 x, through the arena, or an error for a negative x.
class DoublingModel : public CompiledModel {
public:
  DoublingModel() : CompiledModel(makeSignature()) {}

  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *arena) const override {
    ++runs;
    float value = *static_cast<const float *>(inputs[0]);
    if (value < 0)
      return llvm::createStringError("negative");
    *static_cast<float *>(arena) = value;
    *static_cast<float *>(outputs[0]) = 2 * *static_cast<float *>(arena);
    return llvm::Error::success();
  }

  mutable std::atomic<unsigned> runs = 0;

private:
  static ModelSignature makeSignature() {
    ModelSignature signature;
    signature.inputs = {{"x", {1}}};
    signature.outputs = {{"y", {1}}};
    signature.arenaSize = 4;
    return signature;
  }
};

class SampleLoopTest : public FileTest {
protected:
  std::unique_ptr<Dataset> open(const std::vector<float> &values) {
    return valueOf(Dataset::open(
        writeArray<float>("x.npz", "x", ElementType::F32,
                          {static_cast<int64_t>(values.size())}, values),
        DoublingModel().getSignature()));
  }
};
} // namespace

TEST_F(SampleLoopTest, order_is_kept_for_any_number_of_threads) {
  std::vector<float> values = {5, 3, 1, 4, 2, 0, 6};
  for (unsigned threads : {1, 2, 3, 16}) {
    DoublingModel model;
    auto dataset = open(values);
    std::vector<float> outputs;
    auto consume = [&](int64_t sample, llvm::ArrayRef<void *> results) {
      EXPECT_EQ(sample, static_cast<int64_t>(outputs.size()));
      outputs.push_back(*static_cast<float *>(results[0]));
      return llvm::Error::success();
    };
    EXPECT_EQ(messageOf(forEachSample(model, *dataset, {threads, ""}, consume)),
              "success");
    EXPECT_THAT(outputs, testing::ElementsAre(10, 6, 2, 8, 4, 0, 12));
  }
}

TEST_F(SampleLoopTest, an_error_stops_the_loop) {
  auto count = [](int64_t, llvm::ArrayRef<void *>) {
    return llvm::Error::success();
  };
  for (unsigned threads : {1, 2}) {
    DoublingModel model;
    auto dataset = open({1, 2, 3, -1, 5, 6});
    EXPECT_EQ(messageOf(forEachSample(model, *dataset, {threads, ""}, count)),
              "negative");
    EXPECT_EQ(model.runs, 4u);
  }
}

TEST_F(SampleLoopTest, latency_counts_the_asked_runs) {
  for (unsigned threads : {1, 3}) {
    DoublingModel model;
    auto dataset = open({1, 2});
    Latency latency =
        valueOf(measureLatency(model, *dataset, /*runs=*/50, threads));
    EXPECT_LE(latency.median, latency.p95);
    // A tenth of the runs, on each thread, is not counted.
    EXPECT_EQ(model.runs, 50u + 5u * threads);
  }
}

TEST(ProgressBarTest, the_line) {
  EXPECT_EQ(ProgressBar::format("calibrating", 0, 10),
            "calibrating [" + std::string(30, ' ') + "] 0/10");
  EXPECT_EQ(ProgressBar::format("calibrating", 5, 10),
            "calibrating [" + std::string(15, '#') + std::string(15, ' ') +
                "] 5/10");
  EXPECT_EQ(ProgressBar::format("x", 10, 10),
            "x [" + std::string(30, '#') + "] 10/10");
}
