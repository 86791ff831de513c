# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The GoogleTest programs of the build folder, listed and run case by case.

import os

import lit.formats

if not hasattr(config, "quantc_obj_root"):
    # As in ../lit.cfg.py.
    here = os.path.dirname(os.path.abspath(__file__))
    build = os.environ.get("QUANTC_BUILD_DIR", os.path.join(here, "..", "..", "build", "dev"))
    site = os.path.join(build, "test", "Unit", "lit.site.cfg.py")
    if not os.path.exists(site):
        lit_config.fatal("no %s: build first, or set QUANTC_BUILD_DIR" % site)
    lit_config.load_config(config, os.path.realpath(site))
else:
    config.name = "quantc-unit"
    config.suffixes = []
    config.test_exec_root = os.path.join(config.quantc_obj_root, "test", "Unit")
    config.test_source_root = config.test_exec_root
    config.test_format = lit.formats.GoogleTest(".", "Tests")
    config.environment["HOME"] = os.environ.get("HOME", "/")
    config.environment["QUANTC_SOURCE_DIR"] = config.quantc_src_root
    if config.quantc_sanitize.upper() in ("ON", "TRUE", "1", "YES"):
        # As ../lit.cfg.py explains; and the code that PlainJit makes to compare with
        # is as plain as can be: it frees no buffer.
        config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0"
