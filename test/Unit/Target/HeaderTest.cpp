// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of the header that a compiler of C does not check: numbers and
// names. That it compiles is tested with a real one in test/Target.
#include "quantc/Target/Header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace quantc;
using testing::HasSubstr;
using testing::Not;

namespace {

codegen::ModelInterface makeInterface() {
  codegen::ModelInterface interface;
  interface.modelName = "net";
  interface.arenaSize = 192;
  interface.inputs.push_back(
      {"x:0", {1, 4}, "u8", codegen::BoundaryQuantization{0.1, -3}});
  interface.inputs.push_back({"x 0", {}, "i64", std::nullopt});
  interface.outputs.push_back({"int", {2}, "f32", std::nullopt});
  return interface;
}

TEST(Header, NamesBecomeDistinctIdentifiers) {
  std::string text = target::buildHeader(makeInterface());
  EXPECT_THAT(text, HasSubstr("const uint8_t *x_0;"));
  EXPECT_THAT(text, HasSubstr("const int64_t *x_0_1;"));
  EXPECT_THAT(text, HasSubstr("float *t_int;"));
}

TEST(Header, QuantizationReadsBackToTheSameDouble) {
  std::string text = target::buildHeader(makeInterface());
  EXPECT_THAT(text, HasSubstr("#define NET_INPUT_0_SCALE 0.10000000000000001"));
  EXPECT_THAT(text, HasSubstr("#define NET_INPUT_0_ZERO_POINT -3"));
  EXPECT_THAT(text, Not(HasSubstr("NET_OUTPUT_0_SCALE")));
}

TEST(Header, ObserversAddAnArgument) {
  codegen::ModelInterface interface = makeInterface();
  EXPECT_THAT(target::buildHeader(interface), Not(HasSubstr("context")));
  interface.hasContext = true;
  EXPECT_THAT(target::buildHeader(interface), HasSubstr("void *context);"));
}

TEST(Header, TilesAreAskedForByTheCaller) {
  codegen::ModelInterface interface = makeInterface();
  EXPECT_THAT(target::buildHeader(interface), Not(HasSubstr("AMX")));
  interface.usesTiles = true;
  EXPECT_THAT(target::buildHeader(interface),
              HasSubstr("#define NET_NEEDS_AMX 1"));
}

} // namespace
