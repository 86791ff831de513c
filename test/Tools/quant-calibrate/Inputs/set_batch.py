#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""set_batch.py IN.onnx SIZE OUT.onnx: the model for batches of SIZE."""
import sys

import onnx

model = onnx.load(sys.argv[1])
for value in [*model.graph.input, *model.graph.output]:
    value.type.tensor_type.shape.dim[0].dim_value = int(sys.argv[2])
del model.graph.value_info[:]
onnx.save(model, sys.argv[3])
