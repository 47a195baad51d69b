#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The manual page and the shells' completions of a built program:
#   tools/build-manual.sh PROGRAM FOLDER
# FOLDER gets the layout of a prefix's share: man/man1, bash-completion, zsh, fish.
set -eu
[ $# -eq 2 ] || { echo "usage: tools/build-manual.sh PROGRAM FOLDER" >&2; exit 64; }
program=$1 share=$2

completions() { # SHELL FILE
    mkdir -p "$(dirname "$2")"
    "$program" --generate-completion-script "$1" >"$2"
}
completions bash "$share/bash-completion/completions/strassen"
completions zsh "$share/zsh/site-functions/_strassen"
completions fish "$share/fish/vendor_completions.d/strassen.fish"

if ! command -v python3 >/dev/null 2>&1; then
    echo "no python3: strassen.1 is left out" >&2
    exit 0
fi
mkdir -p "$share/man/man1"
"$program" --experimental-dump-help | "$(dirname "$0")/manual.py" "$("$program" --version)" >"$share/man/man1/strassen.1"
