// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes AMX instructions on a machine that has none: each one traps, and the
// trap does what the manual says. So the code that runs is that of a model, to
// the last bit of the tile configuration.
#ifndef QUANTC_TEST_UNIT_CODEGEN_TILEEMULATOR_H
#define QUANTC_TEST_UNIT_CODEGEN_TILEEMULATOR_H

#include <cstdint>

namespace quantc::test {

/// While it lives, AMX instructions of this thread are computed by software. An
/// instruction that the manual calls an error (a tile that is not configured,
/// shapes that do not fit) ends the process, as it does on the machine.
class TileEmulator {
public:
  /// Whether this machine can trap: an x86-64 with Linux.
  static bool isSupported();

  TileEmulator();
  ~TileEmulator();
  TileEmulator(const TileEmulator &) = delete;
  TileEmulator &operator=(const TileEmulator &) = delete;

  struct Counts {
    uint64_t configurations = 0, zeros = 0, loads = 0, dots = 0, stores = 0,
             releases = 0;
  };
  /// What was computed since the emulator was made.
  static const Counts &getCounts();
};

} // namespace quantc::test

#endif // QUANTC_TEST_UNIT_CODEGEN_TILEEMULATOR_H
