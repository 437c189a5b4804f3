#!/usr/bin/env bash
# tests/npm.sh FOLDER CACHE: prints where the packages of FOLDER's package-lock.json are. npm brings just those, once, into
# CACHE, and runs nothing of them meanwhile.
set -euo pipefail
name=$(basename "$1")
command -v npm >/dev/null || { echo "$name: npm is missing. Install it, then try again." >&2; exit 1; }
tools=$2/$name-$(sha256sum <"$1/package-lock.json" | cut -c1-12)
if [ ! -d "$tools" ]; then
  tmp=$(mktemp -d "$2/tmp-$name-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  cp "$1/package.json" "$1/package-lock.json" "$tmp"
  npm ci --prefix "$tmp" --ignore-scripts --no-audit --no-fund >&2 ||
    { echo "$name: npm could not fetch it; see the lines above." >&2; exit 1; }
  mv -T "$tmp" "$tools"
fi
echo "$tools"
