// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A line on standard error that shows how far a long loop is. It is drawn only
// on a terminal: logs and pipes see nothing of it.
#ifndef QUANTC_EXECUTION_PROGRESSBAR_H
#define QUANTC_EXECUTION_PROGRESSBAR_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>

namespace quantc::exec {

class ProgressBar {
public:
  /// Without a label nothing is ever drawn.
  ProgressBar(llvm::StringRef label, int64_t total);
  /// Wipes the line, so that a message that follows stands alone.
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  void update(int64_t done);
  /// Draws the empty bar at once, in front of work that has no steps.
  void show() { draw(0); }

  /// The text of the line at a given state: label, bar, count.
  static std::string format(llvm::StringRef label, int64_t done, int64_t total);

private:
  void draw(int64_t done);

  using Clock = std::chrono::steady_clock;

  std::string label;
  int64_t total;
  bool enabled;
  size_t drawnWidth = 0;
  Clock::time_point nextDraw;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_PROGRESSBAR_H
