# SPDX-License-Identifier: GPL-3.0-or-later
"""The real server process over HTTP: what it answers, how it stops, what a kill in the middle of pushes leaves, TLS. TAP."""
import copy
import gzip
import json
import os
import pathlib
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from serverprocess import LONG, POSTGRESQL, Server, case, create, plan


@case('answers')
def answers(folder):
    server = Server(folder)
    try:
        assert server.ask('GET', '/healthz', token=None) == (200, 'ok\n')
        assert server.ask('GET', '/readyz', token=None) == (200, 'ready\n')
        status, text = server.ask('GET', '/metrics', token=None)
        assert status == 200 and 'torg_requests_total' in text
        # What a proxy brings comes from anywhere.
        status, text = server.ask('GET', '/metrics', token=None, headers={'X-Forwarded-For': '127.0.0.1'})
        assert status == 403 and 'torg_' not in text
        assert server.ask('GET', '/v1/me', token=None)[0] == 401
        assert server.ask('GET', '/v1/me', token='torg_wrong')[0] == 401
        assert server.ask('GET', '/v1/nothing')[0] == 404
        assert server.ask('DELETE', '/v1/me')[0] == 405
        status, text = server.ask('GET', '/v1/me')
        assert status == 200 and json.loads(text)['user'] == server.user
        for body in (b'', b'{', b'[]', b'null', b'\xff\xfe', b'{"client":1}', b'{"client":"x","mutations":[]}',
                     b'[' * 100000, json.dumps({'client': str(uuid.uuid4()), 'mutations': [{}]}).encode(),
                     json.dumps({'client': str(uuid.uuid4()), 'mutations': [create(1)] * 201}).encode()):
            status, text = server.ask('POST', '/v1/sync/push', body)
            assert status == 400 and json.loads(text)['code'] in ('invalid', 'depth'), (body[:40], status, text)
        status, text = server.ask('POST', '/v1/sync/push', b' ' * (17 * 1024 * 1024))
        assert status == 413 and json.loads(text)['status'] == 413, status
        status, text = server.ask('POST', '/v1/sync/push', (b' ' * 65536 for _ in range(17 * 16)))
        assert status == 413, status
        assert server.ask('POST', '/v1/sync/push', b' ' * (14 * 1024 * 1024))[0] == 413
        assert server.ask('GET', '/v1/sync/changes')[0] == 400
        assert server.ask('GET', f'/v1/sync/changes?client={uuid.uuid4()}&cursor=e30.')[0] == 400
        client, first = str(uuid.uuid4()), create(1, name='Ромашка')
        status, text = server.push(client, [first])
        assert status == 200 and json.loads(text)['results'][0]['status'] == 'applied', text
        assert server.push(client, [first]) == (status, text)
        assert server.push(client, [create(1, name='Иная')])[0] == 422
        status, text = server.push(client, [create(7, name='Иная')])
        assert status == 409 and json.loads(text)['expected_seq'] == 2, text
        assert server.pull()['company/' + first['id']]['fields']['name'] == 'Ромашка'
        # Texts that no database likes block nothing; half of a letter is no text.
        assert server.push(client, [create(2, name='\ud800')])[0] == 400
        for mutation in [create(2, name='а\u0000б'), create(3, name='х' * 200000), create(4, name='🐍')]:
            status, text = server.push(client, [mutation])
            assert status == 200, (mutation['fields']['name']['new'][:9], status, text)
        if POSTGRESQL:
            # Connections that lie idle are cut; nobody notices.
            subprocess.run(['psql', '-q', '-d', POSTGRESQL, '-o', '/dev/null', '-c', 'SELECT pg_terminate_backend(pid) '
                            'FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL'], check=True)
            assert server.ask('GET', '/v1/me')[0] == 200
            assert server.ask('GET', '/readyz', token=None)[0] == 200
            status, text = server.push(client, [create(5, name='Ещё')])
            assert status == 200, (status, text)
        log = pathlib.Path(folder, 'log').read_text()
        assert server.token not in log and 'Ромашка' not in log
    finally:
        assert server.stop() == 0


@case('long answers are encoded')
def encoded(folder):
    server = Server(folder)
    try:
        client, plain = str(uuid.uuid4()), None
        assert server.push(client, [create(i + 1, name='Ромашка и Василёк') for i in range(60)])[0] == 200
        for accepted, expected in ((None, None), ('gzip', 'gzip'), ('zstd, gzip', 'zstd'), ('gzip;q=1, zstd;q=0.5', 'gzip'),
                                   ('zstd;q=0, gzip', 'gzip'), ('br', None), ('', None)):
            headers = {'Authorization': f'Bearer {server.token}', **({'Accept-Encoding': accepted} if accepted else {})}
            request = urllib.request.Request(f'http://127.0.0.1:{server.port}/v1/sync/changes?client={client}', headers=headers)
            with urllib.request.urlopen(request) as answer:
                body, encoding = answer.read(), answer.headers['Content-Encoding']
            assert encoding == expected, (accepted, encoding)
            # Each says when it was written.
            if encoding != 'zstd':
                body = re.sub(rb'"time":\d+', b'', gzip.decompress(body) if encoding else body)
            plain = plain or body
            if encoding == 'gzip':
                assert body == plain
            elif encoding == 'zstd':
                # Every sync of a client reads it.
                assert body.startswith(b'\x28\xb5\x2f\xfd') and len(body) < len(plain) / 2
            else:
                assert body == plain
    finally:
        assert server.stop() == 0


@case('programs of another version')
def versions(folder):
    os.environ['TORG_OLDEST_SCHEMA'] = '2'
    server = Server(folder)
    try:
        client = str(uuid.uuid4())
        old = dict(create(1, name='Старая'), schema=1)
        assert server.push(client, [old])[0] == 200
        for schema, status in ((1, 426), (2, 200), (99, 501), ('x', 426)):
            answer = server.ask('GET', f'/v1/sync/changes?schema={schema}&client={client}')
            assert answer[0] == status, (schema, answer)
        status, text = server.push(client, [create(2, name='А'), dict(create(3, name='Б'), schema=99)])
        assert status == 501 and json.loads(text)['code'] == 'too_new', text
        names = {record['fields'].get('name') for record in server.pull().values()}
        assert 'Старая' in names and not names & {'А', 'Б'}, names
    finally:
        del os.environ['TORG_OLDEST_SCHEMA']
        assert server.stop() == 0


def waiting(*servers):
    """How many questions for the next commit are open."""
    return sum(int(server.ask('GET', '/metrics', token=None)[1].split('\ntorg_waiting ')[1].split()[0])
               for server in servers)


@case('many wait for the next commit, and hold no thread')
def wait(folder):
    server = Server(folder)
    client, answers = str(uuid.uuid4()), []

    def ask(other):
        answers.append(other.ask('GET', f'/v1/sync/wait?seq={seq}'))

    try:
        assert server.ask('GET', '/v1/sync/wait', token=None)[0] == 401
        for wrong in ('x', '-1', '1e9', '99999999999999999999'):
            assert server.ask('GET', f'/v1/sync/wait?seq={wrong}')[0] == 400, wrong
        seq = json.loads(server.ask('GET', '/v1/sync/wait')[1])['seq']
        # A number that is not the last one is answered at once, a later one too: the server may have been restored.
        for known in (0, seq - 1, seq + 7):
            assert json.loads(server.ask('GET', f'/v1/sync/wait?seq={known}')[1]) == {'seq': seq}
        servers = [server]
        if POSTGRESQL:
            servers.append(copy.copy(server))
            servers[1].start()
        threads = [threading.Thread(target=ask, args=(servers[index % len(servers)],)) for index in range(40)]
        for thread in threads:
            thread.start()
        # They all wait, and others are answered meanwhile.
        while waiting(*servers) < 40:
            assert server.ask('GET', '/v1/me')[0] == 200
        assert not answers
        assert server.push(client, [create(1, name='Ромашка')])[0] == 200
        for thread in threads:
            thread.join()
        assert [(status, json.loads(text)) for status, text in answers] == [(200, {'seq': seq + 1})] * 40, answers
        # Whoever has gone is forgotten, and the end of the server is an answer too.
        seq += 1
        gone = socket.create_connection(('127.0.0.1', server.port))
        gone.sendall(f'GET /v1/sync/wait?seq={seq} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n\r\n'
                     .encode())
        while waiting(server) != 1:
            pass
        gone.close()
        while waiting(server) != 0:
            pass
        answers.clear()
        last = threading.Thread(target=ask, args=(servers[-1],))
        last.start()
        while waiting(servers[-1]) != 1:
            pass
    finally:
        for other in servers[::-1]:
            assert other.stop() == 0
    last.join()
    assert answers == [(200, json.dumps({'seq': seq}, separators=(',', ':')))], answers


@case('accounts and devices')
def accounts(folder):
    server = Server(folder)

    def refused(*arguments, **options):
        try:
            server.admin(*arguments, **options)
        except RuntimeError as error:
            return str(error)
        raise AssertionError(f'{arguments} was taken')

    def seen():
        status, text = server.ask('GET', '/v1/people')
        assert status == 200, text
        return [person['seen'] for person in json.loads(text)['items'] if person.get('login') == 'anna']

    try:
        client = str(uuid.uuid4())
        assert server.admin('client', 'list').stdout == ''
        assert server.push(client, [create(1, name='Ромашка')])[0] == 200
        listed = server.admin('client', 'list').stdout.split('\t')
        assert listed[:2] == [client, 'anna'] and listed[3].strip() != '-', listed
        # A device that is shut out does not come back under another id.
        server.admin('client', 'revoke', client)
        assert server.ask('GET', '/v1/me')[0] == 401
        assert server.ask('GET', f'/v1/sync/changes?client={uuid.uuid4()}')[0] == 401
        assert server.admin('client', 'list').stdout == ''
        refused('client', 'revoke', client)
        refused('client', 'revoke', 'nonsense')
        server.token = server.admin('token', 'anna').stdout.strip()
        status, text = server.push(client, [create(2, name='Ромашка')])
        assert (status, json.loads(text)['code']) == (403, 'client'), text
        # A key on two devices: that one of them is shut out does not end the key, which is the other one's too. The
        # device does not come back with it under another id, nor does asking make the key its own.
        one, other = str(uuid.uuid4()), str(uuid.uuid4())
        for device in (one, other):
            assert server.push(device, [create(1, name='Лютик')])[0] == 200
        server.admin('client', 'revoke', one)
        refused('client', 'revoke', one)
        for status, text in (server.push(one, [create(2, name='Лютик')]), server.ask('GET', f'/v1/sync/changes?client={one}')):
            assert (status, json.loads(text)['code']) == (403, 'revoked'), text
        assert server.push(other, [create(2, name='Лютик')])[0] == 200
        assert server.push(one, [create(2, name='Лютик')])[0] == 403
        server.admin('client', 'revoke', other)
        assert server.ask('GET', '/v1/me')[0] == 401
        server.token = server.admin('token', 'anna').stdout.strip()
        for status, text in (server.push(one, [create(2, name='Лютик')]), server.ask('GET', f'/v1/sync/changes?client={one}')):
            assert (status, json.loads(text)['code']) == (403, 'client'), text
        # So it is with one that has only read so far.
        reader = str(uuid.uuid4())
        assert server.ask('GET', f'/v1/sync/changes?client={reader}')[0] == 200
        moment = time.time() * 1000000
        server.admin('client', 'revoke', reader)
        assert server.ask('GET', '/v1/me')[0] == 401
        server.token = server.admin('token', 'anna').stdout.strip()
        # To be shut out is not to be here.
        assert seen()[0] <= moment
        for status, text in (server.push(reader, [create(1, name='Лютик')]), server.ask('GET', f'/v1/sync/changes?client={reader}')):
            assert (status, json.loads(text)['code']) == (403, 'client'), text
        # A new password, and an account that is closed, end every session.
        refused('user', 'passwd', 'anna', input='')
        assert server.ask('GET', '/v1/me')[0] == 200
        server.admin('user', 'passwd', 'anna', input='another password\n')
        assert server.ask('GET', '/v1/me')[0] == 401
        server.token = server.admin('token', 'anna').stdout.strip()
        assert server.ask('GET', '/v1/me')[0] == 200
        server.admin('user', 'disable', 'anna')
        assert server.ask('GET', '/v1/me')[0] == 401
        refused('token', 'anna')
        server.admin('user', 'enable', 'ANNA')
        assert server.ask('GET', '/v1/me')[0] == 401
        server.token = server.admin('token', 'anna').stdout.strip()
        assert server.ask('GET', '/v1/me')[0] == 200
        refused('user', 'disable', 'nobody')
    finally:
        assert server.stop() == 0


@case('SIGTERM lets what it handles end')
def stop(folder):
    server = Server(folder)
    client, seen, sent = str(uuid.uuid4()), [], threading.Event()

    def work():
        for count in range(1, 10000):
            mutations = [create((count - 1) * 50 + index + 1, name=f'{count}') for index in range(50)]
            try:
                status, text = server.push(client, mutations)
            except (OSError, urllib.error.URLError) as error:
                seen.append(error)
                return
            seen.append(status)
            sent.set()

    thread = threading.Thread(target=work)
    thread.start()
    sent.wait(20)
    assert server.stop() == 0
    thread.join()
    # Cut between two questions or refused, not in the middle of one.
    assert all(item == 200 for item in seen[:-1]), seen
    server.start()
    try:
        names = [key for key in server.pull().values() if key['type'] == 'company' and key['fields']['name'].isdigit()]
        assert len(names) == 50 * (len(seen) - 1), (len(names), seen)
    finally:
        assert server.stop() == 0


@case('kill -9 loses nothing and does nothing twice')
def kill(folder):
    server = Server(folder)
    acknowledged, sent, lock = {}, {}, threading.Lock()
    done = threading.Event()

    def work():
        client, count, waiting = str(uuid.uuid4()), 0, None
        while not done.is_set() or waiting:
            if waiting is None:
                waiting = []
                for _ in range(5):
                    count += 1
                    waiting.append(create(count, name='Новая'))
                with lock:
                    sent.update({mutation['id']: 1 for mutation in waiting})
            try:
                status, text = server.push(client, waiting)
            except (OSError, urllib.error.URLError, ValueError):
                time.sleep(0.02)
                continue
            except Exception:  # pylint: disable=broad-exception-caught
                # A cut answer.
                time.sleep(0.02)
                continue
            if status == 503:
                continue
            assert status == 200, (status, text)
            assert all(result['status'] == 'applied' for result in json.loads(text)['results']), text
            with lock:
                acknowledged.update({mutation['id']: 1 for mutation in waiting})
            waiting = None

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20 if LONG else 4):
        time.sleep(0.4)
        server.stop(signal.SIGKILL)
        server.start()
    done.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    try:
        records = server.pull()
        there = {value['id'] for key, value in records.items() if key.startswith('company/')
                 and value['fields'].get('name') == 'Новая'}
        assert len(acknowledged) > 20, len(acknowledged)
        assert set(acknowledged) <= there, len(set(acknowledged) - there)
        assert there <= set(sent)
        # One line of history says that it was made, not two.
        made = [value['fields']['record'] for key, value in records.items() if key.startswith('history/')
                and value['fields'].get('field') is None and value['fields']['record'] in there]
        assert len(made) == len(set(made)) == len(there), (len(made), len(there))
        print(f'# {len(acknowledged)} acknowledged')
    finally:
        assert server.stop() == 0


class Cutter:
    """Stands between a server and PostgreSQL, and loses the answer to the commit of what has a certain word in it, once."""

    def __init__(self, folder, store):
        self.there = re.search(r'host=([^&]*)', store)[1]
        self.store = store.replace(self.there, urllib.parse.quote(folder, safe=''))
        self.there = urllib.parse.unquote(self.there) + '/.s.PGSQL.5432'
        self.word, self.socket = None, socket.socket(socket.AF_UNIX)
        self.socket.bind(f'{folder}/.s.PGSQL.5432')
        self.socket.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            ours = self.socket.accept()[0]
            theirs = socket.socket(socket.AF_UNIX)
            theirs.connect(self.there)
            threading.Thread(target=self.ask, args=(ours, theirs), daemon=True).start()

    def ask(self, ours, theirs):
        said = False
        with ours, theirs:
            while True:
                for ready in select.select([ours, theirs], [], [])[0]:
                    data = ready.recv(1 << 20)
                    if not data:
                        return
                    (theirs if ready is ours else ours).sendall(data)
                    said |= ready is ours and self.word is not None and self.word.encode() in data
                    if said and ready is ours and b'COMMIT\0' in data:
                        self.word = None
                        theirs.recv(1 << 20)
                        return


def doubt(folder):
    server = Server(folder)
    assert server.stop() == 0
    cutter = Cutter(folder, server.store)
    server.store = cutter.store
    server.start()

    def post(title, **headers):
        # On a connection that has been used before.
        assert server.ask('GET', '/v1/deals?limit=1')[0] == 200
        cutter.word = title
        status, text = server.ask('POST', '/v1/deals', json.dumps({'fields': {'title': title}}).encode(), headers=headers)
        assert cutter.word is None
        return status, text

    def count(title):
        return len([1 for record in server.pull().values() if record['fields'].get('title') == title])

    try:
        status, text = post('Без ключа')
        assert status == 503 and count('Без ключа') == 1, (status, text, count('Без ключа'))
        status, text = post('С ключом', **{'Idempotency-Key': 'a'})
        assert status == 201 and count('С ключом') == 1, (status, text, count('С ключом'))
        assert server.ask('GET', '/v1/deals?limit=1')[0] == 200
        cutter.word = 'Один раз'
        status, text = server.push(str(uuid.uuid4()), [create(1, name='Один раз')])
        assert status == 200 and json.loads(text)['results'][0]['status'] == 'applied', text
        assert cutter.word is None
        assert len([1 for record in server.pull().values() if record['fields'].get('name') == 'Один раз']) == 1
    finally:
        assert server.stop() == 0


# SQLite is no connection that can break.
if POSTGRESQL:
    case('what may be done already is not done again')(doubt)


@case('TLS')
def tls(folder):
    key, certificate = os.path.join(folder, 'key.pem'), os.path.join(folder, 'cert.pem')
    Server.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days',
               '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1')
    server = Server(folder, '--tls-cert', certificate, '--tls-key', key)
    try:
        server.context = ssl.create_default_context(cafile=certificate)
        assert server.ask('GET', '/v1/me')[0] == 200
        server.context = ssl.create_default_context()
        try:
            server.ask('GET', '/v1/me')
            raise AssertionError('an unknown certificate was taken')
        except urllib.error.URLError:
            pass
        server.scheme = 'http'
        try:
            assert server.ask('GET', '/v1/me')[0] >= 400
        except (urllib.error.URLError, OSError):
            pass
    finally:
        assert server.stop() == 0


@case('metrics are for this machine, and for those that are named')
def readers(folder):
    os.environ['TORG_METRICS_FROM'] = '10.1.0.0/16, 192.0.2.7'
    server = Server(folder, '--trusted-proxy', '127.0.0.1')
    try:
        for peer, expected in (('10.1.2.3', 200), ('192.0.2.7', 200), ('127.0.0.1', 200), ('10.2.0.1', 403), ('192.0.2.8', 403)):
            status = server.ask('GET', '/metrics', token=None, headers={'X-Forwarded-For': peer})[0]
            assert status == expected, (peer, status)
        assert server.ask('GET', '/healthz', token=None, headers={'X-Forwarded-For': '10.2.0.1'})[0] == 200
    finally:
        del os.environ['TORG_METRICS_FROM']
        assert server.stop() == 0


def begin_body(server, token, length, sent):
    """A connection over which some of a body has come."""
    connection = socket.create_connection(('127.0.0.1', server.port), 60)
    authorization = f'Authorization: Bearer {token}\r\n' if token else ''
    connection.sendall(f'POST /v1/sync/push HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: {length}\r\n\r\n'.encode())
    connection.sendall(b' ' * sent)
    return connection


@case('nobody fills the memory')
def bodies(folder):
    server = Server(folder)
    try:
        # Who names no token has nothing large to send.
        assert server.ask('POST', '/v1/sync/push', b' ' * 300000, token=None)[0] == 413
        assert server.ask('POST', '/v1/sync/push', (b' ' * 65536 for _ in range(8)), token=None)[0] == 413
        assert server.ask('POST', '/v1/sync/push', b' ' * 200000, token=None)[0] == 401
        slow = begin_body(server, None, 200000, 1000)
        begun = time.monotonic()
        # A token may be a wrong one: what strangers send has a limit, and keeps nobody from working.
        assert server.ask('GET', '/v1/me')[0] == 200
        large = [begin_body(server, 'torg_wrong', 16000000, 15000000) for _ in range(6)]
        assert server.ask('POST', '/v1/companies', b'{"fields": {"name": "' + b' ' * 100000 + b'"}}')[0] == 422
        for connection in large:
            connection.sendall(b' ' * 1000000)
        answers = [connection.recv(12)[9:] for connection in large]
        assert set(answers) == {b'401', b'503'} and answers.count(b'401') >= 2, answers
        for connection in large:
            connection.close()
        # The memory is given back.
        until = time.monotonic() + 20
        while server.ask('POST', '/v1/sync/push', b' ' * 14000000)[0] == 503:
            assert time.monotonic() < until
        if not POSTGRESQL:
            # What does not come on ends with its connection.
            slow.settimeout(60)
            assert slow.recv(100) == b'' and 25 < time.monotonic() - begun < 50, time.monotonic() - begun
        slow.close()
    finally:
        assert server.stop() == 0


@case('comparing all is for once in a while')
def comparing(folder):
    server = Server(folder)
    try:
        client, cursor = str(uuid.uuid4()), ''
        while True:
            lines = server.ask('GET', f'/v1/sync/changes?client={client}{cursor}')[1].splitlines()
            end = json.loads(lines[-1])['end']
            cursor = f'&cursor={end["cursor"]}'
            if not end['more']:
                break
        # Where there is something to take first nothing is compared, and nothing is counted.
        assert {server.ask('GET', f'/v1/sync/verify?client={client}')[0] for _ in range(40)} == {409}
        answers = [server.ask_all('GET', f'/v1/sync/verify?client={client}{cursor}') for _ in range(25)]
        statuses = [status for status, _, _ in answers]
        assert statuses.count(200) >= 10 and statuses[-1] == 429 and int(answers[-1][2]['Retry-After']) > 0, statuses
        # What has to be quick is.
        assert server.ask('GET', f'/v1/sync/changes?client={client}{cursor}')[0] == 200
        assert server.ask('GET', '/v1/me')[0] == 200
    finally:
        assert server.stop() == 0


@case('a parameter that comes twice')
def twice(folder):
    server = Server(folder)
    try:
        deal = json.loads(server.ask('GET', '/v1/deals?limit=1')[1])['items'][0]
        stage = deal['fields']['stage']
        for path, name in ((f'/v1/deals?stage={stage}&stage={stage}', 'stage'), ('/v1/deals?limit=1&limit=2', 'limit'),
                           ('/v1/deals?limit=1&%6Cimit=2', 'limit'), (f'/v1/deals/{deal["id"]}?fields=title&fields=stage', 'fields'),
                           ('/v1/search?q=a&q=b', 'q'), (f'/v1/webhooks/{uuid.uuid4()}/deliveries?limit=1&limit=1', 'limit'),
                           ('/v1/people?x=1&x=1', 'x'), (f'/v1/sync/changes?client={uuid.uuid4()}&schema=2&schema=1', 'schema')):
            status, text, headers = server.ask_all('GET', path)
            problem = json.loads(text)
            assert (status, problem.get('code'), problem.get('field')) == (400, 'parameter', name), (path, problem)
            assert headers['Content-Type'] == 'application/problem+json'
            # Whoever is nobody here is told so first.
            assert server.ask('GET', path, token=False)[0] == 401
        assert server.ask('GET', f'/v1/deals?stage={stage},{stage}&limit=1')[0] == 200
    finally:
        assert server.stop() == 0


plan()
