// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The planner against its contract: disjoint where alive together, aligned, and
// as small as the examples allow.
#include "ArenaPlanner.h"

#include <gtest/gtest.h>

#include <random>

using namespace quantc::codegen;

namespace {

constexpr int64_t kAlignment = 64;

void expectValid(llvm::ArrayRef<BufferLifetime> buffers,
                 const ArenaPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % kAlignment, 0);
    EXPECT_LE(plan.offsets[i] + buffers[i].size, plan.size);
    for (size_t j = 0; j < i; ++j) {
      bool together = buffers[i].begin <= buffers[j].end &&
                      buffers[j].begin <= buffers[i].end;
      bool disjoint = plan.offsets[i] + buffers[i].size <= plan.offsets[j] ||
                      plan.offsets[j] + buffers[j].size <= plan.offsets[i];
      EXPECT_TRUE(!together || disjoint) << "buffers " << j << " and " << i;
    }
  }
}

TEST(ArenaPlanner, NothingNeedsNothing) {
  EXPECT_EQ(planArena({}, kAlignment).size, 0);
}

TEST(ArenaPlanner, AChainNeedsTwoBuffers) {
  // Each layer reads the buffer before it: 0-1, 1-2, 2-3, 3-4.
  BufferLifetime chain[] = {{128, 0, 1}, {128, 1, 2}, {128, 2, 3}, {128, 3, 4}};
  ArenaPlan plan = planArena(chain, kAlignment);
  expectValid(chain, plan);
  EXPECT_EQ(plan.size, 256);
}

TEST(ArenaPlanner, SizesAreRoundedUpToTheAlignment) {
  BufferLifetime pair[] = {{1, 0, 1}, {65, 0, 1}};
  ArenaPlan plan = planArena(pair, kAlignment);
  expectValid(pair, plan);
  EXPECT_EQ(plan.size, 192);
}

TEST(ArenaPlanner, TheLowestGapThatFitsIsTaken) {
  // At step 3 there are 512 free bytes below the buffers that stay.
  BufferLifetime buffers[] = {
      {1024, 0, 0}, {512, 0, 1}, {448, 0, 9}, {192, 0, 9}, {200, 3, 4}};
  ArenaPlan plan = planArena(buffers, kAlignment);
  expectValid(buffers, plan);
  EXPECT_EQ(plan.size, 1024 + 512 + 448 + 192);
}

TEST(ArenaPlanner, AnotherOrderThanBySizeIsFound) {
  // The largest buffers first would leave the two small ones, which live with
  // all others in turn, a hole each and no common one.
  BufferLifetime buffers[] = {{448, 0, 3}, {640, 2, 5}, {384, 4, 7},
                              {576, 6, 9}, {192, 0, 9}, {64, 3, 6}};
  ArenaPlan plan = planArena(buffers, kAlignment);
  expectValid(buffers, plan);
  EXPECT_EQ(plan.size, getArenaLowerBound(buffers));
}

TEST(ArenaPlanner, TheLowerBoundIsTheLargestSum) {
  EXPECT_EQ(getArenaLowerBound({}), 0);
  BufferLifetime buffers[] = {{100, 0, 1}, {10, 1, 2}, {200, 2, 2}};
  EXPECT_EQ(getArenaLowerBound(buffers), 210);
}

TEST(ArenaPlanner, ResidualBlocksReachTheLowerBound) {
  // Each block reads its input twice: at once, and two steps later.
  llvm::SmallVector<BufferLifetime> buffers;
  for (int64_t block = 0; block < 16; ++block) {
    int64_t step = 3 * block, scale = 1 << (3 - block / 4);
    buffers.push_back({4096 * scale, step, step + 3});
    buffers.push_back({1024 * scale, step + 1, step + 2});
    buffers.push_back({1280 * scale, step + 2, step + 3});
  }
  ArenaPlan plan = planArena(buffers, kAlignment);
  expectValid(buffers, plan);
  EXPECT_EQ(plan.size, getArenaLowerBound(buffers));
}

TEST(ArenaPlanner, RandomLifetimesStayDisjoint) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    llvm::SmallVector<BufferLifetime> buffers(random() % 40);
    for (BufferLifetime &buffer : buffers) {
      buffer.size = random() % 1000;
      buffer.begin = random() % 50;
      buffer.end = buffer.begin + random() % 10;
    }
    ArenaPlan plan = planArena(buffers, kAlignment);
    expectValid(buffers, plan);
    EXPECT_GE(plan.size, getArenaLowerBound(buffers));
  }
}

} // namespace
