# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where everything is: our tools, the peers, and the programs that drive them. Sets up what is missing."""
import hashlib
import json
import os
import pathlib
import shutil

from .process import Failure, run

SOURCE = pathlib.Path(__file__).resolve().parent.parent
#: Debian packages that a comparison needs, each with a file by which to tell that it is there.
PACKAGES = {
    "g++": "/usr/bin/g++",
    "libdnnl-dev": "/usr/include/oneapi/dnnl/dnnl.hpp",
    "libbenchmark-dev": "/usr/include/benchmark/benchmark.h",
}


class Toolbox:
    """The compiler under test in `build`, and a folder `cache` for everything that is made."""

    def __init__(self, build, cache, progress):
        self.build, self.cache, self.progress = pathlib.Path(build), pathlib.Path(cache), progress
        self.cache.mkdir(parents=True, exist_ok=True)
        self.quantc = self.take("quantc")
        self.quant_run = self.take("quant-run")
        #: Changes with the compiler: names of what it made hold this.
        self.stamp = hashlib.sha256(self.quantc.read_bytes()).hexdigest()[:12]

    @property
    def models(self):
        """The folder of the networks, another one whenever they or their int8 form are made in another way."""
        sources = b"".join((SOURCE / "suite" / name).read_bytes() for name in ("architectures.py", "quantize.py"))
        return self.cache / f"models-{hashlib.sha256(sources).hexdigest()[:8]}"

    def take(self, name):
        """A copy of a tool, so that a build meanwhile does not change what is measured."""
        path = self.build / "bin" / name
        if not os.access(path, os.X_OK):
            raise Failure(f"{path} is missing; build the project first, or say --build=FOLDER")
        return pathlib.Path(shutil.copy2(path, self.cache / name))

    def install_packages(self, names):
        missing = [name for name in names if not pathlib.Path(PACKAGES[name]).exists()]
        if missing:
            self.progress(f"apt-get install {' '.join(missing)}")
            run(["apt-get", "install", "-y", "--no-install-recommends", *missing])

    def build_program(self, source, *flags):
        """A C++ file of this folder as a program, built again when it changes."""
        path = SOURCE / source
        digest = hashlib.sha256(path.read_bytes() + " ".join(flags).encode()).hexdigest()[:12]
        program = self.cache / f"{path.stem}-{digest}"
        if not program.exists():
            self.install_packages(["g++"])
            self.progress(f"building {path.name}")
            run(["g++", "-O2", "-std=c++17", path, "-o", program, *flags])
        return program

    def get_onnxruntime(self):
        """The library inside the npm package; nothing of the package is executed."""
        folder = self.cache / "npm"
        pattern = "node_modules/onnxruntime-node/bin/*/linux/x64/libonnxruntime.so.1*"
        if not list(folder.glob(pattern)):
            if not shutil.which("npm"):
                raise Failure("npm is missing: apt-get install npm, or leave ort out of --compare")
            folder.mkdir(exist_ok=True)
            self.progress("npm install onnxruntime-node")
            run(["npm", "install", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix", folder,
                 "onnxruntime-node"], cwd=folder)
        return sorted(folder.glob(pattern))[0]

    def get_onnxruntime_version(self):
        manifest = self.cache / "npm/node_modules/onnxruntime-node/package.json"
        return json.loads(manifest.read_text())["version"]


def choose_core():
    """The last core that this process may use: interrupts mostly go to the first."""
    return max(os.sched_getaffinity(0))


def describe_machine():
    """The CPU as the kernel calls it, and the flags that matter here."""
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags", "").split()
    wanted = ("avx2", "avx_vnni", "avx512_vnni", "amx_int8")
    name = fields.get("model name", "unknown CPU")
    family = f"family {fields.get('cpu family')}, model {fields.get('model')}" if "cpu family" in fields else ""
    return f"{name} ({family}; {', '.join(flag for flag in wanted if flag in flags)})"


def get_revision():
    """The commit that is measured, with a mark if files differ from it."""
    try:
        return run(["git", "-C", SOURCE, "describe", "--always", "--dirty"]).strip()
    except (Failure, FileNotFoundError):
        return "unknown"
