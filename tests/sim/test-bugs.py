# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault that is put in on purpose must be found by the simulator within 2,000 seeds. TAP."""
import os
import subprocess
import sys

SIM = sys.argv[1]
BUGS = ['loser-dropped', 'half-group', 'no-idempotency', 'keys-not-carried', 'change-unnoted', 'hidden-sent',
        'scope-not-removed', 'cascade-kept', 'forgotten-not-resent', 'old-numbers-kept', 'cursor-before-commit']

for number, bug in enumerate(BUGS, 1):
    found = None
    for first in range(1, 2001, 10):
        result = subprocess.run([SIM, '--seeds', f'{first}-{first + 9}', '--steps', '300'], capture_output=True, text=True,
                                env=dict(os.environ, TORG_BUG=bug, TMPDIR='/dev/shm'))
        if result.returncode != 0:
            found = (result.stdout + result.stderr).splitlines()[0]
            break
    print(f'# {found}' if found else f'# not found in 2000 seeds')
    print(f'{"ok" if found else "not ok"} {number} - {bug}', flush=True)
print(f'1..{len(BUGS)}')
