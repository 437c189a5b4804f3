#!/usr/bin/env bash
# tests/server/spectral/run.sh DOCUMENT CACHE: spectral's rules for OpenAPI on DOCUMENT; fails on errors and warnings.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tools=$("$here/../../npm.sh" "$here" "$2")
"$tools/node_modules/.bin/spectral" lint --ruleset "$here/ruleset.yaml" --fail-severity warn "$1"
