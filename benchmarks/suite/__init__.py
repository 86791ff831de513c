# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures quantc beside other engines: models, kernels, and the rules of a fair comparison."""
