// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Time stamps between the segments of each run, added up by layer. What reading
// the clock itself takes is measured and taken off.
#include "quantc/Execution/Profile.h"

#include "quantc/Execution/Latency.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <cstring>
#include <numeric>

namespace quantc::exec {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

ProfileContext *getIdleProfileContext() {
  static ProfileContext idle = {[](void *, int64_t) {}};
  return &idle;
}

namespace {

double takeMedian(std::vector<double> values) {
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  return values[middle];
}

/// The time stamps of one run after the other.
class Recorder : public ProfileContext {
public:
  explicit Recorder(const ProfileSpec &spec)
      : ProfileContext{&Recorder::enter}, spec(spec),
        stamps(spec.segments.size() + 1), samples(spec.layers.size()),
        clockCost(measureClock()) {}

  /// Adds the run that just ended to the samples.
  void finishRun() {
    std::vector<double> times(samples.size());
    double total = 0;
    for (auto [index, layer] : llvm::enumerate(spec.segments)) {
      Microseconds elapsed = stamps[index + 1] - stamps[index];
      double time = std::max(0.0, elapsed.count() - clockCost);
      times[layer] += time;
      total += time;
    }
    for (auto [all, time] : llvm::zip_equal(samples, times))
      all.push_back(time);
    totals.push_back(total);
  }

  Profile summarize() const {
    Profile profile;
    profile.total = takeMedian(totals);
    for (auto [work, times] : llvm::zip_equal(spec.layers, samples))
      profile.layers.push_back({work, takeMedian(times)});
    return profile;
  }

private:
  static void enter(void *context, int64_t segment) {
    static_cast<Recorder *>(context)->stamps[segment] = Clock::now();
  }

  /// Microseconds between two stamps with nothing in between.
  double measureClock() {
    std::vector<double> costs;
    for (int i = 0; i < 1001; ++i) {
      enter(this, 0);
      Clock::time_point first = stamps[0];
      enter(this, 0);
      costs.push_back(Microseconds(stamps[0] - first).count());
    }
    return takeMedian(std::move(costs));
  }

  const ProfileSpec &spec;
  std::vector<Clock::time_point> stamps;
  /// Microseconds by layer and run.
  std::vector<std::vector<double>> samples;
  std::vector<double> totals;
  double clockCost;
};

} // namespace

double measureTransferSeconds(int64_t bytes) {
  size_t half = std::max<size_t>(1, bytes / 2);
  std::vector<char> from(half, 1), to(half);
  // Long enough for the clock, at least twice for the caches.
  size_t repeats = std::max<size_t>(2, (size_t(1) << 18) / half);
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    Clock::time_point start = Clock::now();
    for (size_t j = 0; j < repeats; ++j) {
      std::memcpy(to.data(), from.data(), half);
      // The next copy must not be taken for the same one.
      from[j % half] = to[(j + 1) % half];
    }
    std::chrono::duration<double> elapsed = Clock::now() - start;
    times.push_back(elapsed.count() / repeats);
  }
  return takeMedian(std::move(times));
}

llvm::Expected<Profile> measureProfile(CompiledModel &model, Dataset &dataset,
                                       unsigned runs,
                                       const MachineLimits &limits) {
  assert(model.getSignature().profile && "the model is not instrumented");
  Recorder recorder(*model.getSignature().profile);
  model.setContext(&recorder);
  auto latency =
      measureLatency(model, dataset, runs, 1, [&] { recorder.finishRun(); });
  model.setContext(getIdleProfileContext());
  if (!latency)
    return latency.takeError();
  Profile profile = recorder.summarize();
  for (LayerTime &layer : profile.layers) {
    double arithmetic =
        layer.work.macs / (layer.work.isFloat ? limits.floatMacsPerSecond
                                              : limits.integerMacsPerSecond);
    double transfer = limits.getTransferSeconds(layer.work.bytes);
    layer.limit = 1e6 * std::max(arithmetic, transfer);
  }
  return profile;
}

static void printRow(llvm::raw_ostream &os, size_t width, llvm::StringRef name,
                     const LayerTime &layer, double total) {
  os << llvm::left_justify(name, width)
     << llvm::format(" %10.2f %6.1f%% %12lld %11lld", layer.median,
                     100 * layer.median / total,
                     static_cast<long long>(layer.work.macs),
                     static_cast<long long>(layer.work.bytes));
  double time = std::max(layer.median, 1e-3);
  if (layer.work.macs > 0)
    os << llvm::format(" %8.1f", layer.work.macs / time / 1e3);
  else
    os << "        -";
  os << llvm::format(" %6.0f%%\n", 100 * layer.limit / time);
}

void printProfile(const Profile &profile, const MachineLimits &limits,
                  llvm::raw_ostream &os) {
  size_t width = 5;
  for (const LayerTime &layer : profile.layers)
    width = std::max(width, layer.work.name.size());
  os << llvm::formatv("peak={0:f1} GMAC/s int8, {1:f1} GMAC/s f32\n",
                      limits.integerMacsPerSecond / 1e9,
                      limits.floatMacsPerSecond / 1e9)
     << llvm::left_justify("layer", width)
     << "         us   share         MACs       bytes   GMAC/s   limit\n";
  LayerTime sum;
  for (const LayerTime &layer : profile.layers) {
    printRow(os, width, layer.work.name, layer, profile.total);
    sum.work.macs += layer.work.macs;
    sum.work.bytes += layer.work.bytes;
    sum.limit += layer.limit;
  }
  sum.median = profile.total;
  printRow(os, width, "all", sum, profile.total);
}

} // namespace quantc::exec
