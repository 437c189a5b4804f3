# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that signs in with a password: through the browser, with a real server and a real keyring. TAP.
Runs itself in a session of its own, with a keyring that is open."""
import http.client
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

if 'TORG_TEST_KEYRING' not in os.environ:
    folder = tempfile.mkdtemp(prefix='torg-keyring-')
    os.mkdir(f'{folder}/run', 0o700)
    inner = ('printf kr | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; '
             'gdbus wait --session --timeout 10 org.freedesktop.secrets; exec "$@"')
    os.execvpe('dbus-run-session', ['dbus-run-session', '--', 'sh', '-c', inner, 'sh', sys.executable, *sys.argv],
               dict(os.environ, TORG_TEST_KEYRING=folder, HOME=folder, XDG_RUNTIME_DIR=f'{folder}/run',
                    XDG_DATA_HOME=f'{folder}/data', XDG_CONFIG_HOME=f'{folder}/config', XDG_CACHE_HOME=f'{folder}/cache',
                    LC_ALL='C.UTF-8', LANGUAGE='en'))

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'server'))
from serverprocess import TORGCTL, Server, case, plan  # pylint: disable=wrong-import-position


def ctl(folder, *arguments, fails=False):
    done = subprocess.run([TORGCTL, '--replica', f'{folder}/mine.db', *arguments], capture_output=True, text=True,
                          timeout=60, check=False)
    assert (done.returncode != 0) == fails, (arguments, done.stdout, done.stderr)
    return done.stderr if fails else done.stdout


def ask(url, form=None):
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    connection.request('POST' if form else 'GET', f'{place.path}?{place.query}', form and urllib.parse.urlencode(form),
                       {'Content-Type': 'application/x-www-form-urlencoded'})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get('Location'), text


def begin(folder, *arguments):
    """A torgctl that waits for the browser, and the page that is to be opened there."""
    process = subprocess.Popen([TORGCTL, '--replica', f'{folder}/mine.db', 'connect', '--browser', *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert 'browser' in process.stdout.readline()
    return process, process.stdout.readline().strip()


def browse(page, password='a password', login='anna'):
    """What the user and the browser do; what the last page says."""
    assert ask(page)[0] == 200
    assert ask(page, {'login': login, 'password': 'wrong'})[0] == 403
    status, place, _ = ask(page, {'login': login, 'password': password})
    assert status == 303 and place.startswith('http://127.0.0.1:'), (status, place)
    # Whoever else finds the port can do nothing with it.
    bare = place.split('?')[0]
    assert ask(bare)[0] == 404 and ask(f'{bare}?code=torg_x&state=wrong')[0] == 404
    status, _, text = ask(place)
    assert status == 200 and 'go back to Torg' in text, (status, text)


def end(process, fails=False):
    out, err = process.communicate(timeout=60)
    assert (process.returncode != 0) == fails, (out, err)
    return err


def change(server, sql):
    with sqlite3.connect(f'{server.folder}/server.db') as db:
        done = db.execute(sql).fetchall()
    db.close()
    return done


@case('in, renewed, and in again')
def sign_in(folder):
    server = Server(folder)
    try:
        process, page = begin(folder, f'http://127.0.0.1:{server.port}')
        browse(page)
        end(process)
        ctl(folder, 'sync')
        assert int(ctl(folder, 'count', 'company')) > 10
        # No token is anywhere but in the keyring.
        kept = b''.join(path.read_bytes() for path in pathlib.Path(folder).glob('mine.db*'))
        assert b'torg_' not in kept and b'access_token' not in kept
        # An hour later: nobody notices.
        for generation in (2, 3):
            change(server, "UPDATE token SET expires = 1 WHERE kind = 'access'")
            ctl(folder, 'sync')
            ctl(folder, 'sync')
            newest = change(server, "SELECT max(generation) FROM token WHERE kind = 'refresh'")
            assert newest == [(generation,)], newest
        # Shut out: it says so, keeps what is not sent, and goes on after the next sign-in.
        company = ctl(folder, '--json', 'list', 'company', '--limit', '1')
        name = company.split('"id":"')[1].split('"')[0]
        ctl(folder, 'set', name, 'site=https://example.com')
        change(server, "DELETE FROM token WHERE family IS NOT NULL")
        assert 'ign in' in ctl(folder, 'sync', fails=True)
        assert name in ctl(folder, '--json', 'outbox')
        process, page = begin(folder)
        browse(page)
        end(process)
        ctl(folder, 'sync')
        assert ctl(folder, '--json', 'outbox').strip() == '[]'
    finally:
        assert server.stop() == 0


@case('who is refused leaves no session behind')
def refused_sessions(folder):
    server = Server(folder)
    try:
        def sessions():
            return change(server, "SELECT count(DISTINCT family) FROM token WHERE family IS NOT NULL")[0][0]
        address = f'http://127.0.0.1:{server.port}'
        other = next(record['id'] for record in server.pull().values() if record['type'] == 'user' and record['id'] != server.user)
        server.admin('user', 'add', 'boris', other, input='a password\n')
        process, page = begin(folder, address)
        browse(page)
        end(process)
        ctl(folder, 'sync')
        assert sessions() == 1
        # Somebody else signs in where the data is anna's.
        process, page = begin(folder)
        browse(page, login='boris')
        assert 'belongs to somebody else' in end(process, fails=True)
        assert sessions() == 1
        # The data has a server already.
        process, page = begin(folder, address)
        browse(page)
        assert 'has a server already' in end(process, fails=True)
        assert sessions() == 1
        # What was there before is as good as before, and a key that is refused stays one.
        ctl(folder, 'sync')
        key = server.admin('token', 'boris').stdout.strip()
        done = subprocess.run([TORGCTL, '--replica', f'{folder}/mine.db', 'connect'], env=dict(os.environ, TORG_TOKEN=key),
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1 and 'belongs to somebody else' in done.stderr, done
        assert server.ask('GET', '/v1/me', token=key)[0] == 200
    finally:
        assert server.stop() == 0


@case('wrong places')
def wrong_places(folder):
    def refused(address):
        process = subprocess.Popen([TORGCTL, '--replica', f'{folder}/mine.db', 'connect', '--browser', address],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return end(process, fails=True)

    assert 'Use https' in refused('http://example.com')
    assert 'no address' in refused('nonsense')
    assert 'answers at this address' in refused('http://127.0.0.1:1')
    with tempfile.TemporaryDirectory() as pages:
        other = subprocess.Popen([sys.executable, '-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '-d', pages],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = other.stdout.readline().split('port ')[1].split()[0]
            assert 'no server of Torg' in refused(f'http://127.0.0.1:{port}')
        finally:
            other.terminate()
            other.wait(10)
    # The data is as it was: new.
    assert ctl(folder, 'count', 'company').strip() == '0'


plan()
