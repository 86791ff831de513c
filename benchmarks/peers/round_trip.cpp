// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long a cache line takes from one core to another one and back: prints
// `median=NANOSECONDS`. Virtual machines move between cores that are near and
// far, and with more than one thread only like may be compared with like.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

int main() {
  constexpr int kTurns = 2000, kBatches = 15;
  alignas(64) std::atomic<int> ball{0};
  std::thread other([&] {
    for (int turn = 1; turn < 2 * kTurns * kBatches; turn += 2) {
      while (ball.load(std::memory_order_acquire) != turn) {
      }
      ball.store(turn + 1, std::memory_order_release);
    }
  });
  std::vector<double> times;
  int turn = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kTurns; ++i, turn += 2) {
      ball.store(turn + 1, std::memory_order_release);
      while (ball.load(std::memory_order_acquire) != turn + 2) {
      }
    }
    std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;
    times.push_back(elapsed.count() / kTurns);
  }
  other.join();
  std::nth_element(times.begin(), times.begin() + kBatches / 2, times.end());
  std::printf("median=%.1f\n", times[kBatches / 2]);
  return 0;
}
