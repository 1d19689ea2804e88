"""Runs weightbench and the peers in turns on the same files, images and settings; prints ratios.

Each measurement is a process of its own: a warm-up, then the median of its rounds. In a turn every
program is measured once, one after the other, and every other turn the other way round. A ratio is peer
seconds / weightbench seconds in one turn: above 1, weightbench is faster. Peers get the batch size they
are fastest with, found before the turns.
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
BATCHES = [1, 8, 32, 128]


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
        numpy.savez(images, x=random.standard_normal(shape, dtype=numpy.float32))
    cifar, tiny = ASSETS / "cifar10", ASSETS / "tiny"
    bccd, text = ASSETS / "detection" / "bccd", ASSETS / "text"
    return [
        ("ResNet-20", cifar / "resnet20_bnfolded.onnx", cifar / "cifar10_test1000.yaml", 1000),
        ("fashion_resnet8", tiny / "fashion_resnet8_bnfolded.onnx",
         tiny / "fashion_mnist_test10000.yaml", 2000),
        ("bccd_centernet", bccd / "bccd_centernet_bnfolded.onnx",
         bccd / "bccd_test72_160x128.yaml", 72),
        ("MiniLM", text / "minilm_l6_v2_vocab_trimmed.onnx", text / "stsb_en_test_tokens48.npz", 200),
        ("MobileNetV2", mobile, images, 96),
    ]


def printed(command, seconds=600):
    """The JSON object that a command prints; one that hangs is started again, twice at most."""
    for attempt in range(3):
        try:
            run = subprocess.run(
                [str(part) for part in command], capture_output=True, text=True, timeout=seconds)
            break
        except subprocess.TimeoutExpired:
            print(f"    {command[1]} {command[2]} hung, attempt {attempt + 1}", file=sys.stderr)
    else:
        raise RuntimeError(f"{command[:3]}: hangs")
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
         *extra], seconds=120)


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


def turns(count, runs):
    """What each of the named runs gave in each of so many turns."""
    found = {name: [] for name in runs}
    for turn in range(count):
        names = list(runs) if turn % 2 == 0 else list(reversed(runs))
        for name in names:
            found[name].append(runs[name]())
    return found


def ratios(peer_seconds, own_seconds):
    return [a / b for a, b in zip(peer_seconds, own_seconds)]


def spread(ratios):
    return f"{statistics.median(ratios):.2f}x ({min(ratios):.2f}...{max(ratios):.2f})"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def throughput(options):
    print(f"\n## Throughput, f32, {options.turns} turns: peer seconds / weightbench seconds\n")
    print("| model | weightbench samples/s | " + " | ".join(PEERS) + " | fastest peer |")
    print("|---|---|" + "---|" * (len(PEERS) + 1))
    lowest = []
    for name, model, data, limit in models(options.scratch):
        if options.model not in (None, name):
            continue
        speed = []

        def mine():
            result = ours("evaluate", model, data, limit, options)
            speed.append(result["evaluate"]["samplesPerSecond"])
            return statistics.median(result["evaluate"]["seconds"])

        batches = {other: tuned(other, model, data, limit, options) for other in PEERS}
        runs = {"weightbench": mine}
        for other in [other for other in PEERS if batches[other]]:
            runs[other] = lambda other=other: peer(
                other, "throughput", model, data, limit, options, batches[other])["median"]
        found = turns(options.turns, runs)
        row, least = [], None
        for other in PEERS:
            if other not in found:
                row.append("does not run")
                continue
            against = ratios(found[other], found["weightbench"])
            row.append(f"{spread(against)}, batch {batches[other]}")
            least = min(least or (math.inf, ""), (statistics.median(against), other))
        lowest.append(least[0])
        print(f"| {name} | {statistics.median(speed):.0f} | " + " | ".join(row)
              + f" | {least[0]:.2f}x {least[1]} |", flush=True)
    print(f"\nGeometric mean against the fastest peer: {geometric_mean(lowest):.2f}x; "
          f"lowest {min(lowest):.2f}x.")


def drafts(options):
    print(f"\n## Throughput, draft against OpenVINO's default precision, {options.turns} turns\n")
    print("| model | weightbench, draft against f32 | OpenVINO / weightbench |\n|---|---|---|")
    for name, model, data, limit in models(options.scratch):
        if options.model not in (None, name):
            continue
        batch = tuned("openvino", model, data, limit, options, "default")

        def mine(precision):
            result = ours("evaluate", model, data, limit, options, precision)
            return statistics.median(result["evaluate"]["seconds"])

        found = turns(options.turns, {
            "draft": lambda: mine("draft"), "exact": lambda: mine("exact"),
            "openvino": lambda: peer(
                "openvino", "throughput", model, data, limit, options, batch, "default")["median"]})
        print(f"| {name} | {spread(ratios(found['exact'], found['draft']))} | "
              f"{spread(ratios(found['openvino'], found['draft']))}, batch {batch} |", flush=True)


def edits(options):
    print(f"\n## One edit to its number, {options.turns} turns: geometric means over the layers\n")
    _, model, data, limit = models(options.scratch)[0]
    layers = printed([PROGRAM, "inspect", model, "--json"])["layers"]
    weights = ["--weights", *[layer["weight"] for layer in layers]]
    ahead = []

    def mine(precision):
        result = ours("edits", model, data, limit, options, precision)
        ahead.extend(edit["ahead"] for edit in result["edits"])
        return result["editGeometricMean"]

    def theirs(other, batch):
        seconds = peer(other, "edits", model, data, limit, options, batch, extra=weights)["edits"]
        return geometric_mean(seconds)

    modes, others = ["exact", "settled", "draft"], ["onnxruntime", "torch"]
    runs = {mode: lambda mode=mode: mine(mode) for mode in modes}
    for other in others:
        batch = tuned(other, model, data, limit, options)
        runs[other] = lambda other=other, batch=batch: theirs(other, batch)
    found = turns(options.turns, runs)
    print("| precision | weightbench ms | " + " | ".join(others) + " |\n|---|---|---|---|")
    for mode in modes:
        row = [spread(ratios(found[other], found[mode])) for other in others]
        print(f"| {mode} | {statistics.median(found[mode]) * 1e3:.1f} | " + " | ".join(row) + " |")
    print(f"\nA setting that was measured ahead: {statistics.median(ahead) * 1e3:.2f} ms "
          f"({max(ahead) * 1e3:.2f} at most).", flush=True)


def timed(command):
    """Seconds of a whole process, and the JSON object it printed."""
    start = time.perf_counter()
    result = printed(command)
    return time.perf_counter() - start, result


def scan(options):
    print(f"\n## Sensitivity scan of ResNet-20, whole process, {options.turns} turns\n")
    _, model, data, limit = models(options.scratch)[0]
    loop = [sys.executable, HERE / "scan_onnxruntime.py", model, data, "--limit", limit, "--threads",
            options.threads]
    command = [PROGRAM, "sensitivity", model, "--data", data, "--limit", limit, "--json", "--threads",
               options.threads]
    modes = {
        "exact": ["--precision", "exact"], "settled": ["--precision", "settled"],
        "exact, early stop": ["--precision", "exact", "--early-stop"],
        "draft, early stop": ["--precision", "draft", "--early-stop"]}
    tables = {}

    def mine(mode):
        seconds, tables[mode] = timed(command + modes[mode])
        return seconds

    runs = {mode: lambda mode=mode: mine(mode) for mode in modes}
    runs["onnxruntime"] = lambda: timed(loop)[0]
    found = turns(options.turns, runs)
    exact = {(row["layer"], row["setting"]): row for row in tables["exact"]["rows"]}
    print(f"ONNX Runtime's loop: {statistics.median(found['onnxruntime']):.1f} s.\n")
    print("| mode | weightbench s | ratio | cells whose count differs | rank correlation of drops |")
    print("|---|---|---|---|---|")
    for mode in modes:
        rows = {(row["layer"], row["setting"]): row for row in tables[mode]["rows"]}
        differing = sum(rows[key]["correct"] != exact[key]["correct"] for key in exact)
        correlation = rank_correlation(
            [exact[key]["delta"] for key in exact], [rows[key]["delta"] for key in exact])
        print(f"| {mode} | {statistics.median(found[mode]):.2f} | "
              f"{spread(ratios(found['onnxruntime'], found[mode]))} | {differing} of {len(exact)} | "
              f"{correlation:.3f} |", flush=True)


def train(options):
    print(f"\n## Training steps, ResNet-20, batch 128, {options.turns} turns\n")
    model = ASSETS / "cifar10" / "resnet20.onnx"
    data = ASSETS / "cifar10" / "cifar10_test1000.yaml"
    speed, used = [], {}

    def mine():
        result = printed([PROGRAM, "benchmark", model, "--data", data, "--keep-batchnorm", "--only", "train",
                          "--json", "--rounds", options.rounds, "--threads", options.threads])["train"]
        speed.append(result["samplesPerSecond"])
        used["shard"] = result["shard"]
        return statistics.median(result["seconds"])

    def theirs(*order):
        result = printed([sys.executable, HERE / "train_torch.py", data, "--rounds", options.rounds,
                          "--threads", options.threads, *order])
        used["peer"] = result["peer"]
        return statistics.median(result["seconds"])

    found = turns(options.turns, {
        "weightbench": mine, "contiguous": theirs, "channels last": lambda: theirs("--channels-last")})
    print(f"weightbench: {statistics.median(speed):.0f} images/s, shards of {used['shard']}; {used['peer']}\n")
    print("| PyTorch's layout | PyTorch ms | weightbench ms | PyTorch / weightbench |\n|---|---|---|---|")
    for layout in ["contiguous", "channels last"]:
        print(f"| {layout} | {statistics.median(found[layout]) * 1e3:.0f} | "
              f"{statistics.median(found['weightbench']) * 1e3:.0f} | "
              f"{spread(ratios(found[layout], found['weightbench']))} |", flush=True)


def rank_correlation(left, right):
    from scipy.stats import spearmanr

    return spearmanr(left, right).statistic


def main():
    global PROGRAM
    tasks = {"throughput": throughput, "drafts": drafts, "edits": edits, "scan": scan, "train": train}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"{', '.join(tasks)} (default: all)")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3, help="rounds in one measurement")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM,
                        help="the weightbench to measure (default: this repository's release build)")
    parser.add_argument("--model", help="measure the throughput of this model only")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build" / "benchmarks",
                        help="folder for models that are made for this")
    options = parser.parse_args()
    PROGRAM = options.program
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
