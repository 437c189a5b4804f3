# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks how the code is written: formatting, headers, length, and which library is included where. Prints TAP."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(sys.argv[1])
MAX_LINES = 1200
# A library, and the only folders that may include it.
OWNED = {
    r'<sqlite3\.h>': ('src/sql', 'tests'),
    r'<camel/': ('src/mail', 'tests'),
    r'<libecal/': ('src/calendar', 'tests'),
    r'<libsoup/': ('src/sync', 'src/server', 'tests'),
    r'<(gtk|adwaita)': ('src/ui', 'src/app', 'tests'),
    r'<freexl\.h>': ('src/tools', 'tests'),
    r'<csv\.h>': ('src/io', 'tests'),
}
number = 0
failed = 0


def result(name, problems):
    global number, failed
    number += 1
    for problem in problems[:20]:
        print(f'# {problem}')
    failed += bool(problems)
    print(f'{"not ok" if problems else "ok"} {number} - {name}', flush=True)


def name(path):
    return str(path.relative_to(TOP))


code = sorted(path for folder in ('src', 'tests') for path in (TOP / folder).rglob('*.[ch]'))
sources = [path for path in code if path.suffix == '.c']

print('1..5')
problems = []
for start in range(0, len(sources), 40):
    run = subprocess.run(['clang-format', '--dry-run', '-Werror', *sources[start:start + 40]], capture_output=True,
                         text=True)
    problems += sorted({name(pathlib.Path(match)) for match in re.findall(r'^(/[^:\n]+\.c):\d+:', run.stderr, re.MULTILINE)})
result('clang-format', [f'{path} is not formatted: clang-format -i {path}' for path in problems])
result('licence', [f'{name(path)} does not begin with its SPDX line' for path in code
                   if not path.read_text().startswith('/* SPDX-License-Identifier: GPL-3.0-or-later */')])
result('length', [f'{name(path)} has over {MAX_LINES} lines' for path in code
                  if path.read_text().count('\n') > MAX_LINES])
problems = []
for path in code:
    for library, folders in OWNED.items():
        if re.search(rf'#include {library}', path.read_text()) and not name(path).startswith(folders):
            problems.append(f'{name(path)} includes {library}, which belongs to {", ".join(folders)}')
result('layers', problems)
result('once', [f'{name(path)} lacks #pragma once' for path in code
                if path.suffix == '.h' and '#pragma once' not in path.read_text()])
sys.exit(failed > 0)
