// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Knows the encodings that begin with a VEX prefix of three bytes in map 0F38,
// which is where all instructions on tiles are.
#include "TileEmulator.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cstdlib>
#include <cstring>

#include <signal.h>
#include <ucontext.h>

namespace quantc::test {
namespace {

constexpr unsigned kTiles = 8, kMaxRows = 16, kMaxBytes = 64;

struct Tile {
  unsigned rows = 0, bytes = 0;
  uint8_t data[kMaxRows][kMaxBytes] = {};
};

struct State {
  bool configured = false;
  Tile tiles[kTiles];
  TileEmulator::Counts counts;
  struct sigaction before;
};

State state;

/// What an AMX machine ends a process for.
[[noreturn]] void fail() { std::abort(); }

void check(bool condition) {
  if (!condition)
    fail();
}

/// One instruction, taken apart.
struct Instruction {
  uint8_t opcode;
  /// The mandatory prefix: 0 none, 1 66, 2 F3, 3 F2.
  unsigned prefix;
  unsigned reg, rm, vvvv;
  bool isMemory;
  /// Base and displacement of an operand in memory; the index, scaled.
  uint64_t address = 0, index = 0;
  unsigned length;
};

/// A general register in the order of encodings.
uint64_t readRegister(const mcontext_t &context, unsigned number) {
  constexpr int kOrder[] = {
      REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
      REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  return static_cast<uint64_t>(context.gregs[kOrder[number]]);
}

int32_t readDisplacement(const uint8_t *code, unsigned bytes) {
  if (bytes == 1)
    return static_cast<int8_t>(*code);
  int32_t value = 0;
  std::memcpy(&value, code, bytes);
  return value;
}

/// Reads the operand in memory; `code` is behind the ModRM byte.
const uint8_t *decodeMemory(const uint8_t *code, const mcontext_t &context,
                            unsigned mod, bool extendIndex, bool extendBase,
                            Instruction &instruction) {
  unsigned displacement = mod == 1 ? 1 : mod == 2 ? 4 : 0;
  unsigned base = instruction.rm;
  bool hasBase = true;
  if (base == 4) {
    uint8_t sib = *code++;
    unsigned number = (sib >> 3 & 7) + (extendIndex ? 8 : 0);
    if (number != 4)
      instruction.index = readRegister(context, number) << (sib >> 6);
    base = sib & 7;
    if (base == 5 && mod == 0) {
      hasBase = false;
      displacement = 4;
    }
  } else if (base == 5 && mod == 0) {
    // Relative to the next instruction.
    instruction.address =
        reinterpret_cast<uint64_t>(code + 4) + readDisplacement(code, 4);
    return code + 4;
  }
  if (hasBase)
    instruction.address = readRegister(context, base + (extendBase ? 8 : 0));
  if (displacement)
    instruction.address += readDisplacement(code, displacement);
  return code + displacement;
}

/// False for what is no instruction on tiles.
bool decode(const uint8_t *start, const mcontext_t &context,
            Instruction &instruction) {
  if (start[0] != 0xc4 || (start[1] & 0x1f) != 2 || (start[2] & 0x84) != 0)
    return false;
  instruction.opcode = start[3];
  if (instruction.opcode != 0x49 && instruction.opcode != 0x4b &&
      instruction.opcode != 0x5e)
    return false;
  instruction.prefix = start[2] & 3;
  instruction.vvvv = ~(start[2] >> 3) & 15;
  uint8_t modrm = start[4];
  instruction.reg = (modrm >> 3 & 7) + (start[1] & 0x80 ? 0 : 8);
  instruction.rm = modrm & 7;
  instruction.isMemory = modrm >> 6 != 3;
  const uint8_t *end = start + 5;
  if (instruction.isMemory)
    end = decodeMemory(end, context, modrm >> 6, !(start[1] & 0x40),
                       !(start[1] & 0x20), instruction);
  instruction.length = static_cast<unsigned>(end - start);
  return true;
}

Tile &getTile(unsigned number) {
  check(state.configured && number < kTiles && state.tiles[number].rows > 0);
  return state.tiles[number];
}

void configure(uint64_t address) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(address);
  check(bytes[0] == 1 && bytes[1] == 0);
  for (unsigned i = 0; i < kTiles; ++i) {
    Tile tile;
    uint16_t width;
    std::memcpy(&width, bytes + 16 + 2 * i, sizeof(width));
    tile.bytes = width;
    tile.rows = bytes[48 + i];
    check(tile.rows <= kMaxRows && tile.bytes <= kMaxBytes &&
          (tile.rows == 0) == (tile.bytes == 0));
    state.tiles[i] = tile;
  }
  state.configured = true;
  ++state.counts.configurations;
}

void load(const Instruction &instruction) {
  Tile &tile = getTile(instruction.reg);
  std::memset(tile.data, 0, sizeof(tile.data));
  for (unsigned row = 0; row < tile.rows; ++row)
    std::memcpy(tile.data[row],
                reinterpret_cast<const void *>(instruction.address +
                                               row * instruction.index),
                tile.bytes);
  ++state.counts.loads;
}

void store(const Instruction &instruction) {
  Tile &tile = getTile(instruction.reg);
  for (unsigned row = 0; row < tile.rows; ++row)
    std::memcpy(
        reinterpret_cast<void *>(instruction.address + row * instruction.index),
        tile.data[row], tile.bytes);
  ++state.counts.stores;
}

int32_t extend(uint8_t byte, bool isUnsigned) {
  return isUnsigned ? byte : static_cast<int8_t>(byte);
}

void multiply(const Instruction &instruction) {
  Tile &sum = getTile(instruction.reg), &lhs = getTile(instruction.rm),
       &rhs = getTile(instruction.vvvv);
  check(&sum != &lhs && &sum != &rhs && &lhs != &rhs);
  check(sum.rows == lhs.rows && sum.bytes == rhs.bytes &&
        lhs.bytes == 4 * rhs.rows && lhs.bytes % 4 == 0 && rhs.bytes % 4 == 0);
  bool lhsUnsigned = instruction.prefix == 0 || instruction.prefix == 1;
  bool rhsUnsigned = instruction.prefix == 0 || instruction.prefix == 2;
  for (unsigned m = 0; m < sum.rows; ++m)
    for (unsigned n = 0; n < sum.bytes / 4; ++n) {
      uint32_t value;
      std::memcpy(&value, &sum.data[m][4 * n], sizeof(value));
      for (unsigned k = 0; k < rhs.rows; ++k)
        for (unsigned way = 0; way < 4; ++way)
          value += static_cast<uint32_t>(
              extend(lhs.data[m][4 * k + way], lhsUnsigned) *
              extend(rhs.data[k][4 * n + way], rhsUnsigned));
      std::memcpy(&sum.data[m][4 * n], &value, sizeof(value));
    }
  ++state.counts.dots;
}

/// LDTILECFG, TILERELEASE and TILEZERO share an opcode.
bool configureOrClear(const Instruction &instruction) {
  if (instruction.isMemory) {
    if (instruction.prefix != 0)
      return false;
    configure(instruction.address + instruction.index);
  } else if (instruction.prefix == 0) {
    state.configured = false;
    ++state.counts.releases;
  } else if (instruction.prefix == 3) {
    Tile &tile = getTile(instruction.reg);
    std::memset(tile.data, 0, sizeof(tile.data));
    ++state.counts.zeros;
  } else {
    return false;
  }
  return true;
}

bool execute(const Instruction &instruction) {
  if (instruction.opcode == 0x49)
    return configureOrClear(instruction);
  if (instruction.opcode == 0x5e) {
    if (instruction.isMemory)
      return false;
    multiply(instruction);
    return true;
  }
  if (!instruction.isMemory || instruction.prefix == 0)
    return false;
  instruction.prefix == 2 ? store(instruction) : load(instruction);
  return true;
}

void handle(int, siginfo_t *, void *opaque) {
  mcontext_t &context = static_cast<ucontext_t *>(opaque)->uc_mcontext;
  Instruction instruction;
  if (!decode(reinterpret_cast<const uint8_t *>(context.gregs[REG_RIP]),
              context, instruction) ||
      !execute(instruction))
    fail();
  context.gregs[REG_RIP] += instruction.length;
}

} // namespace

bool TileEmulator::isSupported() { return true; }

TileEmulator::TileEmulator() {
  for (Tile &tile : state.tiles)
    tile = Tile();
  state.configured = false;
  state.counts = Counts();
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGILL, &action, &state.before);
}

TileEmulator::~TileEmulator() { sigaction(SIGILL, &state.before, nullptr); }

const TileEmulator::Counts &TileEmulator::getCounts() { return state.counts; }

} // namespace quantc::test

#else

namespace quantc::test {

static TileEmulator::Counts none;

bool TileEmulator::isSupported() { return false; }
TileEmulator::TileEmulator() = default;
TileEmulator::~TileEmulator() = default;
const TileEmulator::Counts &TileEmulator::getCounts() { return none; }

} // namespace quantc::test

#endif
