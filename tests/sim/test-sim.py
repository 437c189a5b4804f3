# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the simulator over its kept seeds and over many others, on all cores; the same seed must give the same trace. TAP."""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SIM = sys.argv[1]
LONG = os.environ.get('TORG_TEST_AMOUNT') == 'long'
STEPS = 500
SEEDS = 1200 if LONG else 300
# Each of these once showed a fault, when only so much could go wrong.
# (In the world of seed 1 the server's numbers are those that its first content was made with.)
NETWORK = 'drop,lost,duplicate,late,cut,crash,skew,rights,restore,copy'
ALL = NETWORK + ',write,full,token,old,step,import,alone,tag,expire'
KEPT = [(1, NETWORK), (49, NETWORK), (51, NETWORK), (55, NETWORK), (404, NETWORK), (1171, NETWORK), (1884, NETWORK),
        (68, 'restore,drop,lost'), (4, 'alone,step'), (1109, ALL), (203, ALL), *((seed, ALL + ',rot') for seed in range(2, 6))]
number = 0


def report(ok, name, text=''):
    global number
    number += 1
    for line in text.splitlines():
        print(f'# {line}')
    print(f'{"ok" if ok else "not ok"} {number} - {name}', flush=True)


def run(*arguments):
    # What disks do is tested elsewhere; in memory it is quicker.
    env = dict(os.environ, TMPDIR='/dev/shm') if os.access('/dev/shm', os.W_OK) else None
    return subprocess.run([SIM, *map(str, arguments)], capture_output=True, text=True, env=env)


def run_range(bounds):
    return run('--seeds', f'{bounds[0]}-{bounds[1]}', '--steps', STEPS)


for seed, faults in KEPT:
    result = run('--seeds', seed, '--steps', STEPS, '--faults', faults)
    report(result.returncode == 0, f'kept seed {seed} with {faults}', result.stdout + result.stderr)

one, two = (run('--seeds', 7, '--steps', 200, '--trace').stdout for _ in range(2))
report('trace ' in one and one == two, 'the same seed gives the same trace')

piece = 25
first = 1000
pieces = [(start, min(start + piece, first + SEEDS) - 1) for start in range(first, first + SEEDS, piece)]
with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
    results = list(pool.map(run_range, pieces))
for (start, end), result in zip(pieces, results):
    report(result.returncode == 0, f'seeds {start} to {end}', result.stdout + result.stderr if result.returncode else '')
print(f'1..{number}')
