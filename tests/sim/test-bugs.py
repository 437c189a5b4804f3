# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault that is put in on purpose must be found by the simulator within 2,000 seeds, by what does not hold then: a
program that dies or cannot start finds nothing. Without one, the same program finds nothing wrong. TAP."""
import os
import re
import subprocess
import sys

SIM = sys.argv[1]
# Of each bug, what the simulator may say of it.
LACKS = r'client \d lacks '
HAS = r'client \d has .*which it must not see'
DIFFERS = r'client \d has\n.*\ninstead of\n'
HALF = r'client \d: half of a group is visible'
WRONG = 'a replica was not what its server has'
BUGS = {
    'loser-dropped': [r'the edit \S+ of client \d (\w+ )?left no (trace|difference)'],
    'loser-empty': [r'the edit \S+ of client \d (\w+ )?is not what a difference proposes'],
    'line-wrong': [r'the edit \S+ of client \d (\w+ )?is not what a line of history tells'],
    'creation-cut': [r'the edit \S+ of client \d \w+ left no trace'],
    'half-group': ['half of a group was taken'],
    'no-idempotency': [r'client \d cannot sync', 'the server’s numbers|the server.s numbers', r'is lost', 'left no trace',
                       'an edit took effect twice', DIFFERS, LACKS],
    'keys-not-carried': [HAS, LACKS, HALF, WRONG, r'refers to the \w+ \S+, which is not here'],
    'change-unnoted': [LACKS, DIFFERS, HALF, WRONG],
    'hidden-sent': [r'client \d sees the hidden field', DIFFERS, WRONG],
    'scope-not-removed': [HAS, WRONG],
    'cascade-kept': [DIFFERS, HAS, LACKS, r'client \d has unsent edits left', r'client \d keeps shadows', WRONG],
    'forgotten-not-resent': [r'the edit \S+ of client \d is lost', r'that client \d was connected with is lost'],
    'old-numbers-kept': [DIFFERS, LACKS, HAS, WRONG, HALF],
    'cursor-before-commit': [LACKS, DIFFERS, HAS, WRONG, HALF],
    'hidden-kept': [r'client \d keeps the field \S+ of the \w+ \S+ in \w+, which it must not see',
                    r'client \d has history of the hidden field'],
    'log-kept': [r'client \d has the .* in its (file|journal), .*, which it must not see'],
    'write-unseen': [r'client \d: the field city of the \w+ \S+ is not what was written'],
    'half-answer': [HALF],
    'shut-out-heard': ['a device that was shut out is answered'],
    'page-end-skipped': [LACKS, HALF, WRONG, DIFFERS, r'refers to the \w+ \S+, which is not here'],
    'difference-goes-on': [LACKS, HAS, HALF, WRONG, DIFFERS, r'client \d keeps the field \S+ of the \w+ \S+ in \w+'],
}
FAILS = re.compile(r'^seed (\d+) fails: (.*?)(?=^seed \d+ fails: |^\d+ seeds, \d+ failed$|\Z)', re.MULTILINE | re.DOTALL)


def run(seeds, steps, bug=None):
    env = {name: value for name, value in os.environ.items() if name != 'TORG_BUG'}
    if bug is not None:
        env['TORG_BUG'] = bug
    return subprocess.run([SIM, '--seeds', seeds, '--steps', str(steps)], capture_output=True, text=True,
                          env=dict(env, TMPDIR='/dev/shm'))


def find(bug, expected):
    """The first problem that is the bug's; what else there was."""
    other = None
    for first in range(1, 2001, 10):
        result = run(f'{first}-{first + 9}', 300, bug)
        for seed, problem in FAILS.findall(result.stdout):
            if any(re.search(pattern, problem) for pattern in expected):
                return f'seed {seed}: {problem.strip()}', other
            other = f'seed {seed}: {problem.strip()}'
        if result.returncode not in (0, 1):
            return None, f'seeds from {first} on: it ended with {result.returncode}: {result.stderr.strip()[-300:]}'
    return None, other


clean = run('1-20', 300)
if clean.returncode != 0:
    for line in (clean.stdout + clean.stderr).splitlines():
        print(f'# {line}')
print(f'{"ok" if clean.returncode == 0 else "not ok"} 1 - without a bug nothing is found', flush=True)
for number, (bug, expected) in enumerate(BUGS.items(), 2):
    found, other = find(bug, expected)
    for line in (found or f'not found in 2000 seeds; last of all: {other}').splitlines():
        print(f'# {line}')
    print(f'{"ok" if found else "not ok"} {number} - {bug}', flush=True)
print(f'1..{len(BUGS) + 1}')
