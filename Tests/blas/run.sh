#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Gates of the shared libraries. usage: run.sh quick|full|sanitize LIB_DIR
# LIB_DIR holds libstrassen.so.0, libstrassen_blas.so and tests/ (make test-lib builds all of it and calls this).
# A gate whose suite is not installed is reported as skipped, never as passed. Exit 1 when a gate fails.
set -u
export LC_ALL=C

kind=${1:?usage: run.sh quick|full|sanitize LIB_DIR}
lib=$(cd "${2:?usage: run.sh quick|full|sanitize LIB_DIR}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
blas=$lib/libstrassen_blas.so
system=/usr/lib/$(uname -m)-linux-gnu
python=${PYTHON:-/usr/bin/python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
unset LD_PRELOAD ${!STRASSEN_@}
failed=0

# gate NAME COMMAND…: runs it; shows its output only if it fails.
gate() {
    local name=$1 start=$SECONDS
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok    $name ($((SECONDS - start)) s)"
    else
        echo "FAIL  $name ($((SECONDS - start)) s)"
        tail -n 25 "$scratch/log" | sed 's/^/      /'
        failed=1
    fi
}

skip() { echo "skip  $1: $2"; }

exports() { nm -D --defined-only "$1" | awk '{ print $3 }' | sort; }
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }

blas_exports_exactly() { diff "$here/exports.txt" <(exports "$blas"); }
# What the header declares, no more and no less.
engine_exports_header() {
    diff <(clang -E -P "$root/csrc/include/strassen.h" | tr -d '\n' | grep -oE '__attribute__\(\(visibility\("default"\)\)\)[^;(]*\(' |
        grep -oE 'strassen_[a-z0-9_]+\($' | tr -d '(' | sort) <(exports "$lib/libstrassen.so.0")
}
needs_only() {
    local name extra
    extra=$(needed "$1" | tr ' ' '\n' | grep -vE "^(${2})?$" || true)
    [ -z "$extra" ] || { echo "$1 also needs: $extra"; return 1; }
}

# As a user builds: installed under a prefix of its own, found by pkg-config.
installed_example() {
    make -s -C "$root" install-lib LIB_DIR="$lib" PREFIX="$scratch/prefix" &&
        "${CC:-cc}" -std=c17 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L "$root/examples/gemm.c" \
            $(PKG_CONFIG_PATH=$scratch/prefix/lib/pkgconfig pkg-config --cflags --libs strassen) -o gemm &&
        LD_LIBRARY_PATH=$scratch/prefix/lib ./gemm 300 2
}

# netlib ROUTINE: the verdict is in a file that the program writes.
netlib_fortran() {
    LD_PRELOAD=$blas "$system/blas/xblat3$1" <"$system/blas/${1}blat3.in" && cat "${1}blat3.out" &&
        grep -q 'GEMM  PASSED THE COMPUTATIONAL' "${1}blat3.out" && ! grep -qE 'FAIL|SUSPECT|FATAL' "${1}blat3.out"
}
netlib_cblas() {
    LD_LIBRARY_PATH=$system/blas LD_PRELOAD=$blas "$system/blas/x${1}cblat3" <"$system/blas/${1}in3" >cblas.out 2>&1
    cat cblas.out
    grep -qE 'gemm +PASSED THE TESTS OF ERROR-EXITS' cblas.out && grep -qE 'gemm +PASSED THE ROW-MAJOR' cblas.out &&
        ! grep -qE 'FAIL|SUSPECT|FATAL|XERBLA WAS' cblas.out
}
lapack() {
    LD_LIBRARY_PATH=$system/lapack LD_PRELOAD=$blas "$system/lapack/xlint$1" <"$system/lapack/$2" >lapack.out 2>&1
    cat lapack.out
    grep -q 'passed the' lapack.out && ! grep -qE 'failed|error' lapack.out
}
numpy_tests() { LD_PRELOAD=$blas "$python" -m pytest -q -p no:cacheprovider "$@"; }

# Nonsense in every variable: a warning for each, once, and the right product.
warns_once() {
    env STRASSEN_NUM_THREADS=0 STRASSEN_POLICY=maybe STRASSEN_MAX_LEVELS=99 STRASSEN_CUTOFF=x STRASSEN_SCHEME=/ \
        STRASSEN_PROFILE=/nonexistent STRASSEN_CORETYPE=vax STRASSEN_VERBOSE=yes \
        "$lib/tests/gemm_properties" 50 20 0 >warnings 2>&1 || { cat warnings; return 1; }
    cat warnings
    local name
    for name in NUM_THREADS POLICY MAX_LEVELS CUTOFF SCHEME PROFILE CORETYPE VERBOSE; do
        [ "$(grep -c "^strassen: STRASSEN_$name=" warnings)" = 1 ] || { echo "STRASSEN_$name: not one warning"; return 1; }
    done
}
# profile_text MACHINE VERSION: a profile that could be used.
profile_text() {
    printf 'strassen-profile 1\nmachine %s\nlibrary %s\ncaches 32768 524288 8388608\n' "$1" "$2"
    printf 'blocking %s kernel auto mc 96 kc 256 nc 1026\n' float32 float64
}
# refused PATTERN: STRASSEN_PROFILE=one.profile gives one warning with PATTERN, and the right product.
refused() {
    STRASSEN_PROFILE=one.profile "$lib/tests/gemm_properties" 20 20 0 >warnings 2>&1 || { cat warnings; return 1; }
    cat warnings
    [ "$(grep -c '^strassen: ' warnings)" = 1 ] && grep -q "$1" warnings
}
# Another machine's profile, then this machine's of another version, then one that fits.
foreign_profiles() {
    profile_text 'Other CPU; 1 2 3; avx2' 9.9.9 >one.profile
    refused 'made on another machine' || return 1
    local machine version
    machine=$(sed -n 's/.*not "\(.*\)").*/\1/p' warnings)
    profile_text "$machine" 9.9.9 >one.profile
    refused 'measured by version 9.9.9' || return 1
    version=$(sed -n 's/.*this is \([^;]*\);.*/\1/p' warnings)
    profile_text "$machine" "$version" >one.profile
    STRASSEN_PROFILE=one.profile "$lib/tests/gemm_properties" 20 20 0 2>warnings && [ ! -s warnings ]
}
# A profile of this machine (after foreign_profiles) by which levels cost nothing: auto takes them from the smallest sizes on.
eager_profile() {
    cp one.profile eager.profile
    local precision
    for precision in float32 float64; do
        printf 'tuning %s threads 1 cutoff 16 explicit 16 fma 1.0 pack1 0.0 pack2 0.0 pack4 0.0 pack8 0.0 update 0.0 sum 0.0 leaf 0.0 far 0.0\n' $precision
    done >>eager.profile
}
# Strassen's scheme with U a million times larger, W as much smaller: proved, and its sums overflow long before others do.
large_scheme() {
    awk -F'|' '/^p[0-9]/ {
        n = split($1, u, " "); line = u[1] " |"
        split($2, first, " "); split($3, second, " "); split($4, third, " ")
        for (i = 1; i <= 4; i++) line = line " " first[i] * 1000000
        line = line " |"; for (i = 1; i <= 4; i++) line = line " " second[i]
        line = line " |"; for (i = 1; i <= 4; i++) line = line " " (third[i] == 0 ? 0 : third[i] "/1000000")
        print line; next } { print }' "$root/tuning/schemes/strassen.scheme" >large.scheme
}
# With the eager profile, VARIABLE=VALUE…: levels are taken, and only where the data allow it.
guarded() {
    eager_profile && large_scheme && with_levels STRASSEN_PROFILE="$PWD/eager.profile" STRASSEN_NUM_THREADS=1 "$@" &&
        env STRASSEN_PROFILE="$PWD/eager.profile" STRASSEN_NUM_THREADS=1 "$@" LD_PRELOAD="$blas" \
            "$python" -m pytest -q -p no:cacheprovider "$here/test_numpy.py" -k "${chosen:-nan or huge}"
}
# One fused level, which the values of C alone forbid.
guarded_by_c() { local chosen=of_c; guarded STRASSEN_MAX_LEVELS=1; }
# verbose VARIABLE=VALUE…: the lines that STRASSEN_VERBOSE prints about some calls, the larger with 10 threads' work.
verbose() { env STRASSEN_VERBOSE=1 "$@" "$lib/tests/gemm_properties" 800 300 3 2>&1 >/dev/null | tee lines; }
# VARIABLE=VALUE… EXPECTED: the most threads that a call uses.
threads_are() {
    verbose STRASSEN_POLICY=off "${@:1:$#-1}" >/dev/null
    sort -u lines
    [ "$(sed -n 's/.* threads=\([0-9]*\) .*/\1/p' lines | sort -n | tail -1)" = "${*: -1}" ]
}
one_cpu() { taskset -c "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')" "$@"; }
# VARIABLE=VALUE…: no call uses a fast level, respectively at least one does.
without_levels() { verbose "$@" >/dev/null; grep -q 'levels=0' lines && ! grep 'levels=[1-9]' lines; }
uses_scheme() { with_levels "${@:2}" STRASSEN_SCHEME="$1" && grep -q "scheme=$1" lines; }
with_levels() { verbose "$@" >/dev/null; grep -q 'levels=[1-9]' lines; }

inside_openmp() {
    gcc -std=c17 -O2 -Wall -Wextra -fopenmp "$here/openmp.c" -o openmp -L"$lib" -lstrassen_blas -Wl,-rpath,"$lib" &&
        STRASSEN_NUM_THREADS=3 ./openmp && STRASSEN_NUM_THREADS=3 STRASSEN_POLICY=force STRASSEN_CUTOFF=64 ./openmp
}

properties() { "$lib/tests/gemm_properties" "$@"; }
force() { STRASSEN_POLICY=force STRASSEN_CUTOFF=$1 STRASSEN_MAX_LEVELS=$2 "${@:3}"; }

quick() {
    gate "libstrassen_blas exports its names only" blas_exports_exactly
    gate "libstrassen exports strassen.h only" engine_exports_header
    gate "libstrassen needs libc, libm, pthread only" needs_only "$lib/libstrassen.so.0" 'libc\.so\.6|libm\.so\.6|libpthread\.so\.0'
    gate "libstrassen_blas needs those and a BLAS" needs_only "$blas" 'libc\.so\.6|libm\.so\.6|libpthread\.so\.0|ld-linux.*\.so\.[0-9]|lib.*blas.*\.so\.[0-9]'
    gate "the C example, built against an installed library" installed_example
    gate "error exits" "$lib/tests/error_exits"
    gate "properties, classical, non-finite data" env STRASSEN_POLICY=off "$lib/tests/gemm_properties" 9000 120 0 1 nonfinite
    gate "properties, auto" properties 3000 150 4 2
    gate "properties, auto, cutoff 16, non-finite data" env STRASSEN_CUTOFF=16 "$lib/tests/gemm_properties" 4000 120 4 3 nonfinite
    gate "properties, force, cutoff 8" force 8 3 "$lib/tests/gemm_properties" 6000 100 3 4
    gate "properties, force, portable kernels" env STRASSEN_CORETYPE=portable STRASSEN_POLICY=force STRASSEN_CUTOFF=16 \
        STRASSEN_MAX_LEVELS=2 "$lib/tests/gemm_properties" 3000 90 2 5
    gate "properties, 3 threads" env STRASSEN_NUM_THREADS=3 STRASSEN_CUTOFF=32 STRASSEN_POLICY=force STRASSEN_MAX_LEVELS=2 \
        "$lib/tests/gemm_properties" 400 260 2 6
    gate "properties under AddressSanitizer and UBSan" force 8 3 env STRASSEN_NUM_THREADS=2 "$lib/tests/gemm_properties_sanitized" 2000 70 3 7
    gate "16 threads at once, and forks" env STRASSEN_NUM_THREADS=4 "$lib/tests/concurrency"
    gate "16 threads at once, and forks, forced" force 32 2 env STRASSEN_NUM_THREADS=4 "$lib/tests/concurrency"
    gate "without memory for a workspace" env STRASSEN_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 timeout 60 "$lib/tests/no_memory"
    if echo '#include <omp.h>' | gcc -fopenmp -fsyntax-only -x c - 2>/dev/null; then
        gate "inside OpenMP" inside_openmp
    else
        skip "inside OpenMP" "no gcc with OpenMP"
    fi
    gate "nonsense in the environment" warns_once
    gate "profiles of others" foreign_profiles
    gate "STRASSEN_POLICY=off" without_levels STRASSEN_POLICY=off STRASSEN_CUTOFF=8
    gate "STRASSEN_MAX_LEVELS=0" without_levels STRASSEN_POLICY=force STRASSEN_CUTOFF=8 STRASSEN_MAX_LEVELS=0
    gate "STRASSEN_CUTOFF above the size" without_levels STRASSEN_POLICY=force STRASSEN_CUTOFF=1000
    gate "STRASSEN_POLICY=force" with_levels STRASSEN_POLICY=force STRASSEN_CUTOFF=8 STRASSEN_MAX_LEVELS=2
    gate "STRASSEN_SCHEME by name" uses_scheme winograd STRASSEN_POLICY=force STRASSEN_CUTOFF=8 STRASSEN_MAX_LEVELS=2
    gate "STRASSEN_NUM_THREADS first" threads_are STRASSEN_NUM_THREADS=3 OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=5 3
    gate "OPENBLAS_NUM_THREADS next" threads_are OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=5 2
    gate "OMP_NUM_THREADS next" threads_are OMP_NUM_THREADS=4,2 4
    gate "affinity mask last" one_cpu "$here/run.sh" threads "$lib"
    if "$python" -c 'import numpy, pytest, hypothesis' 2>/dev/null; then
        gate "NumPy" numpy_tests "$here/test_numpy.py"
        gate "NumPy, force, cutoff 8" force 8 3 numpy_tests "$here/test_numpy.py"
        gate "data that forbid levels" guarded STRASSEN_MAX_LEVELS=2
        gate "values of C that forbid a fused level" guarded_by_c
        gate "data that forbid a scheme's levels" guarded STRASSEN_SCHEME=large.scheme STRASSEN_MAX_LEVELS=1
        gate "numpy.linalg's own tests" numpy_tests --pyargs numpy.linalg
    else
        skip "NumPy" "python3-numpy, python3-pytest or python3-hypothesis is missing"
    fi
    if [ -x "$system/blas/xblat3d" ]; then
        for letter in s d; do
            gate "netlib xblat3$letter" netlib_fortran $letter
            gate "netlib x${letter}cblat3" netlib_cblas $letter
        done
    else
        skip "netlib's BLAS tests" "libblas-test is missing"
    fi
}

sanitized() {
    export TSAN_OPTIONS=die_after_fork=0:halt_on_error=1
    local policy
    for policy in auto force; do
        gate "16 threads at once under ThreadSanitizer, $policy" env STRASSEN_POLICY=$policy STRASSEN_CUTOFF=64 \
            STRASSEN_MAX_LEVELS=2 STRASSEN_NUM_THREADS=4 "$lib/tests/concurrency_raced"
        gate "properties under ThreadSanitizer, $policy" env STRASSEN_POLICY=$policy STRASSEN_CUTOFF=32 \
            STRASSEN_MAX_LEVELS=2 STRASSEN_NUM_THREADS=3 "$lib/tests/gemm_properties_raced" 120 260 2 21
        gate "properties under AddressSanitizer and UBSan, $policy" env STRASSEN_POLICY=$policy STRASSEN_CUTOFF=8 \
            STRASSEN_MAX_LEVELS=3 STRASSEN_NUM_THREADS=2 "$lib/tests/gemm_properties_sanitized" 3000 90 3 22
    done
    gate "16 threads at once under AddressSanitizer" env STRASSEN_NUM_THREADS=4 "$lib/tests/concurrency_sanitized"
}

full() {
    gate "properties, force, long" force 16 4 "$lib/tests/gemm_properties" 20000 300 4 11
    gate "properties, auto, large" properties 60 1500 4 12
    if [ -x "$system/lapack/xlintstd" ]; then
        gate "LAPACK xlintstd" lapack std dtest.in
        gate "LAPACK xlintstd, force, cutoff 32" force 32 8 lapack std dtest.in
        gate "LAPACK xlintsts, force, cutoff 32" force 32 8 lapack sts stest.in
    else
        skip "LAPACK's tests" "liblapack-test is missing"
    fi
    if "$python" -c 'import scipy, pytest' 2>/dev/null; then
        gate "scipy.linalg's own tests" numpy_tests --pyargs scipy.linalg -m 'not slow'
    else
        skip "scipy.linalg's own tests" "python3-scipy is missing"
    fi
}

case $kind in
quick) quick ;;
full) quick && full ;;
sanitize) sanitized ;;
threads) threads_are 1 || failed=1 ;;
*) echo "usage: run.sh quick|full|sanitize LIB_DIR" >&2; exit 64 ;;
esac
exit $failed
