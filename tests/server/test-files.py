#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files at the server: sent in parts, fetched by Range, by those who see what they are attached to."""
import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import time
import uuid

from serverprocess import SERVER, Server, case, plan

PART = 'application/partial-upload'


class Files:
    """A server with two employees: anna may do everything; boris works with his own."""

    def __init__(self, folder, *arguments):
        self.folder = os.path.join(folder, 'files')
        self.server = Server(folder, '--files', self.folder, *arguments)
        self.anna = self.server.token

    def stop(self, how=signal.SIGTERM):
        return self.server.stop(how)

    def ask(self, method, path, body=None, token=None, **headers):
        """Status, bytes, headers: of a connection of its own, since urllib reads text."""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=60)
        names = {name.replace('_', '-'): value for name, value in headers.items()}
        if token != '':
            names['Authorization'] = f'Bearer {token or self.anna}'
        connection.request(method, path, body, names)
        answer = connection.getresponse()
        result = answer.status, answer.read(), answer.headers
        connection.close()
        return result

    def begin(self, content, token=None, size=None, sha256=None):
        body = {'sha256': sha256 or hashlib.sha256(content).hexdigest(), 'size': len(content) if size is None else size}
        return self.ask('POST', '/v1/files', json.dumps(body), token)

    def part(self, location, offset, content, token=None, **headers):
        return self.ask('PATCH', location, content, token, **{'Upload_Offset': str(offset), 'Content_Type': PART, **headers})

    def send(self, content, token=None, step=100000):
        status, _, headers = self.begin(content, token)
        if status == 200:
            return
        assert status == 201, status
        offset = int(headers['Upload-Offset'])
        while True:
            status, body, answer = self.part(headers['Location'], offset, content[offset:offset + step], token)
            if status == 200:
                assert json.loads(body) == {'complete': True}
                return
            assert status == 204, (status, body)
            offset = int(answer['Upload-Offset'])

    def get(self, sha256, token=None, method='GET', **headers):
        return self.ask(method, f'/v1/files/{sha256}', None, token, **headers)

    def make(self, plural, fields, token=None):
        status, text, _ = self.ask('POST', f'/v1/{plural}', json.dumps({'fields': fields}), token)
        assert status == 201, (status, text)
        return json.loads(text)['id']

    def attach(self, sha256, token=None, **parent):
        return self.make('attachments', {'name': 'файл.bin', 'file': sha256, **parent}, token)

    def add_user(self, login, name, *rights):
        """A user with a role that may do each TYPE ACTION REACH."""
        user = self.make('users', {'name': name})
        self.server.admin('user', 'add', login, user, input='a password\n')
        self.server.admin('role', 'add', name)
        for right in rights:
            self.server.admin('role', 'set', name, *right.split())
        self.server.admin('role', 'give', login, name)
        return user, self.server.admin('token', login).stdout.strip()

    def give_roles(self):
        """From now on rights count; anna keeps all of them."""
        self.server.admin('role', 'add', 'Директор')
        self.server.admin('role', 'set', 'Директор', '*', '*', 'all')
        self.server.admin('role', 'set', 'Директор', 'role', 'edit', 'all')
        self.server.admin('role', 'give', 'anna', 'Директор')


def sha(content):
    return hashlib.sha256(content).hexdigest()


def blob(seed, size):
    return random.Random(seed).randbytes(size)


@case('a file is sent in parts, goes on after a cut and a crash, and is fetched')
def parts(folder):
    files = Files(folder)
    try:
        content = blob(1, 1000000)
        status, body, headers = files.begin(content)
        assert (status, json.loads(body), headers['Upload-Offset']) == (201, {'complete': False}, '0'), (status, body)
        where = headers['Location']
        status, body, headers = files.part(where, 0, content[:300000])
        assert (status, headers['Upload-Offset']) == (204, '300000'), (status, body)
        # A part that is cut off on its way is not there.
        connection = http.client.HTTPConnection('127.0.0.1', files.server.port, timeout=10)
        connection.putrequest('PATCH', where)
        for name, value in (('Authorization', f'Bearer {files.anna}'), ('Upload-Offset', '300000'),
                            ('Content-Type', PART), ('Content-Length', '200000')):
            connection.putheader(name, value)
        connection.endheaders(content[300000:350000])
        connection.close()
        status, _, headers = files.ask('HEAD', where)
        assert (status, headers['Upload-Offset'], headers['Upload-Length']) == (204, '300000', '1000000'), status
        # The server is killed: what it has said to have, it has.
        assert files.server.stop(signal.SIGKILL) != 0
        files.server.start()
        status, _, headers = files.begin(content)
        assert (status, headers['Location'], headers['Upload-Offset']) == (201, where, '300000')
        # At another place, again, and too much.
        status, _, headers = files.part(where, 100, content[100:200])
        assert (status, headers['Upload-Offset']) == (409, '300000')
        assert files.part(where, 400000, b'x')[0] == 409
        # The same again, since the answer was lost.
        status, _, headers = files.part(where, 0, content[:300000])
        assert (status, headers['Upload-Offset']) == (204, '300000')
        assert files.part(where, 300000, content[300000:] + b'x')[0] == 400
        for offset in ('', '-1', 'x', '9999999999999999999999', '1000001'):
            assert files.ask('PATCH', where, b'x', Upload_Offset=offset, Content_Type=PART)[0] == 400, offset
        assert files.ask('PATCH', where, b'x', Content_Type=PART)[0] == 400
        assert files.ask('PATCH', where, b'x', Upload_Offset='300000')[0] == 415
        assert files.get(sha(content))[0] == 404
        files.send(content)
        assert files.ask('HEAD', where)[0] == 404
        # Attached to nothing nobody sees it.
        assert files.get(sha(content))[0] == 404
        company = files.make('companies', {'name': 'Ромашка'})
        attachment = files.attach(sha(content), company=company)
        status, body, headers = files.get(sha(content))
        assert (status, body) == (200, content)
        assert headers['ETag'] == f'"{sha(content)}"' and headers['Accept-Ranges'] == 'bytes'
        assert headers['Content-Type'] == 'application/octet-stream' and headers['X-Content-Type-Options'] == 'nosniff'
        assert headers['Content-Disposition'] == 'attachment'
        status, body, headers = files.get(sha(content), method='HEAD')
        assert (status, body, headers['Content-Length']) == (200, b'', '1000000'), (status, headers['Content-Length'])
        assert files.get(sha(content), If_None_Match=headers['ETag'])[0] == 304
        # It is there: who may read it need not send it.
        status, body, _ = files.begin(content)
        assert (status, json.loads(body)) == (200, {'complete': True})
        assert files.ask('DELETE', f'/v1/attachments/{attachment}', If_Match='*')[0] == 204
        assert files.get(sha(content))[0] == 404
        # An empty one.
        status, body, _ = files.begin(b'')
        assert (status, json.loads(body)) == (200, {'complete': True}), (status, body)
        files.attach(sha(b''), company=company)
        assert files.get(sha(b''))[:2] == (200, b'')
    finally:
        assert files.stop() == 0


@case('what has gone from the disk is sent again')
def vanished(folder):
    files = Files(folder)
    try:
        content = blob(11, 5000)
        files.send(content)
        company = files.make('companies', {'name': 'Ромашка'})
        files.attach(sha(content), company=company)
        path = os.path.join(files.folder, sha(content)[:2], sha(content)[2:])
        assert files.begin(content)[0] == 200
        for damage in (os.remove, lambda name: os.truncate(name, 100)):
            damage(path)
            status, body, headers = files.begin(content)
            assert (status, json.loads(body), headers['Upload-Offset']) == (201, {'complete': False}, '0'), (status, body)
            files.send(content)
            assert files.get(sha(content))[:2] == (200, content)
            assert files.begin(content)[0] == 200
    finally:
        assert files.stop() == 0


@case('ranges')
def ranges(folder):
    files = Files(folder)
    try:
        content = blob(2, 100000)
        files.send(content)
        files.attach(sha(content), company=files.make('companies', {'name': 'Ромашка'}))
        whole = f'"{sha(content)}"'
        for text, first, last in (('bytes=0-0', 0, 0), ('bytes=0-99', 0, 99), ('bytes=50000-', 50000, 99999),
                                  ('bytes=-5', 99995, 99999), ('bytes=99999-200000', 99999, 99999)):
            status, body, headers = files.get(sha(content), Range=text)
            assert (status, body) == (206, content[first:last + 1]), (text, status, len(body))
            assert headers['Content-Range'] == f'bytes {first}-{last}/100000', headers['Content-Range']
            assert headers['ETag'] == whole
        for text in ('bytes=100000-', 'bytes=200000-300000'):
            status, body, headers = files.get(sha(content), Range=text)
            assert status == 416 and not body, (text, status, len(body))
            assert headers['Content-Range'] == 'bytes */100000', headers['Content-Range']
        for text in ('bytes=5-1', 'lines=1-2', 'bytes=x', 'bytes=0-1,5-6', 'bytes=' + ','.join(['0-'] * 2000)):
            status, body, _ = files.get(sha(content), Range=text)
            assert status == 200 and body == content, (text[:40], status, len(body))
        assert files.get(sha(content), Range='bytes=1-2', If_Range=whole)[:2] == (206, content[1:3])
        assert files.get(sha(content), Range='bytes=1-2', If_Range='"other"')[:2] == (200, content)
        # Of other answers there are no parts.
        assert files.ask('GET', '/v1/me', Range='bytes=0-3')[0] == 200
    finally:
        assert files.stop() == 0


@case('what has another hash is not taken, what is too large neither')
def wrong(folder):
    files = Files(folder, '--file-limit', '1')
    try:
        content = blob(3, 5000)
        status, _, headers = files.begin(content, sha256=sha(b'other'))
        assert status == 201
        status, body, _ = files.part(headers['Location'], 0, content)
        assert (status, json.loads(body)['code']) == (422, 'hash'), (status, body)
        assert files.ask('HEAD', headers['Location'])[0] == 404
        files.attach(sha(b'other'), company=files.make('companies', {'name': 'Ромашка'}))
        assert files.get(sha(b'other'))[0] == 404
        status, _, headers = files.begin(b'', size=1000001, sha256=sha(content))
        assert (status, headers['Upload-Limit']) == (413, 'max-size=1000000')
        assert files.begin(b'', size=1000000, sha256=sha(content))[0] == 201
        for body in (b'', b'[]', b'{', b'{"sha256":1,"size":1}', b'{"sha256":"' + b'A' * 64 + b'","size":1}',
                     b'{"sha256":"' + b'../' * 21 + b'a","size":1}', b'{"sha256":"' + b'a' * 64 + b'"}',
                     b'{"sha256":"' + b'a' * 64 + b'","size":-1}', b'{"sha256":"' + b'a' * 64 + b'","size":1.5}',
                     b'{"sha256":"' + b'a' * 64 + b'","size":"1"}', b'[' * 5000):
            assert files.ask('POST', '/v1/files', body)[0] == 400, body
        for path in ('/v1/files/', '/v1/files/x', '/v1/files/' + 'g' * 64, '/v1/files/..%2f..%2fetc%2fpasswd',
                     '/v1/files/uploads/', '/v1/files/uploads/x', f'/v1/files/uploads/{uuid.uuid4()}',
                     '/v1/files/uploads/../../server.db'):
            assert files.ask('GET', path)[0] in (400, 404, 405), path
            assert files.part(path, 0, b'x')[0] in (400, 404, 405), path
        assert files.ask('GET', '/v1/files')[0] == files.ask('PUT', '/v1/files')[0] == 405
        assert files.ask('POST', '/v1/files', b'{}', token='')[0] == 401
        # Whoever begins and begins has to come to an end first.
        for i in range(40):
            status, _, headers = files.begin(blob(i + 100, 10))
            if status != 201:
                break
        assert status == 429 and int(headers['Retry-After']) > 0, (i, status)
    finally:
        assert files.stop() == 0


@case('a file is for those who see what it is attached to, and its hash proves nothing')
def rights(folder):
    files = Files(folder)
    try:
        everything = [f'* {action} own' for action in ('read', 'create', 'edit', 'delete')]
        files.give_roles()
        boris_id, boris = files.add_user('boris', 'Борис', *everything)
        _, viktor = files.add_user('viktor', 'Виктор', '* read all')
        secret = blob(4, 5000)
        files.send(secret)
        hers = files.make('companies', {'name': 'Тайная'})
        files.attach(sha(secret), company=hers)
        assert files.get(sha(secret))[0] == 200
        assert files.get(sha(secret), viktor)[0] == 200

        def not_there(token, sha256):
            answers = [files.get(sha256, token), files.get(sha(b'nothing'), token)]
            # What is there and what never was are answered alike.
            assert [answer[0] for answer in answers] == [404, 404] and answers[0][1] == answers[1][1]
            answers = [files.get(sha256, token, 'HEAD'), files.get(sha(b'nothing'), token, 'HEAD')]
            assert [answer[0] for answer in answers] == [404, 404]
            assert answers[0][2].keys() == answers[1][2].keys()
        not_there(boris, sha(secret))
        # He knows the hash, attaches it to his own, and sees no more for that.
        his = files.make('companies', {'name': 'Своя', 'owner': boris_id}, boris)
        attachment = files.attach(sha(secret), boris, company=his)
        not_there(boris, sha(secret))
        assert files.get(sha(secret))[0] == 200
        # That it is here already he is not told either: he has to send all of it.
        status, _, headers = files.begin(secret, boris)
        assert (status, headers['Upload-Offset']) == (201, '0')
        # It cannot be turned into another one, not by her, who could read both.
        other = blob(5, 10)
        files.send(other, boris)
        harmless = files.attach(sha(other), boris, company=his)
        assert files.get(sha(other), boris)[0] == 200
        for token in (boris, files.anna):
            status, body, _ = files.ask('PATCH', f'/v1/attachments/{harmless}', json.dumps({'fields': {'file': sha(secret)}}),
                                        token, If_Match='*')
            assert status in (409, 422), (status, body)
        status, body = files.server.push(str(uuid.uuid4()), [{
            'mutation_id': str(uuid.uuid4()), 'client_seq': 1, 'group_id': str(uuid.uuid4()), 'op': 'patch',
            'type': 'attachment', 'id': harmless, 'base_seq': 0, 'edited_at': 0, 'schema': 2,
            'fields': {'file': {'base': sha(other), 'new': sha(secret)}}}])
        assert status == 200 and '"rejected"' in body, body
        # An upload is that of whoever began it.
        for method in ('HEAD', 'PATCH'):
            assert files.ask(method, headers['Location'], b'' if method == 'PATCH' else None, files.anna,
                             Upload_Offset='0', Content_Type=PART)[0] == 404
        # Once he has sent it, it is his too; then hers is deleted, and his stays.
        files.send(secret, boris)
        assert files.get(sha(secret), boris)[:2] == (200, secret)
        assert files.ask('DELETE', f'/v1/companies/{hers}', If_Match='*')[0] == 204
        assert files.get(sha(secret), boris)[0] == 200
        assert files.ask('DELETE', f'/v1/attachments/{attachment}', token=boris, If_Match='*')[0] == 204
        not_there(boris, sha(secret))
        # Who may make nothing sends nothing; who has left neither.
        assert files.begin(b'x', viktor)[0] == 403
        files.server.admin('user', 'disable', 'boris')
        assert files.begin(b'y', boris)[0] in (401, 403)
        assert files.get(sha(other), boris)[0] in (401, 404)
        # What hides the field hides the file.
        files.server.admin('role', 'hide', 'Виктор', 'attachment.file')
        assert files.get(sha(other))[0] == 200
        not_there(viktor, sha(other))
    finally:
        assert files.stop() == 0


@case('backup, restore, check and export know files; what nobody needs goes')
def administration(folder):
    files = Files(folder)
    content, unused = blob(6, 70000), blob(7, 10)
    try:
        files.send(content)
        files.send(unused)
        files.attach(sha(content), company=files.make('companies', {'name': 'Ромашка'}))
        path = os.path.join(folder, 'backup')
        place = ('--files', files.folder)
        environment = {**os.environ, 'TORG_FILES': files.folder}
        files.server.admin('backup', path, env=environment)
        copy = os.path.join(path + '.files', sha(content)[:2], sha(content)[2:])
        with open(copy, 'rb') as file:
            assert file.read() == content
        assert os.stat(copy).st_mode & 0o777 == 0o600
        files.server.admin('export', os.path.join(folder, 'out'), env=environment)
        assert os.path.exists(os.path.join(folder, 'out', 'files', sha(content)[:2], sha(content)[2:]))
        files.server.admin('check', env=environment)
        own = os.path.join(files.folder, sha(content)[:2], sha(content)[2:])
        with open(own, 'r+b') as file:
            file.write(b'damaged')

        def check():
            return subprocess.run([SERVER, '--store', files.server.store, 'check'], capture_output=True, text=True,
                                  check=False, env={**environment, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'})
        result = check()
        assert result.returncode == 1 and f'{sha(content)} is damaged' in result.stdout, result
        os.remove(own)
        result = check()
        assert result.returncode == 1 and f'{sha(content)} is missing' in result.stdout, result
        # A copy of what is left is made, and says what is not in it.
        result = subprocess.run([SERVER, '--store', files.server.store, 'backup', path + '2'], capture_output=True,
                                text=True, check=False, env=environment)
        assert result.returncode == 1 and os.path.exists(path + '2'), result
        assert files.get(sha(content))[0] == 500
        # Beside a file of its own, it is put back.
        if files.server.store.startswith('sqlite:'):
            store = f'sqlite:{folder}/other.db'
            run = {**os.environ, 'TORG_FILES': ''}
            subprocess.run([SERVER, '--store', store, 'restore', path], check=True, env=run, capture_output=True)
            with open(os.path.join(folder, 'other.db.files', sha(content)[:2], sha(content)[2:]), 'rb') as file:
                assert file.read() == content
            subprocess.run([SERVER, '--store', store, 'check'], check=True, env=run, capture_output=True)
        assert place
    finally:
        assert files.stop() == 0


@case('without a place for them there are no files')
def nowhere(folder):
    server = Server(folder)
    try:
        body = json.dumps({'sha256': 'a' * 64, 'size': 1}).encode()
        status = server.ask('POST', '/v1/files', body)[0]
        assert status == (201 if server.store.startswith('sqlite:') else 501), status
    finally:
        assert server.stop() == 0


@case('nonsense in headers and bodies')
def nonsense(folder):
    files = Files(folder)
    try:
        dice = random.Random(8)
        content = blob(9, 3000)
        status, _, headers = files.begin(content)
        where = headers['Location']
        texts = ['', '0', '-1', '1e3', '0x10', ' 0', '0 ', '99999999999999999999', '\t', '18446744073709551615', 'ё'.encode(),
                 '9223372036854775807', '0,0', 'bytes=0-', '*', '"', "'", '%00', 'a' * 4000]
        for i in range(300):
            names = {dice.choice(('Upload_Offset', 'Range', 'If_Range', 'If_None_Match', 'Content_Type', 'Content_Range',
                                  'Transfer_Encodin', 'Expect_')): dice.choice(texts) for _ in range(3)}
            if dice.random() < 0.5:
                names['Content_Type'] = PART
            method = dice.choice(('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'))
            path = dice.choice((where, '/v1/files', f'/v1/files/{sha(content)}', where + '/', where + '?a=b'))
            status = files.ask(method, path, dice.randbytes(dice.choice((0, 1, 100, 4000))), **names)[0]
            assert status < 500, (status, method, path, names)
        # What was sent meanwhile may be nonsense too.
        content = blob(10, 3000)
        files.send(content)
        files.attach(sha(content), company=files.make('companies', {'name': 'Ромашка'}))
        for i in range(300):
            names = {dice.choice(('Range', 'If_Range', 'If_None_Match')): dice.choice(
                texts + ['bytes=' + ''.join(dice.choices('0123456789-, ', k=dice.randrange(12)))]) for _ in range(2)}
            status, body, _ = files.get(sha(content), **names)
            assert status in (200, 206, 304, 416), (status, names)
            assert body in content
        started = time.monotonic()
        assert files.get(sha(content))[1] == content and time.monotonic() - started < 60
    finally:
        assert files.stop() == 0


plan()
