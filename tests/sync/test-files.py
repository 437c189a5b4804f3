# SPDX-License-Identifier: GPL-3.0-or-later
"""Files between replicas, as real processes: sent and fetched in parts, with a server that is killed amid it. TAP."""
import hashlib
import http.server
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import processes
from processes import DIR, ENV, SERVER, TORGCTL, Server, run, test


class Replica(processes.Replica):
    def state(self, attachment):
        return {file['id']: file for file in self.json('files')}[attachment]['state']

    def file(self, content):
        name = hashlib.sha256(content).hexdigest()
        return pathlib.Path(f'{self.path}.files', name[:2], name[2:])

    def set_contact(self):
        with sqlite3.connect(self.path) as db:
            db.execute('UPDATE file SET retry_at = 0')


class Between:
    """Stands between a replica and the server, and kills or cuts where it is told to."""

    def __init__(self, server):
        self.server, self.seen, self.act = server, [], lambda method, path: None
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                between.seen.append((self.command, self.path))
                if between.act(self.command, self.path) == 'cut':
                    self.close_connection = True
                    return
                if between.act(self.command, self.path) == 'uploads':
                    text = b'{"code": "uploads"}'
                    self.send_response(429)
                    for name, value in (('Content-Type', 'application/problem+json'), ('Retry-After', '700'), ('Content-Length', len(text))):
                        self.send_header(name, str(value))
                    self.end_headers()
                    self.wfile.write(text)
                    return
                request = urllib.request.Request(f'http://127.0.0.1:{between.server.port}{self.path}', method=self.command,
                                                 data=body or None)
                for name, value in self.headers.items():
                    if name not in ('Host', 'Connection', 'Content-Length', 'Accept-Encoding'):
                        request.add_header(name, value)
                try:
                    answer = urllib.request.urlopen(request, timeout=60)
                except urllib.error.HTTPError as error:
                    answer = error
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                with answer:
                    text = answer.read()
                    if between.act('answer ' + self.command, self.path) == 'cut':
                        self.close_connection = True
                        return
                    if between.act('change ' + self.command, self.path) == 'bytes':
                        text = bytes(len(text))
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        if name.lower() not in ('content-length', 'connection', 'server', 'date', 'transfer-encoding'):
                            self.send_header(name, value)
                    if answer.status != 204:
                        self.send_header('Content-Length', str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
            do_GET = do_POST = do_PATCH = do_HEAD = handle_any

            def log_message(self, *arguments):
                pass
        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.address = f'http://127.0.0.1:{self.http.server_port}'

    def parts(self, method='PATCH'):
        return len([seen for seen in self.seen if seen[0] == method and '/v1/files/' in seen[1]])


def blob(seed, size):
    return random.Random(seed).randbytes(size)


def write(name, content):
    path = DIR / name
    path.write_bytes(content)
    return path


run(TORGCTL, '--replica', DIR / 'demo.db', 'demo', '--records', 500, '--seed', 3)
run(SERVER, 'import', DIR / 'demo.db')
names = [record['fields']['name'] for record in
         json.loads(run(TORGCTL, '--replica', DIR / 'demo.db', '--json', 'list', 'user', '--limit', '2'))]
tokens = []
for login, name in zip(('anna', 'boris'), names):
    run(SERVER, 'user', 'add', login, name, stdin='correct horse\n')
    tokens.append(run(SERVER, 'token', login).strip())
server = Server()
between = Between(server)
one, two = Replica('one.db', tokens[0]), Replica('two.db', tokens[1])
for replica in (one, two):
    replica.ctl('connect', between.address)
    replica.ctl('sync')
company = one.json('list', 'company', '--limit', '1')[0]['id']
BIG = blob(1, 9 * 1024 * 1024 + 17)


@test('what one attaches another one opens')
def simple():
    small = 'Коммерческое предложение'.encode()
    attachment = one.ctl('attach', 'company', company, write('Предложение.txt', small)).strip()
    assert one.state(attachment) == 'unsent' and one.file(small).read_bytes() == small
    assert one.file(small).stat().st_mode & 0o777 == 0o600
    one.ctl('sync')
    assert one.state(attachment) == 'here'
    two.ctl('sync')
    assert two.state(attachment) == 'there' and not two.file(small).exists()
    two.ctl('fetch', attachment, DIR / 'got.txt')
    assert (DIR / 'got.txt').read_bytes() == small and two.state(attachment) == 'here'
    two.ctl('fetch', attachment, DIR / 'got.txt', code=1)
    # Without the network too.
    assert two.ctl('fetch', attachment).strip() == str(two.file(small))
    empty = one.ctl('attach', 'company', company, write('empty', b'')).strip()
    one.ctl('sync')
    two.ctl('sync')
    two.ctl('fetch', empty)
    assert two.file(b'').read_bytes() == b''
    # The same content again: nothing has to be sent to know that.
    before = between.parts()
    two.ctl('attach', 'company', company, DIR / 'got.txt')
    two.ctl('sync')
    assert between.parts() == before


@test('the server is killed while a file comes: it goes on where it was')
def killed():
    attachment = one.ctl('attach', 'company', company, write('big.bin', BIG)).strip()
    count = 0

    def kill(method, path):
        nonlocal count
        if method == 'answer PATCH':
            count += 1
            if count == 2:
                server.process.kill()
                server.process.wait(20)
                return 'cut'
        return None
    between.act = kill
    assert 'cannot be reached' in one.ctl('sync', code=1)
    # The record is at the server, its content is not.
    between.act = lambda method, path: None
    globals()['server'] = between.server = Server()
    two.ctl('sync')
    assert 'does not have this file yet' in two.ctl('fetch', attachment, code=3)
    between.seen.clear()
    one.ctl('sync')
    assert one.state(attachment) == 'here'
    # Of five parts two were there.
    assert between.parts() == 3, between.seen
    two.set_contact()
    # Now it is the way back that breaks off.
    count = 0

    def cut(method, path):
        nonlocal count
        if method == 'answer GET' and '/v1/files/' in path:
            count += 1
            return 'cut' if count >= 3 else None
        return None
    between.act = cut
    assert 'cannot be reached' in two.ctl('fetch', attachment, code=1)
    assert not two.file(BIG).exists()
    between.act = lambda method, path: None
    between.seen.clear()
    two.ctl('fetch', attachment)
    assert between.parts('GET') == 3 and two.file(BIG).read_bytes() == BIG, between.seen


@test('what is changed on its way is not taken')
def changed():
    content = blob(2, 5000)
    attachment = one.ctl('attach', 'company', company, write('changed.bin', content)).strip()
    one.ctl('sync')
    two.ctl('sync')
    between.act = lambda method, path: 'bytes' if method == 'change GET' and '/v1/files/' in path else None
    assert 'damaged on its way' in two.ctl('fetch', attachment, code=3)
    assert not two.file(content).exists()
    between.act = lambda method, path: None
    two.ctl('fetch', attachment)
    assert two.file(content).read_bytes() == content


@test('a replica that is killed while it sends and fetches goes on')
def client_killed():
    content = blob(3, 20 * 1024 * 1024)
    attachment = one.ctl('attach', 'company', company, write('slow.bin', content)).strip()
    for replica, method in ((one, 'PATCH'), (two, 'GET')):
        command = [TORGCTL, '--replica', str(replica.path)]
        command += ['sync'] if replica is one else ['fetch', attachment]
        for stop in (2, 3):
            process = subprocess.Popen(command, env=dict(ENV, TORG_TOKEN=replica.token), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            count = 0

            def kill(asked, path):
                nonlocal count
                if asked == 'answer ' + method and '/v1/files/' in path:
                    count += 1
                    if count == stop:
                        process.kill()
                        return 'cut'
                return None
            between.act = kill
            assert process.wait(60) == -signal.SIGKILL
            between.act = lambda asked, path: None
        before = between.parts(method)
        replica.ctl(*(('sync',) if replica is one else ('fetch', attachment)))
        assert between.parts(method) - before < 10, between.parts(method) - before
        assert replica.state(attachment) == 'here' and replica.file(content).read_bytes() == content
        two.ctl('sync')


@test('all files, or those of meetings, come by themselves; what goes takes its file with it')
def always():
    contents = [blob(10 + i, 1000 * (i + 1)) for i in range(3)]
    files = [one.ctl('attach', 'company', company, write(f'always{i}.bin', contents[i])).strip() for i in range(3)]
    large = blob(20, 3 * 1000 * 1000)
    files.append(one.ctl('attach', 'company', company, write('large.bin', large)).strip())
    one.ctl('sync')
    two.ctl('sync')
    assert [two.state(file) for file in files] == ['there'] * 4
    two.ctl('files', '--keep', 'all', '--limit', '1')
    two.ctl('sync')
    assert [two.state(file) for file in files] == ['here'] * 3 + ['there']
    two.ctl('files', '--limit', '5')
    two.ctl('sync')
    assert two.state(files[3]) == 'here'
    two.ctl('files', '--keep', 'asked')
    # A meeting of boris's with another company tomorrow.
    user = [record['id'] for record in two.json('list', 'user') if record['fields']['name'] == names[1]][0]
    other = two.json('list', 'company', '--limit', '2')[1]['id']
    soon, late = blob(30, 100), blob(31, 100)
    attachment = one.ctl('attach', 'company', other, write('soon.bin', soon)).strip()
    one.ctl('sync')
    two.ctl('sync')
    assert two.state(attachment) == 'there'

    def meet(days):
        with urllib.request.urlopen(urllib.request.Request(
                f'{between.address}/v1/activities', method='POST', headers={'Authorization': f'Bearer {tokens[1]}'},
                data=json.dumps({'fields': {'kind': 'meeting', 'subject': 'Встреча', 'company': other, 'owner': user,
                                            'due': time.strftime('%Y-%m-%d', time.gmtime(time.time() + days * 86400))
                                            }}).encode())) as answer:
            assert answer.status == 201
    meet(10)
    two.ctl('sync')
    assert two.state(attachment) == 'there'
    meet(2)
    two.ctl('sync')
    assert two.state(attachment) == 'here' and two.file(soon).read_bytes() == soon
    assert late
    # What is deleted can be restored for a while; what was never seen again goes.
    record = [file for file in two.json('files') if file['id'] == attachment][0]
    with sqlite3.connect(two.path) as db:
        db.execute('INSERT INTO file (hash, size, here, sent, wanted, tries, retry_at, added) '
                   'VALUES (?, 1, 1, 1, 0, 0, 0, 0)', (hashlib.sha256(late).hexdigest(),))
    two.file(late).parent.mkdir(exist_ok=True)
    two.file(late).write_bytes(late)
    two.ctl('sync')
    assert not two.file(late).exists() and two.file(soon).exists() and record


@test('a replica of one’s own keeps files, and sends them when it is connected')
def adopt():
    own = Replica('own.db', tokens[0])
    run(TORGCTL, '--replica', own.path, 'demo', '--records', 300, '--seed', 9)
    content = blob(40, 3000)
    client = own.json('list', 'company', '--limit', '1')[0]['id']
    attachment = own.ctl('attach', 'company', client, write('own.bin', content)).strip()
    assert 'on this computer' in own.ctl('files')
    assert own.ctl('fetch', attachment).strip() == str(own.file(content))
    own.ctl('connect', '--with-content', between.address)
    own.ctl('sync')
    assert own.state(attachment) == 'here'
    two.ctl('sync')
    two.ctl('fetch', attachment)
    assert two.file(content).read_bytes() == content


@test('a server that was restored gets again what it has forgotten')
def restored():
    run(SERVER, 'backup', DIR / 'backup')
    content = blob(50, 3000)
    attachment = one.ctl('attach', 'company', company, write('after.bin', content)).strip()
    one.ctl('sync')
    assert one.state(attachment) == 'here'
    global server
    assert server.stop() == 0
    for name in ('server.db', 'server.db-wal', 'server.db-shm'):
        (DIR / name).unlink(missing_ok=True)
    shutil.rmtree(DIR / 'server.db.files')
    run(SERVER, 'restore', DIR / 'backup')
    server = between.server = Server()
    one.ctl('sync')
    two.ctl('sync')
    two.ctl('fetch', attachment)
    assert two.file(content).read_bytes() == content
    run(SERVER, 'check')


@test('what vanished from a disk is fetched again; what nobody has any more says so')
def vanished():
    content = blob(70, 3000)
    attachment = one.ctl('attach', 'company', company, write('vanishes.bin', content)).strip()
    one.ctl('sync')
    one.file(content).unlink()
    assert one.ctl('fetch', attachment).strip() == str(one.file(content)) and one.file(content).read_bytes() == content
    # Before it was sent: another computer has sent the same meanwhile.
    other = blob(71, 3000)
    for name, replica in (('first.bin', one), ('second.bin', two)):
        attachment = replica.ctl('attach', 'company', company, write(name, other)).strip()
    two.file(other).unlink()
    one.ctl('sync')
    two.ctl('sync')
    assert two.state(attachment) == 'here' and two.file(other).read_bytes() == other
    # Nobody has.
    last = blob(72, 3000)
    attachment = one.ctl('attach', 'company', company, write('lost.bin', last)).strip()
    one.file(last).unlink()
    one.ctl('sync')
    assert one.state(attachment) == 'lost' and 'not on this computer any more' in one.ctl('files')


@test('what the server has let go of is sent again when it is attached again')
def purged():
    content = blob(73, 3000)
    path = write('again.bin', content)
    attachment = one.ctl('attach', 'company', company, path).strip()
    one.ctl('sync')
    one.ctl('delete', attachment)
    one.ctl('sync')
    name = hashlib.sha256(content).hexdigest()
    global server
    assert server.stop() == 0
    with sqlite3.connect(DIR / 'server.db') as db:
        assert db.execute('DELETE FROM file WHERE hash = ?', (name,)).rowcount == 1
    (DIR / 'server.db.files' / name[:2] / name[2:]).unlink()
    server = between.server = Server()
    attachment = one.ctl('attach', 'company', company, path).strip()
    one.ctl('sync')
    two.ctl('sync')
    two.ctl('fetch', attachment)
    assert two.file(content).read_bytes() == content


@test('what was attached while one was allowed to is sent after one sees it no more')
def taken_away():
    for line in ('add Директор', 'set Директор * * all', 'set Директор role edit all', 'give anna Директор', 'add Продавец',
                 *(f'set Продавец * {action} own' for action in ('read', 'create', 'edit', 'delete')),
                 'give boris Продавец'):
        run(SERVER, 'role', *line.split())
    user = [record['id'] for record in one.json('list', 'user') if record['fields']['name'] == names[1]][0]
    his = one.ctl('add', 'company', 'name=Своя', f'owner={names[1]}').strip()
    one.ctl('sync')
    two.ctl('sync')
    content = blob(74, 3000)
    two.ctl('attach', 'company', his, write('his.bin', content))
    between.act = lambda method, path: 'cut' if path.startswith('/v1/files') else None
    two.ctl('sync', code=1)
    # The record is at the server; what is in it only here.
    one.ctl('set', his, f'owner={names[0]}')
    one.ctl('sync', code=0)
    attachment = [file['id'] for file in one.json('files', 'company', his)][0]
    two.ctl('sync', code=1)
    assert not [record for record in two.json('list', 'company') if record['id'] == his]
    assert two.file(content).exists() and user
    between.act = lambda method, path: None
    two.set_contact()
    two.ctl('sync')
    assert one.ctl('fetch', attachment).strip() == str(one.file(content)) and one.file(content).read_bytes() == content
    two.ctl('sync')
    assert not two.file(content).exists()


@test('what the server does not take stays, and says why')
def refused():
    global server
    assert server.stop() == 0
    ENV['TORG_FILE_LIMIT'] = '1'
    server = between.server = Server()
    attachment = one.ctl('attach', 'company', company, write('huge.bin', blob(60, 1500000))).strip()
    one.ctl('sync')
    assert one.state(attachment) == 'unsent'
    assert 'up to 1.0' in one.ctl('files') and 'too large' in one.ctl('files')
    # The others go on.
    fine = one.ctl('attach', 'company', company, write('fine.bin', blob(61, 1000))).strip()
    one.ctl('sync')
    assert one.state(fine) == 'here'
    one.ctl('attach', 'lead', company, DIR / 'fine.bin', code=2)
    one.ctl('attach', 'deal', company, DIR / 'fine.bin', code=3)
    one.ctl('attach', 'company', company, DIR / 'nothing', code=1)
    one.ctl('fetch', company, code=3)


@test('where too many uploads have begun, what is fetched comes, and the others are tried later')
def uploads():
    three = Replica('three.db', tokens[0])
    three.ctl('connect', between.address)
    three.ctl('sync')
    there = three.ctl('attach', 'company', company, write('there.bin', blob(70, 3000))).strip()
    three.ctl('sync')
    between.act = lambda method, path: 'uploads' if (method, path) == ('POST', '/v1/files') else None
    mine = [one.ctl('attach', 'company', company, write(f'mine{i}.bin', blob(71 + i, 1000))).strip() for i in range(2)]
    one.ctl('files', '--keep', 'all')
    one.ctl('sync')
    between.act = lambda method, path: None
    assert one.state(there) == 'here' and [one.state(file) for file in mine] == ['unsent', 'unsent']
    assert 'Too many files' in one.ctl('files')
    # As late as the server says, and not by more than a quarter.
    with sqlite3.connect(one.path) as db:
        waits = [at / 1e6 - time.time() for at, in db.execute("SELECT retry_at FROM file WHERE code = 'uploads'")]
    assert len(waits) == 2 and all(650 < wait < 880 for wait in waits), waits
    one.set_contact()
    one.ctl('sync')
    assert [one.state(file) for file in mine] == ['here', 'here']


server.stop()
processes.finish()
