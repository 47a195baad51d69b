#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times A @ B in NumPy with and without the drop-in BLAS, in interleaved processes.

    /usr/bin/python3 bench/numpy_matmul.py [--size 4096] [--dtype float64] [--threads 1 2] [--repeats 5]

Each round starts one process per variant, which multiplies once to warm up and then `--inner` times; the figure is
the median over rounds of each round's fastest. Interleaving puts slow phases of a shared machine on both variants.
--json prints one object as `strassen bench --json` does. The Python must have a NumPy whose BLAS can be replaced.
An OpenBLAS that does not know the CPU takes kernels of an older one; which it took is printed, OPENBLAS_CORETYPE names
others (docs/benchmarking.md).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKER = """
import ctypes, sys, time
import numpy as np
n, dtype, inner = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
random = np.random.default_rng(1)
a, b = (random.standard_normal((n, n)).astype(dtype) for _ in range(2))
c = np.empty((n, n), dtype)
np.matmul(a, b, out=c)
times = []
for _ in range(inner):
    start = time.perf_counter()
    np.matmul(a, b, out=c)
    times.append(time.perf_counter() - start)
rows = np.linspace(0, n - 1, 8).astype(int)
error = np.abs(c[rows] - a[rows].astype(np.longdouble) @ b.astype(np.longdouble)).max()
ratio = error / (np.abs(a).max() * np.abs(b).max() * n * np.finfo(dtype).eps / 2)
paths = {line.split()[-1] for line in open("/proc/self/maps") if "/" in line}
core = "unknown"
for library in (ctypes.CDLL(path) for path in sorted(paths) if "openblas" in path):
    if hasattr(library, "openblas_get_corename"):
        library.openblas_get_corename.restype = ctypes.c_char_p
        core = library.openblas_get_corename().decode()
print(min(times), float(ratio), any("libstrassen_blas.so" in path for path in paths), core)
"""


def run(library, threads, arguments):
    """Seconds, error ratio and OpenBLAS's core of one process, over `library` or, if it is None, NumPy's own BLAS."""
    environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    environment |= {"OPENBLAS_NUM_THREADS": str(threads), "STRASSEN_NUM_THREADS": str(threads)}
    if library:
        environment["LD_PRELOAD"] = str(library)
    command = [sys.executable, "-c", WORKER, str(arguments.size), arguments.dtype, str(arguments.inner)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"numpy_matmul: the timed process failed:\n{result.stderr}")
    seconds, ratio, loaded, core = result.stdout.split()
    if (loaded == "True") != bool(library):
        sys.exit(f"numpy_matmul: {library} was not loaded: {result.stderr.strip()}")
    return float(seconds), float(ratio), core


def measure(threads, arguments):
    """Rows of the result, one per variant, for one number of threads."""
    variants = {"openblas": None, "strassen": arguments.library.resolve()}
    rounds = {name: [] for name in variants}
    for number in range(arguments.repeats):
        for name, library in variants.items():
            rounds[name].append(run(library, threads, arguments))
            print(f"round {number + 1}, {threads} threads, {name}: {rounds[name][-1][0]:.3f} s", file=sys.stderr)
    baseline = statistics.median(seconds for seconds, *_ in rounds["openblas"])
    rows = []
    for name, results in rounds.items():
        median = statistics.median(seconds for seconds, *_ in results)
        rows.append({
            "m": arguments.size, "k": arguments.size, "n": arguments.size, "precision": arguments.dtype,
            "threads": threads, "engine": name, "repeats": arguments.repeats, "median_s": median,
            "min_s": min(seconds for seconds, *_ in results), "gflops": 2e-9 * arguments.size**3 / median,
            "speedup_vs_baseline": baseline / median, "baseline": "openblas",
            "max_error_ratio": max(ratio for _, ratio, _ in results), "openblas_core": results[0][2],
        })
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float64")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, len(os.sched_getaffinity(0))}))
    parser.add_argument("--repeats", type=int, default=5, help="processes per variant")
    parser.add_argument("--inner", type=int, default=3, help="timed products per process")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "build/lib/libstrassen_blas.so")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if min(arguments.size, arguments.repeats, arguments.inner, *arguments.threads) < 1:
        parser.error("sizes, repeats and threads are at least 1")
    if not arguments.library.is_file():
        sys.exit(f"numpy_matmul: {arguments.library} is not there: run `make lib`")
    rows = [row for threads in arguments.threads for row in measure(threads, arguments)]
    if arguments.json:
        print(json.dumps({"machine": {"cpus": len(os.sched_getaffinity(0))}, "results": rows}))
        return
    print(f"{'threads':>7} {'BLAS':>10} {'median s':>9} {'GFLOP/s':>8} {'speed-up':>8} {'error ratio':>11}")
    for row in rows:
        print(f"{row['threads']:>7} {row['engine']:>10} {row['median_s']:>9.3f} {row['gflops']:>8.1f}"
              f" {row['speedup_vs_baseline']:>8.3f} {row['max_error_ratio']:>11.3g}")
    print(f"OpenBLAS took its kernels for {rows[0]['openblas_core']}")


if __name__ == "__main__":
    main()
