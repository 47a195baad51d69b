#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The API of the Swift module Strassen as HTML, and the program's shell completions, from what `make build` built:
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
for shell in bash zsh fish; do
    "$built/strassen" --generate-completion-script "$shell" >"$1/strassen.$shell"
done
echo "wrote $1/api/index.html and completions for bash, zsh and fish beside it"
