// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles are 8 KiB that Linux would have to save for each thread, so it hands
// them out on request only; an instruction on tiles without it is a SIGILL. A
// compiled model calls no library, so it is up to who runs it.
#include "TilePermission.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cerrno>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

/// From asm/prctl.h and the kernel's list of states; older headers lack them.
static constexpr long kRequestPermission = 0x1023, kTileData = 18;

llvm::Error quantc::exec::requestTilePermission() {
  if (syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0)
    return llvm::Error::success();
  return llvm::createStringError(
      "the model needs 'amx-tile', which the operating system does not give "
      "this process: " +
      llvm::Twine(std::strerror(errno)));
}

#else

llvm::Error quantc::exec::requestTilePermission() {
  return llvm::createStringError(
      "the model needs 'amx-tile', which only x86-64 has");
}

#endif
