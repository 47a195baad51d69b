#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`strassen profile` with counters, on any machine: a stand-in for PAPI (fake_papi.c) counts.

    test_counters.py STRASSEN FOLDER        FOLDER holds the stand-in as libpapi.so.7.0
"""
import json
import os
import subprocess
import sys
import tempfile

strassen, folder = map(os.path.abspath, sys.argv[1:])
EVENTS = {"cycles": "PAPI_TOT_CYC", "instructions": "PAPI_TOT_INS", "l1_misses": "PAPI_L1_DCM",
          "l2_misses": "PAPI_L2_TCM", "l3_misses": "perf::LLC-LOAD-MISSES", "double_operations": "PAPI_DP_OPS"}
# Of events that are counted in one run: their factors in fake_papi.c.
RATIOS = [("instructions", "cycles", 2), ("cycles", "l1_misses", 3), ("double_operations", "l2_misses", 6)]


def profile(*arguments, **variables):
    """Runs it; its result, and what the stand-in had to say against it."""
    with tempfile.TemporaryDirectory() as scratch:
        log = os.path.join(scratch, "log")
        environment = dict(os.environ, LD_LIBRARY_PATH=folder, FAKE_PAPI_LOG=log, **variables)
        done = subprocess.run([strassen, "profile", *arguments], cwd=scratch, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done, open(log).read() if os.path.exists(log) else ""


def check_counts(report):
    assert report["source"] == "measured", report["source"]
    for run in report["runs"]:
        for phase in run["phases"]:
            counters, name = phase["counters"], (run["kernel"], run["levels"], phase["phase"])
            if phase["phase"] == "other":
                continue
            assert set(counters) == set(EVENTS), (name, counters)  # never a zero for what is missing
            assert all(count > 0 for count in counters.values()), (name, counters)
            for more, less, ratio in RATIOS:
                assert abs(counters[more] / counters[less] - ratio) < 1e-6, (name, more, less, counters)


def test(threads, *arguments, passes):
    done, complaints = profile("--kernel", "turbo", "--levels", "1", "--size", "512", "--repeats", "2", "--threads",
                               str(threads), "--json", *arguments)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    counters = report["counters"]
    assert counters["library"] == "PAPI 7.0" and counters["events"] == EVENTS, counters
    assert counters["passes"] == passes, counters
    assert report["multiplexed"] == ("--multiplex" in arguments)
    check_counts(report)
    assert complaints == "", complaints
    print(f"ok    counters on {threads} threads, {passes} runs", *arguments)


def test_text():
    done, complaints = profile("--kernel", "classical", "--size", "192", "--repeats", "1")
    assert done.returncode == 0 and complaints == "", (done.stderr, complaints)
    for text in ["PAPI_TOT_CYC", "L3 misses", "/kflop", "tlb_misses: no event counts it"]:
        assert text in done.stdout, (text, done.stdout)
    print("ok    counters in the table, and why one is missing")


def test_refused():
    done, complaints = profile("--size", "64", "--repeats", "1", "--counters", "required", FAKE_PAPI_REFUSE="1")
    assert done.returncode == 69 and not done.stdout and "--simulate" in done.stderr, done
    assert complaints == "", complaints
    print("ok    refused counters end with 69 where they are required")


test(1, passes=2)
test(2, passes=2)
test(2, "--multiplex", passes=1)
test_text()
test_refused()
