# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the test cases of a meson testlog.json: prints "PASSED FAILED", then what failed and its last words."""
import json
import re
import sys

WORDS = 25  # lines of each stream

passed = failed = 0
told = []
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        output = test.get("stdout") or ""
        cases = re.findall(r"^(not )?ok\b([^\n]*)", output, re.MULTILINE)
        counted = [bad for bad, rest in cases if "# skip" not in rest.lower()]
        good = sum(1 for bad in counted if not bad)
        bad = len(counted) - good
        ok = test["result"] in ("OK", "SKIP", "EXPECTEDFAIL")
        if not cases:
            good, bad = (1, 0) if ok else (0, 1)
        elif not ok and bad == 0:
            bad = 1
        passed += good
        failed += bad
        if bad:
            told.append(f"FAILED {test['name']} ({test['result']}, {test.get('duration', 0):.0f} s)")
            told += [f"  not ok{rest}" for bad, rest in cases if bad]
            for stream in (output, test.get("stderr") or ""):
                told += [f"  | {words}" for words in stream.splitlines()[-WORDS:]]
print(passed, failed)
print("\n".join(told))
