#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Max-norm error of fast levels as a multiple of the classical error, measured without the engine.

Each chain names the schemes of its levels, outermost first ("winograd+strassen"). A level runs the program that the
scheduler derives (text from `build/c/test_schedules --program NAME`), with NumPy's product below the last level. "direct:NAME"
forms every sum from U, V, W instead, nothing shared; "scaled:" before a chain scales rows and columns by powers of two first
(inside, then outside). The column `model` is what docs/accuracy.md predicts.

    make build/c/test_schedules
    OPENBLAS_NUM_THREADS=1 python3 bench/accuracy.py --sizes 1024 --seeds 5

Distributions: uniform on [-1,1], normal N(0,1), skewed: uniform, the first half of A's columns times 2^10, of B's rows times
2^-10. Output: a Markdown table, medians over the seeds.
"""

import argparse
import functools
import re
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


# ------------------------------------------------------------------ references

def slices(matrix, bits, count):
    """matrix = sum of `count` parts, each with at most `bits` significant bits under one common exponent."""
    parts, rest = [], matrix.astype(np.float64)
    exponent = int(np.ceil(np.log2(np.max(np.abs(rest)))))
    for part in range(1, count + 1):
        unit = 2.0 ** (exponent - part * bits)
        high = np.rint(rest / unit) * unit
        parts.append(high)
        rest = rest - high
    return parts


def exact_product(a, b):
    """A·B to about 2⁻⁶³ of its largest entry: every partial product is exact in float64 (Ozaki's splitting)."""
    bits = (52 - int(np.ceil(np.log2(a.shape[1])))) // 2
    left, right = slices(a, bits, 4), slices(b, bits, 4)
    total = np.zeros((a.shape[0], b.shape[1]), dtype=np.longdouble)
    for order in range(4, -1, -1):
        for i in range(max(0, order - 3), min(order, 3) + 1):
            total += left[i] @ right[order - i]
    return total


def reference(a, b):
    return exact_product(a, b) if a.dtype == np.float64 else a.astype(np.float64) @ b.astype(np.float64)


# -------------------------------------------------------------------- programs

TERM = re.compile(r"([+-]?)\s*(?:(\d+)(?:/(\d+))? )?([ABCST])(\d+)(?:,(\d+))?")


class Program:
    """Steps of one level: ("sum", rows) and ("mul", clauses), from the text of a schedule (csrc/fast/schedule.h)."""

    def __init__(self, text, scheme):
        self.scheme, self.steps = scheme, []
        for line in text.splitlines():
            if line.startswith("if accumulating"):
                continue
            line = re.sub(r" \(if accumulating:.*\)", "", line)
            line = re.sub(r"^pass ?", "", line)
            clauses = [clause for clause in line.split("; ") if clause]
            if clauses and " * " in line:
                self.steps.append(("mul", [self.product(clause) for clause in clauses]))
            elif clauses:
                self.steps.append(("sum", [self.row(clause) for clause in clauses]))

    @staticmethod
    def terms(text):
        found = TERM.findall(text)
        return [((-1 if sign == "-" else 1) * float(num or 1) / float(den or 1), letter + row + ("," + column if column else ""))
                for sign, num, den, letter, row, column in found]

    def row(self, clause):
        left, right = clause.split(" = ")
        return left, self.terms(right)

    def product(self, clause):
        targets, operator, right = re.match(r"(.*?) (=|\+=|-=) (.*)", clause).groups()
        first, second = right.split(" * ")
        (coefficient, a), = self.terms(first)
        return targets.split(", "), operator, -coefficient if operator == "-=" else coefficient, a, second


class Direct:
    """The same from U, V, W: every sum from blocks alone, every product added to all its targets."""

    def __init__(self, scheme):
        self.scheme, self.steps = scheme, []
        (m, k, n), written = scheme["shape"], set()
        for u, v, w in zip(*scheme["factors"]):
            self.steps.append(("sum", [("S0", self.terms("A", u, k))]))
            self.steps.append(("sum", [("T0", self.terms("B", v, n))]))
            clauses = []
            for coefficient, cell in self.terms("C", w, n):
                clauses.append(([cell], "+=" if cell in written else "=", coefficient, "S0", "T0"))
                written.add(cell)
            self.steps.append(("mul", clauses))

    @staticmethod
    def terms(letter, row, columns):
        return [(float(x), f"{letter}{i // columns + 1}{i % columns + 1}") for i, x in enumerate(row) if x]


def blocks(letter, matrix, rows, columns):
    height, width = matrix.shape[0] // rows, matrix.shape[1] // columns
    return {f"{letter}{i + 1}{j + 1}": matrix[i * height:(i + 1) * height, j * width:(j + 1) * width]
            for i in range(rows) for j in range(columns)}


def combine(terms, cells):
    total = 0
    for coefficient, name in terms:
        total = total + cells[name] * cells[name].dtype.type(coefficient)
    return total


def multiply(programs, a, b):
    """A·B by one explicit level for each program, NumPy's product inside."""
    if not programs:
        return a @ b
    program, (m, k, n) = programs[0], programs[0].scheme["shape"]
    if a.shape[0] % m or a.shape[1] % k or b.shape[1] % n:
        raise SystemExit(f"{a.shape[0]}x{a.shape[1]}x{b.shape[1]} does not split by {m}x{k}x{n}: choose other --sizes")
    cells = {**blocks("A", a, m, k), **blocks("B", b, k, n)}
    for kind, clauses in program.steps:
        if kind == "sum":
            values = [(cell, combine(terms, cells)) for cell, terms in clauses]
            cells.update(values)
            continue
        product = multiply(programs[1:], cells[clauses[0][3]], cells[clauses[0][4]])
        for targets, operator, coefficient, _, _ in clauses:
            part = product * product.dtype.type(coefficient)
            for target in targets:
                cells[target] = part if operator == "=" else cells[target] + part
    return np.block([[cells[f"C{i + 1}{j + 1}"] for j in range(n)] for i in range(m)])


# --------------------------------------------------------------------- schemes

def read_scheme(name):
    """Shape and factors of a built-in scheme file."""
    rows, shape, path = [], None, ROOT / "tuning" / "schemes" / f"{name}.scheme"
    if not path.exists():
        raise SystemExit(f"{name}: no such file as {path.relative_to(ROOT)}")
    for line in path.read_text().splitlines():
        fields = line.split()
        if fields[:1] == ["shape"]:
            shape = tuple(int(x) for x in fields[1:4])
        elif fields and re.fullmatch(r"p\d+", fields[0]):
            parts = " ".join(fields[1:]).strip("| ").split("|")
            rows.append([[eval_fraction(x) for x in part.split()] for part in parts])
    return {"shape": shape, "factors": [np.array([row[f] for row in rows]) for f in range(3)]}


def eval_fraction(text):
    num, _, den = text.partition("/")
    return float(num) / float(den or 1)


def variance(scheme):
    """Per block of C: variance of the products' errors that reach it, over that of the classical k products."""
    u, v, w = scheme["factors"]
    return ((w ** 2) * ((u ** 2).sum(1) * (v ** 2).sum(1))[:, None]).sum(0) / scheme["shape"][1]


def predicted(programs):
    """Largest standard deviation over that of the classical product."""
    return float(np.sqrt(np.prod([variance(program.scheme).max() for program in programs])))


# --------------------------------------------------------------------- scaling

def power_of_two(x):
    return np.exp2(np.rint(np.log2(x)))


def scaled(product, a, b):
    """diag(r)·product(A', B')·diag(s): inner index balanced, then rows of A and columns of B brought to size 1."""
    inner = power_of_two(np.sqrt(np.abs(b).max(axis=1) / np.abs(a).max(axis=0))).astype(a.dtype)
    a, b = a * inner[None, :], b / inner[:, None]
    rows, columns = power_of_two(np.abs(a).max(axis=1)).astype(a.dtype), power_of_two(np.abs(b).max(axis=0)).astype(a.dtype)
    return product(a / rows[:, None], b / columns[None, :]) * rows[:, None] * columns[None, :]


# ----------------------------------------------------------------- measurement

class Chain:
    """One line of the table."""

    def __init__(self, text, source):
        self.text = text
        self.scaled = text.startswith("scaled:")
        self.programs = [source(name) for name in text.removeprefix("scaled:").split("+")]

    def run(self, a, b):
        return scaled(self.product, a, b) if self.scaled else self.product(a, b)

    def product(self, a, b):
        return multiply(self.programs, a, b)


def draw(kind, n, dtype, seed):
    generator = np.random.default_rng(seed)
    a, b = generator.standard_normal((2, n, n)) if kind == "normal" else generator.uniform(-1, 1, (2, n, n))
    if kind == "skewed":
        a[:, :n // 2] *= 2.0 ** 10
        b[:n // 2, :] *= 2.0 ** -10
    return a.astype(dtype), b.astype(dtype)


def measure(chains, kind, n, dtype, seeds):
    """Median over seeds, for each chain, of max error ÷ max error of NumPy's product."""
    ratios = []
    for seed in range(seeds):
        a, b = draw(kind, n, dtype, seed)
        exact = reference(a, b)
        base = float(np.max(np.abs(a @ b - exact)))
        ratios.append([float(np.max(np.abs(chain.run(a, b) - exact))) / base for chain in chains])
    return np.median(np.array(ratios), axis=0)


DEFAULT_CHAINS = ("strassen,winograd,direct:winograd,accurate,strassen+strassen,winograd+strassen,winograd+winograd,"
                  "direct:winograd+direct:winograd,accurate+accurate,strassen+strassen+strassen,"
                  "winograd+strassen+strassen,winograd+winograd+winograd,accurate+accurate+accurate")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default=str(ROOT / "build/c/test_schedules"), help="command that prints programs")
    parser.add_argument("--chains", default=DEFAULT_CHAINS, help="schemes by level, outermost first; chains by comma")
    parser.add_argument("--sizes", default="1024")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--precisions", default="float64,float32")
    parser.add_argument("--kinds", default="uniform,normal", help="of uniform, normal, skewed")
    options = parser.parse_args()

    @functools.cache
    def source(name):
        if name.startswith("direct:"):
            return Direct(read_scheme(name.removeprefix("direct:")))
        try:
            shown = subprocess.run([options.programs, "--program", name], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"{name}: {getattr(error, 'stderr', '') or error}".rstrip()
                             + "; is it in tuning/schemes, and `make build/c/test_schedules` done?")
        return Program(shown.stdout, read_scheme(name))

    chains = [Chain(text, source) for text in options.chains.split(",")]
    columns = [(precision, kind, int(n)) for precision in options.precisions.split(",") for kind in options.kinds.split(",")
               for n in options.sizes.split(",")]
    results = [measure(chains, kind, n, np.dtype(precision), options.seeds) for precision, kind, n in columns]
    print("| chain | 3^L | model | " + " | ".join(" ".join(map(str, column)) for column in columns) + " |")
    print("|---" + "|---:" * (2 + len(columns)) + "|")
    for i, chain in enumerate(chains):
        cells = " | ".join(f"{result[i]:.1f}" if result[i] >= 100 else f"{result[i]:.2f}" for result in results)
        print(f"| {chain.text} | {3 ** len(chain.programs)} | {predicted(chain.programs):.2f} | {cells} |")


if __name__ == "__main__":
    main()
