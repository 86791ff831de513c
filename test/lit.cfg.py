# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The suite of IR files and command lines. A test finds the project's tools and
# LLVM's on its PATH; this page names what else it may ask for: substitutions,
# and features, by which a machine that cannot run a test says so.

import os
import platform
import shutil
import subprocess

import lit.formats
import lit.util

if not hasattr(config, "quantc_obj_root"):
    # lit was pointed at the source folder: the build folder has the answers.
    here = os.path.dirname(os.path.abspath(__file__))
    build = os.environ.get("QUANTC_BUILD_DIR", os.path.join(here, "..", "build", "dev"))
    site = os.path.join(build, "test", "lit.site.cfg.py")
    if not os.path.exists(site):
        lit_config.fatal("no %s: build first, or set QUANTC_BUILD_DIR" % site)
    lit_config.load_config(config, os.path.realpath(site))
    # lit_config.load_config has run this file again with everything set.
else:
    from lit.llvm import llvm_config

    config.name = "quantc"
    config.test_format = lit.formats.ShTest(execute_external=False)
    config.suffixes = [".mlir", ".ll", ".test"]
    config.excludes = ["Inputs"]
    config.test_source_root = os.path.join(config.quantc_src_root, "test")

    # Long runs: scripts/test --slow, QUANTC_SLOW=1 or lit --param QUANTC_SLOW=1.
    slow = "1" in (os.environ.get("QUANTC_SLOW"), lit_config.params.get("QUANTC_SLOW"))
    # They have a folder of their own: lit starts with what took longest in it
    # the last time, and before the first time by .lit_test_times.txt of test/.
    config.test_exec_root = os.path.join(config.quantc_obj_root, "test", "slow" if slow else "quick")

    tools = os.path.join(config.quantc_obj_root, "bin")
    shared = os.path.realpath(os.path.join(config.quantc_shared_dir, "models"))
    plugin = os.path.join(config.quantc_obj_root, "lib", "QuantcPlugin.so")

    config.substitutions += [
        ("%shared", shared),
        ("%python", config.python_executable),
        ("%clang", config.host_cc),
        ("%cmake", config.cmake_executable),
        ("%quantc_src", config.quantc_src_root),
        ("%quantc_obj", config.quantc_obj_root),
        ("%quantc_plugin", plugin),
        ("%llvm_tools", config.llvm_tools_dir),
    ]

    llvm_config.use_default_substitutions()
    llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
    llvm_config.with_environment("PATH", tools, append_path=True)
    llvm_config.with_system_environment(["HOME", "TMPDIR", "TERM"])
    # Captured names end with their function.
    llvm_config.with_environment("FILECHECK_OPTS", "-enable-var-scope")
    llvm_config.with_environment("PYTHONDONTWRITEBYTECODE", "1")

    found = config.available_features

    # The trained models beside the repository; not part of it.
    if os.path.isdir(os.path.join(shared, "resnet8-cifar10")):
        found.add("shared")

    if slow:
        found.add("slow")

    # Sanitized builds: tests that load compiled models into other programs skip.
    # LLVM and MLIR are not instrumented. Of memory that both sides handle, the
    # sanitizer may only judge what malloc returned: an arena (BumpPtrAllocator)
    # poisoned in our code is handed out in theirs, a vector grows in theirs.
    if config.quantc_sanitize.upper() in ("ON", "TRUE", "1", "YES"):
        found.add("asan")
        llvm_config.with_environment(
            "ASAN_OPTIONS", "allow_user_poisoning=0:detect_container_overflow=0")

    # What LLVM can generate code for, and whether it can for this machine.
    built = config.targets_to_build.split()
    if "X86" in built:
        found.add("x86-registered")
    if "AArch64" in built:
        found.add("aarch64-registered")
    if config.llvm_native_arch in built:
        found.add("native")
    found.add("host-" + {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()))

    # What this machine can execute: cpu-avx2, cpu-avx_vnni, cpu-asimddp, ...
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as info:
            for line in info:
                key, _, value = line.partition(":")
                if key.strip() in ("flags", "Features"):
                    found.update("cpu-" + flag for flag in value.split())
                    break

    for program in ("qemu-aarch64", "aarch64-linux-gnu-gcc"):
        if shutil.which(program):
            found.add(program)
    # quant-run --emulator: the emulator, the cross compiler and its C library.
    for machine, triple, loader in (
            ("aarch64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
            ("arm", "arm-linux-gnueabihf", "ld-linux-armhf.so.3"),
            ("riscv64", "riscv64-linux-gnu", "ld-linux-riscv64-lp64d.so.1")):
        if (shutil.which("qemu-" + machine) and shutil.which(triple + "-gcc")
                and os.path.exists("/usr/%s/lib/%s" % (triple, loader))):
            found.add("emulator-" + machine)
    if os.path.exists(plugin):
        found.add("plugin")
    # benchmarks/run: an interpreter with Debian's packages, and Google Benchmark.
    for interpreter in (config.python_executable, "/usr/bin/python3"):
        code = ("import importlib.util as u, sys;"
                "sys.exit(not all(u.find_spec(n) for n in ('numpy', 'onnx')))")
        if not os.path.exists(interpreter):
            continue
        if subprocess.run([interpreter, "-c", code]).returncode == 0:
            found.add("python-onnx")
            config.substitutions.append(("%onnx_python", interpreter))
            break
    if shutil.which("g++"):
        if os.path.exists("/usr/include/benchmark/benchmark.h"):
            found.add("google-benchmark")
        if os.path.exists("/usr/include/oneapi/dnnl/dnnl.hpp"):
            found.add("onednn")
    # Checks of the repository itself ask git which files belong to it.
    if shutil.which("git") and os.path.exists(os.path.join(config.quantc_src_root, ".git")):
        found.add("git-checkout")
