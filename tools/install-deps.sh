#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs the Debian packages that are missing, and nothing when none is.
#   tools/install-deps.sh run|test
# run: to build and run the program; test: also what the tests use.
set -eu

run="libopenblas-dev liblapacke-dev libhwloc-dev libpapi-dev libzip-dev zlib1g-dev pkg-config gnuplot-nox"
test="valgrind python3-numpy python3-pytest python3-hypothesis libblas-test liblapack-test"

case ${1:-run} in
run) wanted=$run ;;
test) wanted="$run $test" ;;
*) echo "usage: tools/install-deps.sh run|test" >&2; exit 64 ;;
esac

if ! command -v swift >/dev/null 2>&1; then
    echo "swift is not on the PATH: install Swift 6.3 (https://www.swift.org/install/linux/) and try again" >&2
    exit 69
fi

missing=""
for package in $wanted; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
    "install ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "apt-get is not here: install by hand what matches these Debian packages:$missing" >&2
    exit 69
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "neither root nor sudo: ask for these packages:$missing" >&2
        exit 69
    }
    as_root=sudo
fi
echo "installing:$missing" >&2
$as_root apt-get update -q >&2
# shellcheck disable=SC2086 # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing >&2
