// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The times of segments become those of layers. The model of the tests reports
// like a compiled one and waits in the layer that has to be the slow one.
#include "quantc/Execution/Profile.h"

#include "TestFiles.h"

#include <chrono>

using namespace quantc::exec;
using testing::HasSubstr;

namespace {

/// y = x in three segments of two layers; the first layer has the first and the
/// last segment, and waits a millisecond in the last one.
class WaitingModel : public CompiledModel {
public:
  WaitingModel() : CompiledModel(makeSignature()) {}

  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *) const override {
    auto *context = static_cast<ProfileContext *>(getContext());
    context->enter(context, 0);
    *static_cast<float *>(outputs[0]) = *static_cast<const float *>(inputs[0]);
    context->enter(context, 1);
    context->enter(context, 2);
    auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start <
           std::chrono::milliseconds(1)) {
    }
    context->enter(context, 3);
    return llvm::Error::success();
  }

private:
  static ModelSignature makeSignature() {
    ModelSignature signature;
    signature.inputs = {{"x", {1}}};
    signature.outputs = {{"y", {1}}};
    signature.profile = ProfileSpec{
        {{"slow", 2000000, false, 64}, {"fast", 0, false, 128}}, {0, 1, 0}};
    return signature;
  }
};

/// 2 million integer multiply-adds take 200 microseconds, a byte takes one.
MachineLimits makeLimits() {
  return {1e10, 1e9, [](int64_t bytes) { return bytes * 1e-6; }};
}

class ProfileTest : public FileTest {
protected:
  Profile measure(WaitingModel &model) {
    auto dataset = valueOf(Dataset::open(
        writeArray<float>("x.npz", "x", ElementType::F32, {2}, {1.0f, 2.0f}),
        model.getSignature()));
    return valueOf(measureProfile(model, *dataset, 3, makeLimits()));
  }
};

} // namespace

TEST_F(ProfileTest, segments_of_one_layer_add_up) {
  WaitingModel model;
  Profile profile = measure(model);
  ASSERT_EQ(profile.layers.size(), 2u);
  EXPECT_EQ(profile.layers[0].work.name, "slow");
  EXPECT_GE(profile.layers[0].median, 990);
  EXPECT_LT(profile.layers[1].median, 100);
  EXPECT_GE(profile.total, profile.layers[0].median);
}

TEST_F(ProfileTest, the_limit_is_the_larger_of_arithmetic_and_bytes) {
  WaitingModel model;
  Profile profile = measure(model);
  EXPECT_DOUBLE_EQ(profile.layers[0].limit, 200);
  EXPECT_DOUBLE_EQ(profile.layers[1].limit, 128);
}

TEST_F(ProfileTest, a_model_with_a_profile_always_has_a_context) {
  WaitingModel model;
  EXPECT_FALSE(model.isThreadSafe());
  auto invocation = valueOf(Invocation::create(model));
  EXPECT_EQ(messageOf(invocation.run()), "success");
  measure(model);
  EXPECT_EQ(messageOf(invocation.run()), "success");
}

TEST(ProfileTableTest, one_row_for_each_layer_and_one_for_all) {
  Profile profile;
  profile.layers = {{{"conv+add", 3000000, false, 1000}, 20, 15},
                    {{"pool", 0, false, 500}, 5, 1}};
  profile.total = 25;
  std::string text;
  llvm::raw_string_ostream os(text);
  printProfile(profile, makeLimits(), os);
  EXPECT_EQ(text, "peak=10.0 GMAC/s int8, 1.0 GMAC/s f32\n"
                  "layer            us   share         MACs       bytes   "
                  "GMAC/s   limit\n"
                  "conv+add      20.00   80.0%      3000000        1000    "
                  "150.0     75%\n"
                  "pool           5.00   20.0%            0         500        "
                  "-     20%\n"
                  "all           25.00  100.0%      3000000        1500    "
                  "120.0     64%\n");
}

TEST(TransferTest, more_bytes_take_longer) {
  EXPECT_GT(measureTransferSeconds(64), 0);
  EXPECT_GT(measureTransferSeconds(1 << 22), measureTransferSeconds(1 << 12));
}
