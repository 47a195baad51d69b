#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Checks that every file includes and imports only what lies below it (docs/architecture.md).
#   C:     base <- scheme, microkernels <- gemm <- fast <- plan <- blas
#   Swift: CStrassen <- Strassen <- StrassenLab <- StrassenCLI; hwloc and PAPI only in StrassenLab/Machine
set -eu
cd "$(dirname "$0")/.."
violations=$(mktemp)
trap 'rm -f "$violations"' EXIT

# may LAYER: the csrc folders that files of LAYER may include.
may() {
    case $1 in
    base) echo "base" ;;
    scheme | microkernels) echo "base $1" ;;
    gemm) echo "base scheme microkernels gemm" ;;
    fast) echo "base scheme microkernels gemm fast" ;;
    plan) echo "base scheme microkernels gemm fast plan" ;;
    blas) echo "base scheme microkernels gemm fast plan blas" ;;
    esac
}

for layer in base scheme microkernels gemm fast plan blas; do
    allowed=$(may "$layer" | tr ' ' '|')
    grep -rnoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]+"[^"]*/[^"]*"' "csrc/$layer" 2>/dev/null |
        grep -vE "\"($allowed)/[^/]*\"$" | sed "s/\$/   ($layer may include: $allowed)/" >>"$violations" || true
done
# A file without a folder in its name must lie in the same folder, or be the public header.
grep -rnoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]+"[^"/]*"' csrc 2>/dev/null |
    while IFS=: read -r file line text; do
        name=$(echo "$text" | sed 's/.*"\(.*\)".*/\1/')
        [ "$name" = strassen.h ] || [ -f "$(dirname "$file")/$name" ] ||
            echo "$file:$line:$text   (not in this folder: write \"folder/$name\")" >>"$violations"
    done

# imports MODULES FOLDER-PATTERN: these modules may be imported under that path only.
imports() {
    grep -rnE --include='*.swift' "^[[:space:]]*(@[_a-zA-Z]+ |public |package |internal )*import (struct |func |enum |class )?($1)([. ]|\$)" \
        Sources Tests 2>/dev/null | grep -vE "^($2)" | sed "s#\$#   (only $2 may)#" >>"$violations" || true
}
imports CStrassen 'Sources/Strassen/'
imports 'CHwloc|CPAPI' 'Sources/StrassenLab/Machine/'
imports StrassenLab 'Sources/StrassenCLI/|Tests/StrassenLabTests/'
imports ArgumentParser 'Sources/StrassenCLI/'
imports StrassenCLI 'Tests/'

if [ -s "$violations" ]; then
    echo "layers are violated:" >&2
    cat "$violations" >&2
    exit 1
fi
echo "layers: all includes and imports point downwards"
