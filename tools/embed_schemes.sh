#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Writes csrc/scheme/builtin_data.c from tuning/schemes/*.scheme: the files are the source, the C file a copy.
# Usage: tools/embed_schemes.sh           rewrites the C file
#        tools/embed_schemes.sh --check   exits 1 when the C file is out of date
set -eu
cd "$(dirname "$0")/.."
target=csrc/scheme/builtin_data.c

emit() {
    echo '// SPDX-License-Identifier: AGPL-3.0-or-later'
    echo '// Written by tools/embed_schemes.sh from tuning/schemes; do not edit.'
    echo '#include "scheme/scheme.h"'
    echo
    echo 'const scheme_builtin_entry scheme_builtin_entries[] = {'
    for file in $(ls tuning/schemes/*.scheme | LC_ALL=C sort); do
        name=$(sed -n 's/^name //p' "$file")
        test "$name" = "$(basename "$file" .scheme)" || { echo "$file: its name line says \"$name\"" >&2; exit 65; }
        echo "    {\"$name\","
        sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/     "/' -e 's/$/\\n"/' "$file"
        echo '    },'
    done
    echo '};'
    echo
    echo 'const int scheme_builtin_entry_count = (int)(sizeof scheme_builtin_entries / sizeof scheme_builtin_entries[0]);'
}

emit >"$target.new"
if [ "${1:-}" = --check ]; then
    if cmp -s "$target.new" "$target"; then rm "$target.new"; exit 0; fi
    rm "$target.new"
    echo "$target is out of date: run tools/embed_schemes.sh" >&2
    exit 1
fi
mv "$target.new" "$target"
