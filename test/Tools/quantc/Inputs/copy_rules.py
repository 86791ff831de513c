#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""copy_rules.py REPORT.json RECIPE.yaml: all rules that a report advises, as a recipe."""
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    layers = json.load(file)["layers"]
rules = [rule for layer in layers for advice in layer["advice"] for rule in re.findall(r"`({.*})`", advice)]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("rules:\n" + "".join(f"  - {rule}\n" for rule in dict.fromkeys(rules)))
