#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [TARGET…]: fuzzes each target for SECONDS, starting from its kept corpus; 0 only builds. One
# line a target; fails on a crash, whose input stays in _run/fuzz-found. Builds with clang in _run/fuzz-build, in the build
# environment.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [TARGET…]}
[ -n "${TORG_INSIDE:-}" ] || exec "$top/dev" shell "$top/tests/fuzz/run.sh" "$@"
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(csv date incoming number phone request requisite requisite-card vcard wire)

build=$top/_run/fuzz-build
found=$top/_run/fuzz-found
mkdir -p "$found"
if [ ! -e "$build/build.ninja" ]; then
  CC=clang meson setup "$build" "$top" -Dfuzz=true -Dapp=false -Dbuildtype=debugoptimized -Db_lundef=false \
    -Db_sanitize=address,undefined -Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined' >"$found/build.log" 2>&1 ||
    { tail -n 20 "$found/build.log" >&2; exit 1; }
fi
ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz-}" >"$found/build.log" 2>&1 || { tail -n 30 "$found/build.log" >&2; exit 1; }
[ "$seconds" != 0 ] || exit 0

fuzz() { # TARGET
  local target=$1 log=$found/$1.log new status=0
  # What is new goes to a folder of its own; the kept corpus is only read.
  new=$(mktemp -d)
  if "$build/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" "$new" "$top/tests/fuzz/corpus/$target" >"$log" 2>&1; then
    printf '%-14s ok, %s runs, %s new inputs\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(find "$new" -type f | wc -l)"
  else
    printf '%-14s FAILED: %s (log: %s)\n' "$target" "$(grep -m1 -E 'ERROR:|runtime error|does not hold' "$log")" "$log"
    status=1
  fi
  [ -z "${TORG_FUZZ_KEEP:-}" ] || { mkdir -p "$TORG_FUZZ_KEEP/$target"; cp -n "$new"/* "$TORG_FUZZ_KEEP/$target/" 2>/dev/null || true; }
  rm -rf "$new"
  return $status
}

# As many at a time as there are cores.
status=0 running=0
for target in "${targets[@]}"; do
  if [ "$running" -ge "$(nproc)" ]; then
    wait -n || status=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n || status=1
  running=$((running - 1))
done
exit $status
