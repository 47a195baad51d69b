#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Fetches other people's BLAS libraries as measured peers, none of which the program needs or ships:
#   tools/fetch-peers.sh [openblas] [mkl] [blis]      (default: all three)
# into build/peers/NAME, and prints the --against options for `strassen bench`.
set -eu
cd "$(dirname "$0")/.."
peers=build/peers
[ $# -gt 0 ] || set -- openblas mkl blis

# wheels NAME PACKAGE…: the shared libraries of PyPI wheels, side by side in one folder.
wheels() {
    name=$1
    shift
    [ -d "$peers/$name" ] && return 0
    download=$(mktemp -d)
    python3 -m pip download -q --disable-pip-version-check --only-binary :all: -d "$download" "$@" >&2
    mkdir -p "$peers/$name.new"
    for wheel in "$download"/*.whl; do python3 -m zipfile -e "$wheel" "$download/unpacked"; done
    find "$download/unpacked" -name '*.so*' -type f -exec mv -f {} "$peers/$name.new/" \;
    rm -r "$download"
    mv "$peers/$name.new" "$peers/$name"
}

for peer; do
    case $peer in
    openblas)
        wheels openblas scipy-openblas32
        library=$(find "$peers/openblas" -name 'libscipy_openblas*.so' | head -n 1)
        ;;
    mkl)
        wheels mkl mkl
        library=$(find "$peers/mkl" -name 'libmkl_rt.so*' | head -n 1)
        ;;
    blis)
        package=libblis4-pthread
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || {
            as_root=""
            [ "$(id -u)" -eq 0 ] || as_root=sudo
            $as_root apt-get install -qy --no-install-recommends "$package" >&2
        }
        library=$(dpkg-query -L "$package" | grep '/libblis\.so\.[0-9]*$' | head -n 1)
        ;;
    *) echo "usage: tools/fetch-peers.sh [openblas] [mkl] [blis]" >&2; exit 64 ;;
    esac
    [ -n "$library" ] || { echo "$peer: no library was found in what was fetched" >&2; exit 69; }
    printf -- '--against %s ' "$library"
done
echo
