#!/usr/bin/env python3
"""What `weightbench finetune` wins back, over seeds: the tables of Documentation/finetuning.md.

    recovery.py cifar      ResNet-20, 2,000 CIFAR-10 images: 70 % zeros, 3 bits, 2 bits
    recovery.py fashion    fashion_resnet8, all of Fashion-MNIST: 90 % zeros and 4 bits together
    recovery.py resume     a run that is killed at random times, and another number of threads

Networks are judged by the test images, which training never sees: neither to train on nor to choose
the best by. Runs that are in --folder already are not repeated, so that a table can be made piece by
piece. Options after `--` go to every `finetune`.
"""

import argparse
import hashlib
import json
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSETS = ROOT.parent / "shared" / "assets"
CIFAR, TINY = ASSETS / "cifar10", ASSETS / "tiny"
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")

PLANS = {
    "70 % zeros": "weightbench: 1\ndefaults: {prune: {amount: 0.7}}\n",
    "3 bits": "weightbench: 1\ndefaults: {weights: {bits: 3}}\n",
    "2 bits": "weightbench: 1\ndefaults: {weights: {bits: 2}}\n",
    "90 % zeros, 4 bits": "weightbench: 1\ndefaults: {prune: {amount: 0.9}, weights: {bits: 4}}\n",
}
# What is measured: plan, kind of run, and the options that make it.
CIFAR_RUNS = [
    ("70 % zeros", "labels", ["--distillation", "0"]),
    ("70 % zeros", "with distillation", []),
    ("3 bits", "labels", ["--distillation", "0"]),
    ("3 bits", "with distillation", []),
    ("2 bits", "labels", ["--distillation", "0"]),
    ("2 bits", "with distillation", []),
]
FASHION_RUNS = [("90 % zeros, 4 bits", "with distillation", [])]


def run(program, *arguments, allowed=(0,)):
    """The JSON object that a command prints."""
    done = subprocess.run(
        [str(program), *map(str, arguments), "--json"], capture_output=True, text=True)
    if done.returncode not in allowed:
        sys.exit(f"{arguments[0]}: {done.stderr or done.stdout}")
    return json.loads(done.stdout)


def top1(program, model, data, plan=None):
    """Top-1 of a model, or of a plan for it."""
    more = [] if plan is None else ["--plan", plan]
    report = run(program, "evaluate", model, "--data", data, "--keep-batchnorm", *more)
    return report["baseline"]["top1"] if plan is None else report["plan"]["top1"]


def name(*parts):
    """A file name of words."""
    return "-".join("".join(c if c.isalnum() else "" for c in str(part)) for part in parts)


class Table:
    """Runs of one model, and their rows."""

    def __init__(self, options, model, train, test):
        self.options, self.model, self.train, self.test = options, model, train, test
        self.folder = pathlib.Path(options.folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def plan(self, title):
        """The file of a plan."""
        path = self.folder / f"{name(title)}.yaml"
        path.write_text(PLANS[title])
        return path

    def measure(self, title, kind, more, seed):
        """One run: top-1 on the test images, and what `finetune` told."""
        stem = self.folder / name(self.model.stem, title, kind, seed)
        result = stem.with_suffix(".json")
        if result.exists():
            return json.loads(result.read_text())
        output = stem.with_suffix(".onnx")
        report = run(
            self.options.program, "finetune", self.model, "--data", self.train, "--plan",
            self.plan(title), "--output", output, "--overwrite", "--keep-batchnorm", "--progress",
            "never", "--seed", seed, *more, *self.options.more)
        report["test"] = top1(
            self.options.program, output, self.test, stem.with_suffix(".plan.yaml"))
        result.write_text(json.dumps(report))
        return report

    def show(self, rows):
        """Measures and prints the rows, one line for each."""
        program = self.options.program
        baseline = top1(program, self.model, self.test)
        print(f"float model: {baseline:.4f}\n")
        print("| plan | trained on | before | after, each seed | mean | spread | won back | s |")
        print("|---|---|---|---|---|---|---|---|")
        for title, kind, more in rows:
            before = top1(program, self.model, self.test, self.plan(title))
            reports = [
                self.measure(title, kind, more, seed) for seed in range(self.options.seeds)]
            after = [report["test"] for report in reports]
            mean = statistics.mean(after)
            spread = statistics.stdev(after) if len(after) > 1 else 0
            seconds = statistics.mean(report["seconds"] for report in reports)
            won = (mean - before) / (baseline - before)
            each = " ".join(f"{value:.4f}" for value in after)
            print(
                f"| {title} | {kind} | {before:.4f} | {each} | {mean:.4f} | {spread:.4f} "
                f"| {won:.0%} | {seconds:.0f} |", flush=True)


def cifar(options):
    table = Table(
        options, CIFAR / "resnet20.onnx", CIFAR / "cifar10_train2000.yaml",
        CIFAR / "cifar10_test1000.yaml")
    table.show([row for row in CIFAR_RUNS if not options.only or row[0] in options.only])


def fashion(options):
    if not FASHION.exists():
        sys.exit(f"{FASHION} is missing: install Debian's package dataset-fashion-mnist")
    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    train = folder / "fashion-train.yaml"
    train.write_text(
        f"data: {FASHION / 'train-images-idx3-ubyte.gz'}\ntask: classification\n"
        "input: {layout: NCHW, order: gray, scale: 255, mean: [0.286], std: [0.353]}\n")
    table = Table(
        options, TINY / "fashion_resnet8.onnx", train, TINY / "fashion_mnist_test10000.yaml")
    table.show(FASHION_RUNS)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def resume(options):
    """Kills a run at random times, with 1 and 2 threads in turn, and then lets it end."""
    table = Table(options, CIFAR / "resnet20.onnx", CIFAR / "cifar10_train2000.yaml", None)
    plan = table.folder / "resume.yaml"
    plan.write_text("weightbench: 1\ndefaults: {prune: {amount: 0.5}, weights: {bits: 3}}\n")
    fixed = [
        str(options.program), "finetune", str(table.model), "--data", str(table.train), "--plan",
        str(plan), "--limit", "600", "--epochs", "4", "--gradual", "0.5", "--flip", "--seed", "5",
        "--keep-batchnorm", "--progress", "never", "--overwrite", *options.more]
    outputs = {}
    for threads in (1, 2):
        outputs[f"whole, --threads {threads}"] = output = table.folder / f"whole{threads}.onnx"
        begin = time.monotonic()
        subprocess.run(
            [*fixed, "--threads", str(threads), "--output", str(output)], check=True,
            capture_output=True)
        whole = time.monotonic() - begin
    chance = random.Random(options.chance)
    outputs["killed, 1 and 2 threads in turn"] = output = table.folder / "killed.onnx"
    checkpoint = table.folder / "killed.npz"
    for path in (output, checkpoint):
        path.unlink(missing_ok=True)
    kills = 0
    while True:
        process = subprocess.Popen(
            [*fixed, "--threads", str(1 + kills % 2), "--output", str(output), "--checkpoint",
             str(checkpoint)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            seconds = whole * chance.uniform(0.2, 0.8)
            _, errors = process.communicate(timeout=seconds if kills < options.kills else None)
            if process.returncode != 0:
                sys.exit(errors.decode())
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            print(
                f"kill -9 after {seconds:.2f} s, checkpoint "
                f"{'written' if checkpoint.exists() else 'not yet'}", flush=True)
    sums = {title: digest(path) for title, path in outputs.items()}
    for title, found in sums.items():
        print(f"{found}  {title}")
    same = len(set(sums.values())) == 1
    print(f"{kills} kills: {'the same bytes' if same else 'DIFFERENT'}")
    sys.exit(0 if same else 1)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("what", choices=["cifar", "fashion", "resume"])
    parser.add_argument("--program", default=ROOT / ".build" / "release" / "weightbench")
    parser.add_argument("--folder", default="recovery", help="where runs are kept")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each row")
    parser.add_argument("--only", action="append", help="plans to measure, such as '3 bits'")
    parser.add_argument("--kills", type=int, default=8, help="most kills of 'resume'")
    parser.add_argument("--chance", type=int, default=None, help="seed of the times of kills")
    own, more = sys.argv[1:], []
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1:]
    options = parser.parse_args(own)
    options.more = more
    {"cifar": cifar, "fashion": fashion, "resume": resume}[options.what](options)


if __name__ == "__main__":
    main()
