# SPDX-License-Identifier: GPL-3.0-or-later
"""What systemd says of the server's unit, and what the server says of the configuration that is installed. TAP."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SERVER, UNIT, CONFIGURATION = sys.argv[1:4]
# In tenths, as systemd-analyze wants it: 0 is shut off from everything, 100 from nothing.
MOST_EXPOSED = 20
number = 0


def check(name, command, **options):
    global number
    number += 1
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    text = result.stdout + result.stderr
    # systemd-analyze ends well with warnings, too.
    good = result.returncode == 0 and not re.search(r'torg-server\.service:(\d+:)? (?!\d)', text)
    print(f'{"ok" if good else "not ok"} {number} - {name}', flush=True)
    for line in text.splitlines() if not good else []:
        print(f'# {line}')


with tempfile.TemporaryDirectory(prefix='torg-unit-') as folder:
    text = pathlib.Path(CONFIGURATION).read_text()
    path = pathlib.Path(folder, 'torg-server.conf')
    # With every key that it names, as if each had been taken into use.
    path.write_text(re.sub(r'^#(?=[a-z-]+=)', '', text, flags=re.M).replace('/var/lib/torg', folder))
    clean = {name: value for name, value in os.environ.items() if not name.startswith('TORG_')}
    check('the configuration that is installed', [SERVER, '--config', path, 'migrate'], env=clean)
    # The program is not installed yet.
    unit = pathlib.Path(folder, 'torg-server.service')
    unit.write_text(pathlib.Path(UNIT).read_text().replace('/usr/bin/torg-server', os.path.abspath(SERVER)))
    if shutil.which('systemd-analyze'):
        check('the unit is understood', ['systemd-analyze', 'verify', '--man=no', unit])
        check('the unit is shut off', ['systemd-analyze', 'security', '--offline=yes', f'--threshold={MOST_EXPOSED}', unit])
    else:
        print('# There is no systemd-analyze here: the unit was not looked at.')
print(f'1..{number}')
