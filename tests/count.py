# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the test cases of a meson testlog.json: prints "PASSED FAILED"."""
import json
import re
import sys

passed = failed = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        cases = re.findall(r"^(not )?ok\b([^\n]*)", test.get("stdout") or "", re.MULTILINE)
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
print(passed, failed)
