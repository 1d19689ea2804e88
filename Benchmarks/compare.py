"""Runs weightbench and the peers in turns on the same files, images and settings; prints ratios.

Each measurement is a process of its own: a warm-up, then the median of its rounds. A pair is one
measurement of weightbench and one of the peer, one after the other; the order changes from pair to
pair. A ratio is peer seconds / weightbench seconds: above 1, weightbench is faster. Peers get the
batch size they are fastest with, found before the pairs.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PROGRAM = ROOT / ".build" / "release" / "weightbench"
ASSETS = ROOT.parent / "shared" / "assets"
PEERS = ["onnxruntime", "openvino", "torch"]
BATCHES = [1, 4, 8, 16, 32, 64, 128]


def models(scratch):
    """Name, model, data, images: what the throughput is measured on."""
    mobile = scratch / "mobilenet_v2.onnx"
    if not mobile.exists():
        subprocess.run([sys.executable, HERE / "mobilenet_v2.py", mobile], check=True)
    images = scratch / "images224.npz"
    if not images.exists():
        import numpy

        random = numpy.random.default_rng(0)
        shape = (96, 3, 224, 224)
        numpy.savez(images, input=random.standard_normal(shape, dtype=numpy.float32))
    cifar, tiny = ASSETS / "cifar10", ASSETS / "tiny"
    bccd, text = ASSETS / "detection" / "bccd", ASSETS / "text"
    return [
        ("ResNet-20", cifar / "resnet20_bnfolded.onnx", cifar / "cifar10_test1000.yaml", 1000),
        ("fashion_resnet8", tiny / "fashion_resnet8_bnfolded.onnx",
         tiny / "fashion_mnist_test10000.yaml", 2000),
        ("bccd_centernet", bccd / "bccd_centernet_bnfolded.onnx",
         bccd / "bccd_test72_160x128.yaml", 72),
        ("MiniLM", text / "minilm_l6_v2_vocab_trimmed.onnx", text / "stsb_en_test_tokens48.npz", 100),
        ("MobileNetV2", mobile, images, 96),
    ]


def printed(command):
    """The JSON object that a command prints."""
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{command[:3]}: {run.stderr.strip()[-400:]}")
    return json.loads(run.stdout)


def ours(task, model, data, limit, options, precision="exact"):
    return printed(
        [PROGRAM, "benchmark", model, "--data", data, "--limit", limit, "--only", task, "--json",
         "--rounds", options.rounds, "--threads", options.threads, "--precision", precision])


def peer(name, task, model, data, limit, options, batch, precision="f32", extra=()):
    return printed(
        [sys.executable, HERE / "peer.py", name, task, model, data, "--limit", limit, "--rounds",
         options.rounds, "--threads", options.threads, "--batch", batch, "--precision", precision,
         *extra])


def tuned(name, model, data, limit, options, precision="f32"):
    """The batch size that a peer is fastest with."""
    found = {}
    for batch in BATCHES:
        if batch > 4 * limit:
            continue
        try:
            found[batch] = peer(name, "throughput", model, data, limit, options, batch, precision)["median"]
        except RuntimeError as error:
            print(f"    {name} at batch {batch}: {error}", file=sys.stderr)
    return min(found, key=found.get) if found else None


def pairs(count, first, second):
    """Ratios second / first of measurements in turns, and the medians of both."""
    ratios, left, right = [], [], []
    for index in range(count):
        if index % 2 == 0:
            a, b = first(), second()
        else:
            b, a = second(), first()
        left.append(a)
        right.append(b)
        ratios.append(b / a)
    return ratios, statistics.median(left), statistics.median(right)


def spread(ratios):
    return f"{statistics.median(ratios):.2f}x ({min(ratios):.2f}...{max(ratios):.2f})"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def throughput(options):
    print(f"\n## Throughput, f32, {options.pairs} pairs: peer seconds / weightbench seconds\n")
    print("| model | weightbench samples/s | " + " | ".join(PEERS) + " | fastest peer |")
    print("|---|---|" + "---|" * (len(PEERS) + 1))
    worst = []
    for name, model, data, limit in models(options.scratch):
        row, least, speed = [], None, []
        for other in PEERS:
            batch = tuned(other, model, data, limit, options)
            if batch is None:
                row.append("does not run")
                continue

            def mine():
                result = ours("evaluate", model, data, limit, options)
                speed.append(result["evaluate"]["samplesPerSecond"])
                return statistics.median(result["evaluate"]["seconds"])

            ratios, _, seconds = pairs(
                options.pairs, mine,
                lambda: peer(other, "throughput", model, data, limit, options, batch)["median"])
            row.append(f"{spread(ratios)}, batch {batch}")
            if least is None or statistics.median(ratios) < least[0]:
                least = (statistics.median(ratios), other)
        worst.append(least[0])
        print(f"| {name} | {statistics.median(speed):.0f} | " + " | ".join(row)
              + f" | {least[0]:.2f}x {least[1]} |", flush=True)
    print(f"\nGeometric mean against the fastest peer: {geometric_mean(worst):.2f}x; "
          f"lowest {min(worst):.2f}x.")


def drafts(options):
    print(f"\n## Throughput, draft against OpenVINO's default precision, {options.pairs} pairs\n")
    print("| model | ratio |\n|---|---|")
    for name, model, data, limit in models(options.scratch):
        batch = tuned("openvino", model, data, limit, options, "default")
        ratios, _, _ = pairs(
            options.pairs,
            lambda: statistics.median(
                ours("evaluate", model, data, limit, options, "draft")["evaluate"]["seconds"]),
            lambda: peer("openvino", "throughput", model, data, limit, options, batch, "default")["median"])
        print(f"| {name} | {spread(ratios)}, batch {batch} |", flush=True)


def edits(options):
    print(f"\n## One edit to its number, {options.pairs} pairs: geometric means over the layers\n")
    _, model, data, limit = models(options.scratch)[0]
    layers = printed([PROGRAM, "inspect", model, "--json"])["layers"]
    weights = ["--weights", *[layer["weight"] for layer in layers]]
    print("| precision | weightbench ms | against | ratio |\n|---|---|---|---|")
    for other in ["onnxruntime", "torch"]:
        batch = tuned(other, model, data, limit, options)
        for precision in ["exact", "settled", "draft"]:
            def mine():
                return ours("edits", model, data, limit, options, precision)["editGeometricMean"]

            def theirs():
                return geometric_mean(
                    peer(other, "edits", model, data, limit, options, batch, extra=weights)["edits"])

            ratios, seconds, _ = pairs(options.pairs, mine, theirs)
            print(f"| {precision} | {seconds * 1e3:.1f} | {other}, batch {batch} | {spread(ratios)} |",
                  flush=True)


def timed(command):
    """Seconds of a whole process, and the JSON object it printed."""
    start = time.perf_counter()
    result = printed(command)
    return time.perf_counter() - start, result


def scan(options):
    print(f"\n## Sensitivity scan of ResNet-20, whole process, {options.pairs} pairs\n")
    _, model, data, limit = models(options.scratch)[0]
    print("| mode | weightbench s | ratio | cells that differ | rank correlation of the drops |")
    print("|---|---|---|---|---|")
    loop = [sys.executable, HERE / "scan_onnxruntime.py", model, data, "--limit", limit, "--threads",
            options.threads]
    command = [PROGRAM, "sensitivity", model, "--data", data, "--limit", limit, "--json", "--threads",
               options.threads]
    exact = None
    for label, flags in [
        ("exact", ["--precision", "exact"]),
        ("settled", ["--precision", "settled"]),
        ("draft, early stop", ["--precision", "draft", "--early-stop"]),
        ("exact, early stop", ["--precision", "exact", "--early-stop"]),
    ]:
        tables = []

        def mine():
            seconds, table = timed(command + flags)
            tables.append(table)
            return seconds

        ratios, seconds, _ = pairs(options.pairs, mine, lambda: timed(loop)[0])
        drops = {(row["layer"], row["setting"]): row["delta"] for row in tables[-1]["rows"]}
        counts = {(row["layer"], row["setting"]): row["correct"] for row in tables[-1]["rows"]}
        exact = exact or (drops, counts)
        differing = sum(counts[key] != exact[1][key] for key in counts)
        correlation = rank_correlation([exact[0][key] for key in drops], list(drops.values()))
        print(f"| {label} | {seconds:.2f} | {spread(ratios)} | {differing} of {len(counts)} | "
              f"{correlation:.3f} |", flush=True)


def rank_correlation(left, right):
    from scipy.stats import spearmanr

    return spearmanr(left, right).statistic


def main():
    tasks = {"throughput": throughput, "drafts": drafts, "edits": edits, "scan": scan}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"{', '.join(tasks)} (default: all)")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5, help="rounds in one measurement")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build" / "benchmarks",
                        help="folder for models that are made for this")
    options = parser.parse_args()
    for task in options.tasks:
        if task not in tasks:
            parser.error(f"there is no task '{task}': choose from {', '.join(tasks)}")
    options.scratch.mkdir(parents=True, exist_ok=True)
    machine = printed(
        [PROGRAM, "benchmark", "--only", "evaluate", "--rounds", "1", "--json"])["machine"]
    print(f"{machine['processor']}, {machine['cores']} cores, {', '.join(machine['instructions'])}; "
          f"{options.threads} threads each; load {pathlib.Path('/proc/loadavg').read_text().split()[0]}")
    for task in options.tasks or tasks:
        tasks[task](options)


if __name__ == "__main__":
    main()
