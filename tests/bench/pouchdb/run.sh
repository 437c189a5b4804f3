#!/usr/bin/env bash
# tests/bench/pouchdb/run.sh DOCUMENTS CACHE: a first replication of DOCUMENTS, one as JSON a line, from pouchdb-server to
# pouchdb, over loopback; prints its figures as JSON.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tools=$("$here/../../npm.sh" "$here" "$2")
NODE_PATH=$tools/node_modules node "$here/replicate.js" "$1" "$tools"
