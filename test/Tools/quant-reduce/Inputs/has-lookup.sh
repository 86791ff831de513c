#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Interesting (status 1) is a file that still parses and has a lookup.
quant-opt "$1" | grep -q qnn.lookup && exit 1
exit 0
