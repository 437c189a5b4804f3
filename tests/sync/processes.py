# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of sync with real processes share: a folder, programs, replicas, servers, TAP. Their arguments are torgctl
and torg-server."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

TORGCTL, SERVER = sys.argv[1:3]
DIR = pathlib.Path(tempfile.mkdtemp(prefix='torg-test-'))
ENV = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='en', TORG_STORE=f'sqlite:{DIR}/server.db', XDG_DATA_HOME=str(DIR))
number = 0


def check(name, ok, text=''):
    """Tells one result."""
    global number
    number += 1
    for line in str(text).splitlines() if not ok else []:
        print(f'# {line}')
    print(f'{"ok" if ok else "not ok"} {number} - {name}', flush=True)


def test(name):
    """Runs what follows at once, and tells what came of it."""
    def run_it(function):
        try:
            function()
        except Exception:  # pylint: disable=broad-exception-caught
            check(name, False, traceback.format_exc())
        else:
            check(name, True)
    return run_it


def finish():
    """Leaves nothing behind, and says how many results there were."""
    shutil.rmtree(DIR, ignore_errors=True)
    print(f'1..{number}')


def run(program, *args, token=None, code=0, stdin=None):
    """What a program prints; where it is to fail, also what it complains of."""
    env = dict(ENV, TORG_TOKEN=token) if token else ENV
    done = subprocess.run([program, *map(str, args)], env=env, input=stdin, capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        raise AssertionError(f'{args}: {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout + (done.stderr if code else '')


class Replica:
    def __init__(self, name, token):
        self.path, self.token = DIR / name, token

    def ctl(self, *args, **more):
        return run(TORGCTL, '--replica', self.path, *args, token=self.token, **more)

    def json(self, *args):
        return json.loads(self.ctl('--json', *args))


class Server:
    """torg-server on this machine; its log goes to DIR/log."""

    def __init__(self, port=0):
        self.log = open(DIR / 'log', 'a', encoding='utf-8')
        self.process = subprocess.Popen([SERVER, 'serve', '--listen', f'127.0.0.1:{port}'], env=ENV, text=True,
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.log.close()
        return self.process.wait(20)
