#!/usr/bin/env bash
# tests/server/spectral/run.sh DOCUMENT CACHE: spectral's rules for OpenAPI on DOCUMENT; fails on errors and warnings.
# npm brings it, once, into CACHE: just what package-lock.json names, and runs nothing of it meanwhile.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
command -v npm >/dev/null || { echo 'spectral: npm is missing. Install it, then try again.' >&2; exit 1; }
tools=$2/spectral-$(sha256sum <"$here/package-lock.json" | cut -c1-12)
if [ ! -d "$tools" ]; then
  tmp=$(mktemp -d "$2/tmp-spectral-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  cp "$here/package.json" "$here/package-lock.json" "$tmp"
  npm ci --prefix "$tmp" --ignore-scripts --no-audit --no-fund >&2 ||
    { echo 'spectral: npm could not fetch it; see the lines above.' >&2; exit 1; }
  mv -T "$tmp" "$tools"
fi
"$tools/node_modules/.bin/spectral" lint --ruleset "$here/ruleset.yaml" --fail-severity warn "$1"
