#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""drop_hash.py IN.json OUT.json: what is left of a calibration table when it is written by hand."""
import json
import sys

table = json.load(open(sys.argv[1]))
tensors = [{key: tensor[key] for key in ("name", "min", "max")} for tensor in table["tensors"]]
provenance = {"method": "by hand", "samples": 1}
json.dump({"provenance": provenance, "tensors": tensors}, open(sys.argv[2], "w"))
