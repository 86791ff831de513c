# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The suite of the embedding project: embed-opt and FileCheck.

import os

import lit.formats

config.name = "embed"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.join(config.embed_src_root, "test")
config.test_exec_root = os.path.join(config.embed_obj_root, "test")
config.environment["PATH"] = os.pathsep.join(
    [config.embed_obj_root, config.llvm_tools_dir, os.environ.get("PATH", "")])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
