# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Plays the schedulers of docs/Calibration.md:
#
#   run_jobs.py FOLDER
#
# in the folder that run_document.py has left: the jobs of the array, those of
# the indexed job, and what GNU parallel would start. Their merged tables have
# the tensors of ranges.json, byte for byte.

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys


def run(command, folder, **variables):
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    subprocess.run(command, cwd=folder, env=environment, check=True)


def read_tensors(table):
    """What stands behind the provenance."""
    return table.read_bytes().partition(b'"tensors"')[2]


def check_merged(folder, name):
    parts = sorted(str(path) for path in folder.glob(f"{name}-*.json"))
    run(["quant-calibrate", "merge", *parts, "-o", f"{name}.json"], folder)
    if read_tensors(folder / f"{name}.json") != read_tensors(folder / "ranges.json"):
        sys.exit(f"error: the {len(parts)} tables of {name} do not add up to ranges.json")
    if list(folder.glob("checkpoint-*")):
        sys.exit("error: a checkpoint is left")
    print(f"{name}: {len(parts)} jobs")


def run_slurm(folder):
    script = (folder / "calibrate.sbatch").read_text()
    first, last = map(int, re.search(r"#SBATCH --array=(\d+)-(\d+)", script).groups())
    for task in range(first, last + 1):
        run(["sh", "calibrate.sbatch"], folder, SLURM_ARRAY_TASK_ID=task, SLURM_ARRAY_TASK_COUNT=last - first + 1)
    check_merged(folder, "slurm")


def run_kubernetes(folder):
    job = (folder / "calibrate.yaml").read_text()
    count = int(re.search(r"completions: (\d+)", job).group(1))
    # The folded scalar behind >-, which ends where the text goes out again.
    block = re.search(r">-\n((?: {14}\S.*\n)+)", job).group(1)
    command = " ".join(block.split())
    for index in range(count):
        run(["sh", "-c", command], folder, JOB_COMPLETION_INDEX=index)
    check_merged(folder, "kubernetes")


def run_parallel(folder):
    for old in folder.glob("shard-*.json"):
        old.unlink()
    words = shlex.split((folder / "parallel.sh").read_text().replace("\\\n", " "))
    split = words.index(":::")
    command, tasks = words[words.index("-j") + 2:split], words[split + 1:]
    for task in tasks:
        run([word.replace("{}", task) for word in command], folder)
    check_merged(folder, "shard")


def main():
    folder = pathlib.Path(sys.argv[1])
    # The volume of the indexed job holds these.
    shutil.copyfile(folder / "examples/mnist/model.onnx", folder / "model.onnx")
    shutil.copyfile(folder / "examples/mnist/calibration.npz", folder / "samples.npz")
    run_slurm(folder)
    run_parallel(folder)
    run_kubernetes(folder)


if __name__ == "__main__":
    main()
