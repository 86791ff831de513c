// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Draws at most ten times a second, so that the terminal costs nothing.
#include "quantc/Execution/ProgressBar.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace quantc::exec {

static constexpr auto kInterval = std::chrono::milliseconds(100);
static constexpr int64_t kBarWidth = 30;

ProgressBar::ProgressBar(llvm::StringRef label, int64_t total)
    : label(label), total(total),
      enabled(!label.empty() && llvm::sys::Process::StandardErrIsDisplayed()),
      nextDraw(Clock::now() + kInterval) {}

ProgressBar::~ProgressBar() {
  if (drawnWidth)
    llvm::errs() << '\r' << std::string(drawnWidth, ' ') << '\r';
}

std::string ProgressBar::format(llvm::StringRef label, int64_t done,
                                int64_t total) {
  int64_t filled = total > 0 ? done * kBarWidth / total : 0;
  return llvm::formatv("{0} [{1}{2}] {3}/{4}", label, std::string(filled, '#'),
                       std::string(kBarWidth - filled, ' '), done, total);
}

void ProgressBar::update(int64_t done) {
  if (Clock::now() >= nextDraw)
    draw(done);
}

void ProgressBar::draw(int64_t done) {
  if (!enabled)
    return;
  nextDraw = Clock::now() + kInterval;
  std::string line = format(label, done, total);
  llvm::errs() << '\r' << line;
  drawnWidth = line.size();
}

} // namespace quantc::exec
