#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The API of the Swift module Strassen as HTML, the program's manual page and completions, from what `make build` built:
#   tools/build-docs.sh FOLDER
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: tools/build-docs.sh FOLDER" >&2; exit 64; }
tools=$(dirname "$(realpath "$(command -v swift)")")
built=.build/release
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT

[ -x "$tools/docc" ] || { echo "this Swift toolchain has no docc" >&2; exit 69; }
"$tools/swift-symbolgraph-extract" -module-name Strassen -minimum-access-level public -I "$built/Modules" -I csrc/include \
    -Xcc "-fmodule-map-file=$built/CStrassen.build/module.modulemap" -target "$(uname -m)-unknown-linux-gnu" -output-dir "$graphs"
mkdir -p "$1"
"$tools/docc" convert --additional-symbol-graph-dir "$graphs" --fallback-display-name Strassen \
    --fallback-bundle-identifier strassen --transform-for-static-hosting --output-path "$1/api"
tools/build-manual.sh "$built/strassen" "$1/share"
echo "wrote $1/api/index.html, and the manual page and completions under $1/share"
