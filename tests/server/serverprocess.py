# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server process with the demo company, for tests in TAP: SERVER and TORGCTL are the first two arguments.
With TORG_TEST_POSTGRESQL on that, else on SQLite."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import urllib.error
import urllib.request
import uuid

SERVER, TORGCTL = sys.argv[1:3]
POSTGRESQL = os.environ.get('TORG_TEST_POSTGRESQL')
LONG = os.environ.get('TORG_TEST_AMOUNT') == 'long'
STORE = 'postgresql' if POSTGRESQL else 'sqlite'
number = 0


def empty_store(folder, name):
    """Where a server may keep its content."""
    if not POSTGRESQL:
        return f'sqlite:{folder}/{name}.db'
    schema = f'test_{uuid.uuid4().hex}'
    subprocess.run(['psql', '-q', '-d', POSTGRESQL, '-c', f'CREATE SCHEMA {schema}'], check=True)
    return f'{POSTGRESQL}&options=-csearch_path%3D{schema}'


class Server:
    """A server on a database of its own, with the demo company and one token."""

    def __init__(self, folder, *arguments):
        self.folder, self.arguments, self.process = folder, arguments, None
        self.scheme, self.context = ('https' if '--tls-cert' in arguments else 'http'), None
        self.store = empty_store(folder, 'server')
        replica = os.path.join(folder, 'demo.db')
        self.run(TORGCTL, '--replica', replica, 'demo', '--records', '300', '--seed', '1')
        self.admin('import', replica)
        user = json.loads(self.run(TORGCTL, '--replica', replica, '--json', 'list', 'user').stdout)[0]
        self.user = user['id']
        self.admin('user', 'add', 'anna', self.user, input='a password\n')
        self.token = self.admin('token', 'anna').stdout.strip()
        self.start()

    @staticmethod
    def run(*command, **options):
        result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        if result.returncode:
            raise RuntimeError(f'{command}: {result.stdout}{result.stderr}')
        return result

    def admin(self, *arguments, **options):
        return self.run(SERVER, '--store', self.store, *arguments, **options)

    def start(self):
        with open(os.path.join(self.folder, 'log'), 'ab') as log:
            self.process = subprocess.Popen([SERVER, '--store', self.store, 'serve', '--listen', '127.0.0.1:0',
                                             *self.arguments], stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert line.startswith('listening '), line
        self.port = int(line.split()[1])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status

    def ask(self, method, path, body=None, token=True, headers=None):
        """The status and the body."""
        return self.ask_all(method, path, body, token, headers)[:2]

    def ask_all(self, method, path, body=None, token=True, headers=None):
        """The status, the body and the headers."""
        request = urllib.request.Request(f'{self.scheme}://127.0.0.1:{self.port}{path}', data=body, method=method,
                                         headers=headers or {})
        if token:
            request.add_header('Authorization', f'Bearer {self.token if token is True else token}')
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    def push(self, client, mutations):
        return self.ask('POST', '/v1/sync/push', json.dumps({'client': client, 'mutations': mutations}).encode())

    def pull(self):
        """All records that a new client gets, as TYPE/ID → fields."""
        client, cursor, records = str(uuid.uuid4()), '', {}
        while True:
            status, text = self.ask('GET', f'/v1/sync/changes?client={client}{cursor}')
            assert status == 200, (status, text)
            for line in text.splitlines():
                line = json.loads(line)
                for record in records_of(line):
                    records[record['type'] + '/' + record['id']] = record
                if 'end' in line:
                    end = line['end']
            cursor = f'&cursor={end["cursor"]}'
            if not end['more']:
                return records


def records_of(line):
    """What a line of an answer holds, of whichever form."""
    if 'record' in line:
        return [line['record']]
    rows = line.get('rows', {'rows': []})
    return [{'type': rows['type'], 'id': row[0], 'seq': row[1], **({'deleted': row[2]} if row[2] else {}),
             'fields': {name: value for name, value in zip(rows['fields'], row[3:], strict=True) if value is not None}}
            for row in rows['rows']]


def create(client_seq, **fields):
    return {'mutation_id': str(uuid.uuid4()), 'client_seq': client_seq, 'group_id': str(uuid.uuid4()), 'op': 'create',
            'type': 'company', 'id': str(uuid.uuid4()), 'base_seq': 0, 'edited_at': 0, 'schema': 2,
            'fields': {name: {'new': value} for name, value in fields.items()}}


def case(name):
    """Runs a function as a test of its own."""
    def run(function):
        global number
        number += 1
        try:
            with tempfile.TemporaryDirectory(prefix='torg-http-') as folder:
                function(folder)
            print(f'ok {number} - {STORE} {name}', flush=True)
        except Exception:  # pylint: disable=broad-exception-caught
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
            print(f'not ok {number} - {STORE} {name}', flush=True)
    return run


def plan():
    """The last line of a test."""
    print(f'1..{number}')
