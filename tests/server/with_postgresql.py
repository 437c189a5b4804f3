# SPDX-License-Identifier: GPL-3.0-or-later
"""with_postgresql.py COMMAND…: runs a command with TORG_TEST_POSTGRESQL naming a PostgreSQL made for it alone, on a socket
in a folder of its own; without PostgreSQL the test is skipped. Gives the command's exit status."""
import contextlib
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

# PostgreSQL refuses to run as root: then it runs as nobody.
NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.geteuid() == 0 else []


def find_programs():
    """The folder of the newest PostgreSQL, or None."""
    folders = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda path: int(path.split('/')[4]))
    if folders:
        return folders[-1]
    found = shutil.which('postgres')
    return os.path.dirname(found) if found else None


@contextlib.contextmanager
def postgresql(programs):
    """A server of its own; gives its URI."""
    folder = tempfile.mkdtemp(prefix='torg-pg-')
    if NOBODY:
        os.chown(folder, 65534, 65534)
    data = os.path.join(folder, 'data')
    environment = {**os.environ, 'LANG': 'C', 'LC_ALL': 'C'}
    server = None
    try:
        subprocess.run([*NOBODY, f'{programs}/initdb', '-D', data, '-A', 'trust', '-U', 'torg', '-E', 'UTF8', '--locale=C',
                        '--no-sync'], check=True, stdout=subprocess.DEVNULL, env=environment, cwd='/')
        with open(os.path.join(folder, 'log'), 'wb') as log:
            server = subprocess.Popen([*NOBODY, f'{programs}/postgres', '-D', data, '-k', folder, '-c', 'listen_addresses=',
                                       '-c', 'fsync=off', '-c', 'max_connections=60'], stdout=log, stderr=log, cwd='/',
                                      env=environment)
        uri = f'postgresql:///postgres?host={urllib.parse.quote(folder, safe="")}&user=torg'
        for _ in range(300):
            if subprocess.run([f'{programs}/pg_isready', '-q', '-d', uri], check=False).returncode == 0:
                break
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            raise RuntimeError('PostgreSQL does not answer')
        if server.poll() is not None:
            raise RuntimeError(pathlib.Path(folder, 'log').read_text())
        yield uri
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    programs = find_programs()
    if programs is None:
        print('1..0 # SKIP there is no PostgreSQL here')
        return 0
    # A test that meson stops stops its PostgreSQL too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with postgresql(programs) as uri:
        return subprocess.run(sys.argv[1:], env={**os.environ, 'TORG_TEST_POSTGRESQL': uri}, check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
