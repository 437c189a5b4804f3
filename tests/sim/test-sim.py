# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the simulator over its kept seeds and over many others, on all cores; the same seed must give the same trace. TAP."""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SIM = sys.argv[1]
LONG = os.environ.get('TORG_TEST_AMOUNT') == 'long'
# Under a sanitizer it takes six times as long; what it looks for shows in any seed.
FEWER = os.environ.get('TORG_TEST_AMOUNT') == 'sanitized'
STEPS = 500
SEEDS = 2000 if LONG else 8 if FEWER else 300
# What is overlaid by later edits, and seldom stays until the end, shows when a run ends early.
FEW = 120
SHORT_SEEDS = 8 if FEWER else 100
# Each of these once showed a fault, when only so much could go wrong.
# (In the world of seed 1 the server's numbers are those that its first content was made with.)
NETWORK = 'drop,lost,duplicate,late,cut,crash,skew,rights,restore,copy'
ALL = NETWORK + ',write,full,token,old,step,import,alone,tag,expire'
EVERY = ALL + ',rot,reach,decide,kinds,delay,reorder,revoke,pages'
KEPT = [(1, NETWORK), (49, NETWORK), (51, NETWORK), (55, NETWORK), (404, NETWORK), (1171, NETWORK), (1884, NETWORK),
        (68, 'restore,drop,lost'), (4, 'alone,step'), (1109, ALL), (203, ALL),
        *((seed, ALL, FEW) for seed in (2001781, 2002065, 2004659, 2005173)),
        *((seed, ALL + ',rot') for seed in range(2, 6)), (7104, ALL + ',tag'),
        (7429, ALL + ',tag,reach'), (820100, ALL + ',tag,reach', FEW), *((seed, ALL + ',reach,decide', FEW) for seed in (2078174, 2082835)),
        *((seed, EVERY) for seed in (1176, 1272, 1322, 1536, 1685, 2270)), (2742, EVERY + ',rules,merge')]
number = 0
# It has work for all cores for minutes, and leaves them to tests that wait for a window.
os.nice(10)


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
    return run('--seeds', f'{bounds[0]}-{bounds[1]}', '--steps', bounds[2])


for seed, faults, *few in KEPT[::4] if FEWER else KEPT:
    result = run('--seeds', seed, '--steps', *(few or [STEPS]), '--faults', faults)
    report(result.returncode == 0, f'kept seed {seed} with {faults}', result.stdout + result.stderr)

one, two = (run('--seeds', 7, '--steps', 200, '--trace').stdout for _ in range(2))
report('trace ' in one and one == two, 'the same seed gives the same trace')

# What is mistyped tests nothing, and must not look as if it did.
for wrong in (['--seeds', 'abc'], ['--seeds', '9-2'], ['--seeds', '1-'], ['--steps', 0], ['--steps', -1], ['--faults', 'dorp']):
    result = run(*wrong)
    report(result.returncode == 2 and result.stderr.startswith('torg-sim: ') and not result.stdout,
           f'{" ".join(map(str, wrong))} is refused', result.stdout + result.stderr)

PIECE = 25
pieces = [(start, min(start + PIECE, first + n) - 1, steps)
          for first, n, steps in [(1000, SEEDS, STEPS), (2000001, SHORT_SEEDS, FEW)]
          for start in range(first, first + n, PIECE)]
with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
    results = list(pool.map(run_range, pieces))
for (start, end, steps), result in zip(pieces, results):
    report(result.returncode == 0, f'seeds {start} to {end}, {steps} steps',
           result.stdout + result.stderr if result.returncode else '')
print(f'1..{number}')
