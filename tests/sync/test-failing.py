# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that fails, as real processes see it: watching goes on, and no answer is larger than it may be. TAP."""
import gzip
import http.client
import http.server
import json
import pathlib
import resource
import socket
import sqlite3
import subprocess
import threading
import time

import processes
from processes import DIR, ENV, SERVER, TORGCTL, run, test


class Front:
    """Passes on what comes, or answers by itself: `answer` is None, or a status, headers and bytes."""

    def __init__(self, port):
        front = self
        self.answer = None
        self.n_asked = 0
        self.verify = None
        # Bytes that a body may have.
        self.most = None
        # What a way answers that takes nothing up, and brings down what there is; 0: it breaks off.
        self.refuses = None
        self.n_verified = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                verify = self.path.startswith('/v1/sync/verify')
                given = front.verify if verify and front.verify is not None else front.answer
                front.n_asked += 1
                front.n_verified += verify
                if front.most is not None and len(body) > front.most:
                    status, headers, text = 413, {'Content-Type': 'text/html'}, b'<html>Request Entity Too Large'
                elif front.refuses == 0 and self.path.startswith('/v1/sync/push'):
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                elif front.refuses is not None and self.path.startswith('/v1/sync/push'):
                    status, headers, text = front.refuses, {'Content-Type': 'application/problem+json'}, b'{}'
                    if status == 429:
                        headers['Retry-After'] = '9'
                elif given is not None:
                    status, headers, text = given
                else:
                    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
                    names = {name: value for name, value in self.headers.items() if name != 'Accept-Encoding'}
                    connection.request(self.command, self.path, body, names)
                    answer = connection.getresponse()
                    status, text = answer.status, answer.read()
                    headers = {'Content-Type': answer.headers['Content-Type'] or 'text/plain'}
                    connection.close()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                try:
                    self.wfile.write(text)
                except OSError:
                    self.close_connection = True
            do_GET = do_POST = handle_any

            def log_message(self, *arguments):
                pass
        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        # Whoever takes no more just goes.
        self.http.handle_error = lambda *arguments: None
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.address = f'http://127.0.0.1:{self.http.server_port}'


def wait_for(holds, what, seconds=60):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.2)


run(TORGCTL, '--replica', DIR / 'demo.db', 'demo', '--records', 300, '--seed', 3)
run(SERVER, 'import', DIR / 'demo.db')
user = json.loads(run(TORGCTL, '--replica', DIR / 'demo.db', '--json', 'list', 'user', '--limit', '1'))[0]['id']
run(SERVER, 'user', 'add', 'anna', user, stdin='correct horse\n')
TOKEN = run(SERVER, 'token', 'anna').strip()
server = subprocess.Popen([SERVER, 'serve', '--listen', '127.0.0.1:0'], env=ENV, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
port = int(server.stdout.readline().split()[1])
front = Front(port)
MINE = DIR / 'mine.db'


def ctl(*args, **more):
    return run(TORGCTL, '--replica', MINE, *args, token=TOKEN, **more)


ctl('connect', front.address)
ctl('sync')
company = json.loads(ctl('--json', 'list', 'company', '--limit', '1'))[0]['id']


@test('watching goes on after whatever the server answers for a failure of its own')
def watches():
    log = open(DIR / 'watch', 'w', encoding='utf-8')
    watch = subprocess.Popen([TORGCTL, '--replica', str(MINE), 'sync', '--watch'], env=dict(ENV, TORG_TOKEN=TOKEN), stdout=log,
                             stderr=log)
    try:
        for n, (status, kind, text) in enumerate(((500, 'application/problem+json', b'{}'), (502, 'text/html', b'<html>Bad Gateway'),
                                                  (504, 'text/html', b''), (503, 'text/plain', b'busy'))):
            before = (DIR / 'watch').read_text(encoding='utf-8')
            front.answer = (status, {'Content-Type': kind}, text)
            run(TORGCTL, '--replica', MINE, 'set', company, f'city=City {n}')
            wait_for(lambda before=before: (DIR / 'watch').read_text(encoding='utf-8') != before, f'{status} is not noticed')
            assert watch.poll() is None, status
            assert 'no server of Torg' not in (DIR / 'watch').read_text(encoding='utf-8')
            front.answer = None
            wait_for(lambda: json.loads(ctl('--json', 'outbox')) == [], f'after {status} nothing is sent')
        assert watch.poll() is None
        # It knows when it is to come again, and a change that is told of is no reason to come sooner.
        front.n_asked, front.answer = 0, (503, {'Content-Type': 'text/plain', 'Retry-After': '9'}, b'busy')
        run(TORGCTL, '--replica', MINE, 'set', company, 'city=City of the patient')
        wait_for(lambda: front.n_asked > 0, 'a busy server is not asked')
        time.sleep(1)
        asked = front.n_asked
        time.sleep(6.5)
        assert front.n_asked <= asked + 1, f'asked {front.n_asked - asked} times too soon'
        front.answer = None
        wait_for(lambda: json.loads(ctl('--json', 'outbox')) == [], 'after it was busy nothing is sent')
        # What needs somebody ends it.
        front.answer = (401, {'Content-Type': 'application/problem+json'}, b'{}')
        run(TORGCTL, '--replica', MINE, 'set', company, 'city=Last')
        assert watch.wait(60) == 1
    finally:
        front.answer = None
        watch.kill()
        watch.wait()
        log.close()


@test('an answer that is huge once it is decoded is not taken')
def huge():
    ctl('sync')
    front.answer = (200, {'Content-Type': 'application/x-ndjson+json', 'Content-Encoding': 'gzip'},
                    gzip.compress(bytes(1200 * 1000 * 1000), 1))

    # A sanitizer reserves more than that for itself.
    sanitized = b'__asan_init' in pathlib.Path(TORGCTL).read_bytes()

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (1000 * 1000 * 1000, 1000 * 1000 * 1000))
    done = subprocess.run([TORGCTL, '--replica', str(MINE), 'sync'], env=dict(ENV, TORG_TOKEN=TOKEN), capture_output=True, text=True,
                          timeout=120, preexec_fn=None if sanitized else limit)
    assert done.returncode == 1 and 'cannot be read' in done.stderr, done
    front.answer = None
    ctl('sync')


@test('where little passes at once, little is sent at once; what cannot pass keeps nothing else back')
def little():
    for n in range(12):
        ctl('add', 'company', f'name=Long {n}', 'note=' + 'ж' * 10000)
    front.most = 70000
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []
    assert 'longer than 50000' in ctl('set', company, 'note=' + 'ж' * 50001, code=1)
    ctl('set', company, 'note=' + 'ж' * 40000)
    other = DIR / 'beside.db'
    run(TORGCTL, '--replica', other, 'connect', f'http://127.0.0.1:{port}', token=TOKEN)
    run(TORGCTL, '--replica', other, 'sync', token=TOKEN)
    assert sum(row['fields']['name'].startswith('Long ') for row in
               json.loads(run(TORGCTL, '--replica', other, '--json', 'list', 'company', '--limit', '1000'))) == 12
    made = run(TORGCTL, '--replica', other, 'add', 'company', 'name=Of another device').strip()
    run(TORGCTL, '--replica', other, 'sync', token=TOKEN)
    said = ctl('sync', code=1)
    assert 'larger than what the server' in said, said
    assert json.loads(ctl('--json', 'show', made))['id'] == made
    assert len(json.loads(ctl('--json', 'outbox'))) == 1
    front.most = None
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []


@test('what cannot be sent keeps nothing back that is to be taken')
def one_way():
    other = DIR / 'beside.db'
    ctl('set', company, 'city=Not sent yet')
    for refuses, words in ((500, 'error 500'), (503, 'server is busy'), (0, 'cannot be reached')):
        made = run(TORGCTL, '--replica', other, 'add', 'company', f'name=Of another device again {refuses}').strip()
        run(TORGCTL, '--replica', other, 'sync', token=TOKEN)
        front.refuses = refuses
        said = ctl('sync', code=1)
        assert words in said, said
        assert json.loads(ctl('--json', 'show', made))['id'] == made
        assert len(json.loads(ctl('--json', 'outbox'))) == 1
    # A server that asks to be left alone is.
    front.refuses, front.n_asked = 429, 0
    assert 'is busy' in ctl('sync', code=1)
    assert front.n_asked == 1, front.n_asked
    front.refuses = None
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []


@test('what goes out of view leaves the disk, whatever becomes of what is to be sent')
def cleaned():
    def narrow(*args, **more):
        return run(TORGCTL, '--replica', DIR / 'narrow.db', *args, token=TOKEN, **more)

    def count():
        # As it is written, and the end of how it is found.
        return sum(path.read_bytes().count(word.encode()) for path in DIR.glob('narrow.db*') for word in ('Неповторимая', 'вторимая'))
    narrow('connect', front.address)
    # What one has made oneself is kept for a while, to be sent again.
    run(TORGCTL, '--replica', DIR / 'beside.db', 'add', 'company', 'name=Неповторимая')
    run(TORGCTL, '--replica', DIR / 'beside.db', 'sync', token=TOKEN)
    narrow('sync')
    assert count() > 0
    narrow('add', 'tag', 'name=Not sent yet')
    run(SERVER, 'role', 'add', 'Узкая')
    run(SERVER, 'role', 'set', 'Узкая', 'tag', 'read', 'all')
    run(SERVER, 'role', 'give', 'anna', 'Узкая')
    front.refuses = 500
    try:
        narrow('sync', code=1)
        assert json.loads(narrow('--json', 'search', 'Неповторимая')) == []
        assert count() == 0, count()
        with sqlite3.connect(DIR / 'narrow.db') as db:
            assert db.execute("SELECT name FROM sync_state WHERE name LIKE '%_stale' AND value IS NOT NULL").fetchall() == []
        assert len(json.loads(narrow('--json', 'outbox'))) == 1
    finally:
        front.refuses = None
        run(SERVER, 'role', 'take', 'anna', 'Узкая')


@test('a cursor that cannot be read begins anew')
def unreadable():
    with sqlite3.connect(MINE) as db:
        db.execute("UPDATE sync_state SET value = 'nonsense' WHERE name = 'cursor'")
    ctl('set', company, 'city=After the cursor')
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == [] and json.loads(ctl('--json', 'attention')) == []
    ctl('check')


@test('a key that is not for syncing connects nothing, and ends a sync at once')
def scope():
    key = run(SERVER, 'token', 'create', 'anna', '--scope', 'read', '--name', 'Site').split()[-1]
    other = DIR / 'other.db'
    said = run(TORGCTL, '--replica', other, 'connect', front.address, token=key, code=1)
    assert 'may not be used for syncing' in said, said
    # It is still nobody's.
    run(TORGCTL, '--replica', other, 'connect', front.address, token=TOKEN)
    run(TORGCTL, '--replica', MINE, 'set', company, 'city=Kept')
    for replica in (MINE, other):
        front.n_asked = 0
        said = run(TORGCTL, '--replica', replica, 'sync', token=key, code=1)
        assert 'may not be used for syncing' in said and front.n_asked < 3, (said, front.n_asked)
    waiting = json.loads(ctl('--json', 'outbox'))
    assert len(waiting) == 1, waiting
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []


@test('a server that takes no id of a replica is not asked for ever')
def foreign():
    run(TORGCTL, '--replica', MINE, 'set', company, 'city=Stays')
    for text, most in ((b'{"code": "client"}', 12), (b'{"code": "forbidden"}', 2), (b'<html>Forbidden', 2)):
        front.n_asked, front.answer = 0, (403, {'Content-Type': 'application/problem+json'}, text)
        ctl('sync', code=1)
        assert 0 < front.n_asked <= most, (text, front.n_asked)
    front.answer = None
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []


@test('a device that was shut out stays itself, keeps what waits, and asks to sign in')
def shut_out():
    def client():
        with sqlite3.connect(MINE) as db:
            return db.execute("SELECT value FROM sync_state WHERE name = 'client'").fetchone()
    run(TORGCTL, '--replica', MINE, 'set', company, 'city=Waits')
    before = client()
    front.n_asked, front.answer = 0, (403, {'Content-Type': 'application/problem+json'}, b'{"code": "revoked"}')
    said = ctl('sync', code=1)
    assert 'has shut out this device' in said and 0 < front.n_asked <= 2, (said, front.n_asked)
    assert client() == before and len(json.loads(ctl('--json', 'outbox'))) == 1
    front.answer = None
    ctl('sync')
    assert json.loads(ctl('--json', 'outbox')) == []


@test('only what was compared counts as compared')
def compared():
    def verified():
        with sqlite3.connect(MINE) as db:
            return dict(db.execute("SELECT name, value FROM sync_state WHERE name IN ('verified', 'verify_tried')"))

    def forget():
        with sqlite3.connect(MINE) as db:
            db.execute("DELETE FROM sync_state WHERE name IN ('verified', 'verify_tried')")
    for answer in ((409, b'{"code": "moved"}'), (429, b'{"code": "rate"}'), (503, b'{}'), (200, b'{"digest": [')):
        forget()
        front.verify = (answer[0], {'Content-Type': 'application/problem+json'}, answer[1])
        ctl('sync')
        assert set(verified()) == {'verify_tried'}, (answer, verified())
        # Not at each sync.
        front.n_verified = 0
        ctl('sync')
        assert front.n_verified == 0
    # An old server has nothing to compare with.
    forget()
    front.verify = (404, {'Content-Type': 'application/problem+json'}, b'{}')
    ctl('sync')
    assert set(verified()) == {'verified', 'verify_tried'}
    front.verify = None
    with sqlite3.connect(MINE) as db:
        db.execute("DELETE FROM sync_state WHERE name = 'verified'")
        db.execute("UPDATE sync_state SET value = value - 301000000 WHERE name = 'verify_tried'")
    ctl('sync')
    assert set(verified()) == {'verified', 'verify_tried'} and front.n_verified > 0


@test('what the role keeps from files is written into none, and nothing is noted')
def exports():
    for words in (('add', 'Head'), ('set', 'Head', '*', '*', 'all'), ('set', 'Head', 'role', 'edit', 'all'),
                  ('set', 'Head', 'deal', 'export', 'own'), ('set', 'Head', 'company', 'export', 'none'), ('give', 'anna', 'Head')):
        run(SERVER, 'role', *words)
    ctl('sync')
    noted, out = json.loads(ctl('--json', 'exports')), DIR / 'out.csv'
    assert 'Your role does not allow' in ctl('export', '--type', 'company', out, code=1)
    assert not out.exists() and json.loads(ctl('--json', 'exports')) == noted
    deals = json.loads(ctl('--json', 'list', 'deal'))
    own = [deal for deal in deals if deal['fields']['owner'] == user]
    assert 0 < len(own) < len(deals)
    assert json.loads(ctl('--json', 'export', '--type', 'deal', out)) == {'exported': len(own)}
    assert json.loads(ctl('--json', 'exports'))[0]['fields']['records'] == len(own)
    ctl('sync')


server.terminate()
assert server.wait(20) == 0
processes.finish()
