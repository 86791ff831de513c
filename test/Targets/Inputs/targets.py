# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The targets whose programs run here, by themselves or under an emulator."""
import platform
import shutil


class Target:
    """`flags` are those of quantc, `run` those of quant-run; `reason` says why the target is skipped, or is None."""

    def __init__(self, name, flags, emulator=None, machine=None):
        self.name, self.flags = name, flags
        self.run = ["--emulator=%s -L /usr/%s" % (emulator, machine)] if emulator else []
        self.is_emulated = bool(emulator)
        # No kernels of its own: slow under an emulator.
        self.is_generic = name in ("armv7a", "riscv64")
        self.reason = None
        if emulator:
            for tool in (emulator.split()[0], machine + "-gcc"):
                if not shutil.which(tool):
                    self.reason = tool + " is not installed"
        elif name.startswith("x86-64") and platform.machine() != "x86_64":
            self.reason = "this machine is no x86-64"


def emulated(name, machine, cpu, emulator):
    return Target(name, ["--target=" + machine, "--cpu=" + cpu], emulator, machine.replace("armv7a", "arm"))


TARGETS = [
    Target("x86-64", ["--target=x86_64-linux-gnu", "--cpu=x86-64"]),
    Target("x86-64-v3", ["--target=x86_64-linux-gnu", "--cpu=x86-64-v3"]),
    Target("x86-64-v4", ["--target=x86_64-linux-gnu", "--cpu=x86-64-v4"]),
    Target("native", ["--cpu=native"]),
    emulated("cortex-a53", "aarch64-linux-gnu", "cortex-a53", "qemu-aarch64 -cpu cortex-a53"),
    emulated("cortex-a76", "aarch64-linux-gnu", "cortex-a76", "qemu-aarch64 -cpu cortex-a76"),
    emulated("neoverse-n2", "aarch64-linux-gnu", "neoverse-n2", "qemu-aarch64 -cpu max"),
    emulated("armv7a", "armv7a-linux-gnueabihf", "cortex-a9", "qemu-arm"),
    emulated("riscv64", "riscv64-linux-gnu", "generic-rv64", "qemu-riscv64"),
]


def select(names):
    """The targets that `names`, a list separated by commas, speaks of: all where it is empty."""
    chosen = names.split(",") if names else [target.name for target in TARGETS]
    unknown = set(chosen) - {target.name for target in TARGETS}
    if unknown:
        raise SystemExit("no such target: " + ", ".join(sorted(unknown)))
    return [target for target in TARGETS if target.name in chosen]
