#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hands broken and hostile inputs to the tools.

  hostile.py --work=FOLDER [CASE...]

Each case has to end with exit code 1, with as many errors on standard error as the input has
mistakes, which name them, with nothing on standard output, and without a file that was not there before.
"""
import argparse
import os
import re
import subprocess
import sys

import hostile_data
import hostile_models

SECONDS, MEMORY = 60, 8 << 30

# One line a case: the command, what its error says, and the number of errors where the input has several.
# Abbreviated are: compile this model; with this calibration data; with this calibration table.
M = "quantc %s --calibration-data=samples.npz -o out.so"
D = "quantc good.onnx --calibration-data=%s -o out.so"
T = "quantc good.onnx --calibration-table=%s -o out.so"
R = "quant-run good.so --input=samples.npz --output=out.npz "
CASES = [
    # Model files.
    (M % "no-such-file.onnx", "no-such-file.onnx.*No such file"),
    (M % "folder.onnx", "folder.onnx.*"),
    (M % "samples.npz", "samples.npz.*(expected|ends)"),
    (M % "truncated.onnx", "truncated.onnx.*truncated or corrupt"),
    (M % "cut_tail.onnx", "cut_tail.onnx.*truncated or corrupt"),
    (M % "random.onnx", "random.onnx.*not an ONNX model"),
    (M % "empty.onnx", "empty.onnx.*the file is empty"),
    (M % "no_graph.onnx", "no_graph.onnx.*no graph"),
    # Graphs.
    (M % "cycle.onnx", "cycle.*'add_a'.*'relu_b'"),
    (M % "missing_initializer.onnx", "'conv_t'.*'w' is neither"),
    (M % "two_producers.onnx", "'relu_t'.*'t' is already defined"),
    (M % "two_initializers.onnx", "'w'"),
    (M % "two_inputs_one_name.onnx", "'x'"),
    (M % "no_inputs.onnx", "'x'"),
    (M % "no_outputs.onnx", "no output"),
    (M % "no_producer.onnx", "'z' is not computed"),
    (M % "unsupported.onnx", "Erfinv.*NonMaxSuppression.*Erfinv", 3),
    (M % "other_domain.onnx", "'odd'.*org.example"),
    (M % "opset_none.onnx", "opset 4294967296 does not exist"),
    # Shapes and types.
    (M % "huge.onnx", "'x'"),
    (M % "large.onnx", ""),
    (M % "zero.onnx", "'x'.*0"),
    (M % "negative.onnx", "'x'.*-4"),
    (M % "dynamic.onnx", "'x'.*(dynamic|height)"),
    (M % "no_shape.onnx", "'x'.*shape"),
    (M % "string_input.onnx", "'x'"),
    # Weights.
    (M % "weight_rank.onnx", "'conv_t'"),
    (M % "weight_channels.onnx", "'conv_t'"),
    (M % "weight_kernel.onnx", "'conv_t'"),
    (M % "short_weights.onnx", "'w'"),
    (M % "negative_weights.onnx", "'w'"),
    (M % "string_weights.onnx", "'w'"),
    (M % "nan_weights.onnx", "NaN or infinite"),
    (M % "inf_weights.onnx", "relu_y.*scale"),
    (M % "external_missing.onnx", "'w'.*no-such-file"),
    (M % "external_outside.onnx", "'w'"),
    # Attributes.
    (M % "stride_zero.onnx", "'conv_t'.*strides"),
    (M % "dilation_zero.onnx", "'conv_t'.*dilations"),
    (M % "group_zero.onnx", "'conv_t'.*group"),
    (M % "group_odd.onnx", "'conv_t'.*group"),
    (M % "pads_huge.onnx", "'conv_t'.*pads"),
    (M % "pads_negative.onnx", "'conv_t'"),
    (M % "pads_three.onnx", "'conv_t'.*pads"),
    (M % "reshape_size.onnx", "'reshape_y'"),
    (M % "transpose_twice.onnx", "'transpose_y'.*perm"),
    (M % "axis_far.onnx", "'concat_y'.*axis"),
    # Calibration data.
    (D % "no-such-file.npz", "no-such-file.npz.*no such file"),
    (D % "folder.npz", "folder.npz"),
    (D % "no_bytes.npz", "no_bytes.npz"),
    (D % "text.npz", "text.npz.*not an npz file"),
    (D % "cut.npz", "cut.npz.*not an npz file"),
    (D % "flipped.npz", "flipped.npz"),
    (D % "lie.npz", "lie.npz"),
    (D % "lie_in_header.npz", "lie_in_header.npz.*'x'"),
    (D % "overflow_in_header.npz", "overflow_in_header.npz.*'x'"),
    (D % "short.npz", "short.npz.*'x'"),
    (D % "no_header.npz", "no_header.npz.*'x'"),
    (D % "bad_header.npz", "bad_header.npz.*'x'"),
    (D % "nested_header.npz", "nested_header.npz.*'x'"),
    (D % "no_members.npz", "no_members.npz"),
    (D % "no_samples.npz", "no_samples.npz.*'x' holds no samples"),
    (D % "other_name.npz", "other_name.npz.*no array 'x'; it has: image"),
    (D % "other_shape.npz", "other_shape.npz.*'x'.*8x2x3x4.*Nx2x4x4"),
    (D % "other_rank.npz", "other_rank.npz.*'x'.*4.*Nx2x4x4"),
    (D % "complex.npz", "complex.npz.*'x'"),
    (D % "strings.npz", "strings.npz.*'x'"),
    (D % "objects.npz", "objects.npz.*'x' holds pickled"),
    (D % "nan.npz", "nan.npz.*'x' holds NaN in sample 3"),
    (D % "inf.npz", "inf.npz.*'x' holds infinity in sample 3"),
    (D % "overflow.npz", "overflow.npz.*'x' holds infinity in sample 0"),
    # Calibration tables.
    (T % "no-such-file.json", "no-such-file.json.*No such file"),
    (T % "folder.json", "folder.json"),
    (T % "table_cut.json", "table_cut.json"),
    (T % "table_empty.json", "table_empty.json"),
    (T % "table_list.json", "table_list.json.*expected a JSON object"),
    (T % "table_object.json", "table_object.json.*'provenance'"),
    (T % "table_binary.json", "table_binary.json"),
    (T % "table_deep.json", "table_deep.json"),
    (T % "table_backwards.json", "table_backwards.json.*'min' <= 'max'"),
    (T % "table_text.json", "table_text.json.*finite numbers"),
    (T % "table_infinite.json", "table_infinite.json"),
    (T % "table_far.json", "conv_t"),
    (T % "table_unnamed.json", "table_unnamed.json.*'name'"),
    (T % "table_other_tensor.json", "no range for tensor 'conv_t'"),
    (T % "table_twice.json", "table_twice.json.*'x' has two entries"),
    ("quantc renamed.onnx --calibration-table=table.json -o out.so", "no range for tensor 'conv_u'"),
    # MLIR.
    (M % "malformed.mlir", "malformed.mlir:1:"),
    (M % "unknown_dialect.mlir", "unknown_dialect.mlir:1:.*unregistered dialect"),
    (M % "no_function.mlir", "function"),
    (M % "two_functions.mlir", "two_functions.mlir|function"),
    (M % "dynamic.mlir", r"\?x4", 2),
    (M % "unranked.mlir", r"tensor<\*xf32>", 2),
    (M % "memref.mlir", "memref", 2),
    (M % "scalar.mlir", "f32", 2),
    (M % "half.mlir", "f16", 2),
    (M % "declaration.mlir", "func.func"),
    (M % "no_results.mlir", "result"),
    (M % "call.mlir", "function|call", 2),
    (M % "branch.mlir", "block|branch|cf.br", 2),
    (M % "tosa_on_quantized.mlir", "quant", 2),
    (M % "overflowing_type.mlir", ""),
    (M % "random.mlirbc", "random.mlirbc"),
    (M % "cut.mlirbc", "cut.mlirbc"),
    # Outputs.
    ("quantc good.onnx --mode=float -o no-such-folder/out.so", "no-such-folder"),
    ("quantc good.onnx --mode=float -o folder.so", "folder.so.*folder"),
    ("quantc good.onnx --mode=float -o good.onnx/out.so", "good.onnx"),
    ("quantc good.onnx --mode=float -o /proc/quantc.so", "/proc/quantc.so"),
    ("quantc good.onnx --mode=float -o out.exe", "out.exe.*expected an ending"),
    ("quantc good.onnx --calibration-data=samples.npz --save-calibration-table=no/t.json -o out.so", "no/t.json"),
    ("quant-calibrate good.onnx --data=samples.npz -o no-such-folder/t.json", "no-such-folder"),
    # Options.
    ("quantc", "expected a model"),
    ("quantc good.onnx", "expected an output"),
    ("quantc good.onnx -o out.so", "needs ranges"),
    ("quantc good.onnx --nonsense -o out.so", "--nonsense"),
    ("quantc good.onnx --mode=magic -o out.so", "command line"),
    ("quantc good.onnx -O9 --mode=float -o out.so", "-O"),
    ("quantc good.onnx --mode=float --cpu=pentium9 -o out.so", "pentium9"),
    ("quantc good.onnx --mode=float --target=nowhere-at-all -o out.so", "nowhere"),
    ("quantc good.onnx --mode=float --features=+magic -o out.so", "magic"),
    ("quantc good.onnx --mode=float --name=3d-model -o out.so", "3d-model"),
    (D % "samples.npz" + " --calibration-table=table.json", "exclude each other"),
    (D % "samples.npz" + " --normalize=a,b", "--normalize=a,b"),
    (D % "samples.npz" + " --normalize=1", "--normalize=1"),
    (D % "samples.npz" + " --normalize=0,0", "--normalize=0,0.*above zero"),
    (D % "samples.npz" + " --normalize=0,-1", "--normalize=0,-1.*above zero"),
    (D % "samples.npz" + " --normalize=nan,1", "--normalize=nan,1"),
    (D % "samples.npz" + " --normalize=0,1e-300", "--normalize|infinity"),
    (D % "samples.npz" + " --normalize=1:2:3,1:2:3", "3 means"),
    (D % "samples.npz" + " --normalize=1:2,1:2:3", "--normalize"),
    # quant-calibrate and quant-run.
    ("quant-calibrate good.onnx --data=nan.npz -o out.json", "nan.npz.*NaN"),
    ("quant-calibrate truncated.onnx --data=samples.npz -o out.json", "truncated.onnx"),
    ("quant-run text.so --input=samples.npz --output=out.npz", "text.so.*not a shared object"),
    ("quant-run truncated.onnx --input=samples.npz --output=out.npz", "truncated.onnx"),
    ("quant-run two_functions.mlir --input=samples.npz --output=out.npz", "two_functions.mlir"),
    ("quant-run malformed.mlir --input=samples.npz --output=out.npz", "malformed.mlir"),
    ("quant-run truncated.onnx --engine=reference --input=samples.npz --output=out.npz", "truncated.onnx"),
    (R + "--labels=truth", "samples.npz.*no array 'truth'"),
    (R + "--labels=wide", "samples.npz.*the label 48 of sample 0 is none of the 48 classes"),
    (R + "--labels=few", "samples.npz.*'few'"),
    (R + "--labels=x", "samples.npz.*'x'"),
    (R + "--normalize=1,0", "--normalize=1,0.*above zero"),
    (R + "--compare=text.so", "text.so.*not a shared object"),
]


class Findings:
    def __init__(self):
        self.count = 0

    def add(self, command, text, error):
        self.count += 1
        print("finding: %s\n  %s%s" % (command, text, "".join("\n  | " + line[:300] for line in error.split("\n")[:12])))


def write_files(work):
    files = {name + ".onnx": data for name, data in hostile_models.make_models().items()}
    files.update({name + ".npz": data for name, data in hostile_data.make_samples().items()})
    files.update({name + ".mlir": data.encode() for name, data in hostile_data.make_modules().items()})
    files["text.so"] = files["text.npz"]
    files["random.mlirbc"] = b"ML\xefR" + files["random.onnx"]

    def write():
        for name, data in files.items():
            with open(os.path.join(work, name), "wb") as file:
                file.write(data)

    def read(name):
        with open(os.path.join(work, name), "rb") as file:
            return file.read()

    os.makedirs(work)
    for name in ("folder.onnx", "folder.npz", "folder.so", "folder.json"):
        os.mkdir(os.path.join(work, name))
    write()
    # What the sound files give.
    for command in ("quant-calibrate good.onnx --data=samples.npz -o table.json",
                    T.replace("out.so", "good.so") % "table.json",
                    "quantc good.onnx --mode=float --stop-after=prepare -o good.mlirbc"):
        subprocess.run(command.split(), cwd=work, check=True)
    files.update({name + ".json": data for name, data in hostile_data.make_tables(read("table.json")).items()})
    files["cut.mlirbc"] = read("good.mlirbc")[:-40]
    write()


def limit_memory():
    """What claims more than it holds must not be believed. A sanitizer reserves too much for a limit."""
    if "ASAN_OPTIONS" not in os.environ:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def check(command, pattern, count, work, findings):
    before = set(os.listdir(work))
    try:
        done = subprocess.run(command.split(), cwd=work, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=SECONDS, preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return findings.add(command, "takes more than %d seconds" % SECONDS, "")
    error = done.stderr.decode(errors="replace")
    # Decisions of stages that succeeded stand before the error of a later one.
    error = re.sub(r"^remark: .*\n", "", error, flags=re.MULTILINE)
    if done.returncode != 1:
        findings.add(command, "exit code %d" % done.returncode, error)
    elif "Stack dump" in error or "Sanitizer" in error:
        findings.add(command, "crashes", error)
    elif len(re.findall(r"^error: ", error, re.MULTILINE)) != count:
        findings.add(command, "does not print %d errors" % count, error)
    elif not re.match("error: |quantc: for the --", error):  # LLVM reports an option's wrong value itself.
        findings.add(command, "prints before the error", error)
    elif not re.search("error: .*(%s)" % pattern, error, re.DOTALL):
        findings.add(command, "does not say '%s'" % pattern, error)
    if done.stdout:
        findings.add(command, "prints", done.stdout.decode(errors="replace"))
    for name in set(os.listdir(work)) - before:
        findings.add(command, "writes '%s'" % name, "")
        os.remove(os.path.join(work, name))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("case", nargs="*", help="run only the commands that contain one of these words")
    options = parser.parse_args()
    write_files(options.work)
    findings = Findings()
    cases = [case for case in CASES if not options.case or any(word in case[0].split() for word in options.case)]
    for command, pattern, *count in cases:
        check(command, pattern, *(count or [1]), options.work, findings)
    print("%d cases\n%d findings" % (len(cases), findings.count))
    return 1 if findings.count else 0


if __name__ == "__main__":
    sys.exit(main())
