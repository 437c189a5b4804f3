# SPDX-License-Identifier: GPL-3.0-or-later
"""Several processes on one socket: kill any of them, the others go on. TAP."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import uuid

from serverprocess import POSTGRESQL, SERVER, Server, case, create, plan

WORKERS = 3


def list_children(parent):
    """The processes that a process has started, the first one first."""
    children = []
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = path.read_text().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != 'Z':
            children.append((int(fields[19]), int(path.parent.name)))
    return [pid for _, pid in sorted(children)]


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_alive(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


class Person(threading.Thread):
    """Somebody who goes on asking and sending; what fails is sent again, as programs do."""

    def __init__(self, server):
        super().__init__()
        self.server, self.client, self.sent, self.again, self.done = server, str(uuid.uuid4()), [], 0, threading.Event()
        self.failure = None

    def insist(self, method, path, body=None):
        for _ in range(200):
            try:
                status, text = self.server.ask(method, path, body)
                if status < 500:
                    return status, text
            except (OSError, http.client.HTTPException):
                # Nothing was answered, or an answer broke off where its process was killed.
                pass
            self.again += 1
            time.sleep(0.02)
        raise AssertionError(f'{path} was never answered')

    def run(self):
        try:
            while not self.done.is_set():
                assert self.insist('GET', '/v1/me')[0] == 200
                mutation = create(len(self.sent) + 1, name=f'{self.client} {len(self.sent)}')
                body = json.dumps({'client': self.client, 'mutations': [mutation]}).encode()
                status, text = self.insist('POST', '/v1/sync/push', body)
                assert status == 200 and json.loads(text)['results'][0]['status'] == 'applied', text
                self.sent.append(mutation['id'])
        except Exception as failure:  # pylint: disable=broad-exception-caught
            self.failure = failure

    def finish(self):
        self.done.set()
        self.join(60)
        assert self.failure is None and not self.is_alive(), self.failure
        return self.sent


def restart(server, *arguments):
    assert server.stop() == 0
    server.arguments = arguments
    server.start()


def killed(folder):
    server = Server(folder)
    restart(server, '--workers', str(WORKERS), '--threads', '2')
    try:
        parent = server.process.pid
        assert len(list_children(parent)) == WORKERS
        people = [Person(server) for _ in range(4)]
        for person in people:
            person.start()
        for turn in range(WORKERS):
            victim = list_children(parent)[turn % WORKERS]
            before = sum(len(person.sent) for person in people)
            os.kill(victim, signal.SIGKILL)
            # The others go on at once, and soon there are as many as before.
            wait_for(lambda before=before: sum(len(person.sent) for person in people) > before + 8)
            wait_for(lambda victim=victim: len(list_children(parent)) == WORKERS and not is_alive(victim))
        sent = [id for person in people for id in person.finish()]
        assert len(sent) > 50 and len(set(sent)) == len(sent)
        records = server.pull()
        assert all(f'company/{id}' in records for id in sent)
        names = [record['fields']['name'] for record in records.values() if record['type'] == 'company']
        assert sum(name.startswith(tuple(person.client for person in people)) for name in names) == len(sent)
        # Whichever of them is asked tells of all, those that are gone too.
        counted = [int(re.search(r'^torg_requests_total (\d+)$', server.ask('GET', '/metrics')[1], re.M)[1]) for _ in range(8)]
        assert counted == list(range(counted[0], counted[0] + 8)) and counted[0] > 2 * len(sent), counted
        log = [json.loads(line) for line in pathlib.Path(folder, 'log').read_text().splitlines()]
        said = [line for line in log if 'ended by signal 9' in line.get('message', '')]
        assert len(said) == WORKERS and all(line['level'] == 'warning' for line in said), said
        # Without the first process the workers go on; and one of them after the other ends when it is told to.
        workers = list_children(parent)
        server.process.kill()
        server.process.wait(20)
        assert all(server.ask('GET', '/v1/me')[0] == 200 for _ in range(10))
        for worker in workers:
            assert server.ask('GET', '/healthz')[0] == 200
            os.kill(worker, signal.SIGTERM)
            wait_for(lambda worker=worker: not is_alive(worker))
        assert server.admin('check').returncode == 0
        server.process.stdout.close()
    finally:
        for pid in list_children(server.process.pid):
            os.kill(pid, signal.SIGKILL)
        server.process.kill()


def ended(folder):
    server = Server(folder)
    restart(server, '--workers', str(WORKERS))
    workers = list_children(server.process.pid)
    person = Person(server)
    person.start()
    wait_for(lambda: len(person.sent) > 5)
    # What is handled is answered, nothing is left over, and the same may start again at once on the same port.
    assert server.stop() == 0
    assert not any(is_alive(worker) for worker in workers)
    server.arguments = ('--workers', '2', '--listen', f'127.0.0.1:{server.port}')
    server.start()
    wait_for(lambda: person.again > 0)
    person.finish()
    assert server.stop() == 0
    # What cannot work is said, and not tried for ever.
    try:
        server.admin('serve', '--workers', '2', '--listen', '127.0.0.1:0', '--tls-cert', '/dev/null', timeout=30)
        raise AssertionError('workers without a certificate ran')
    except RuntimeError as error:
        assert 'Ни один рабочий процесс' in str(error), error


@case('whoever starts it is told when it answers')
def notified(folder):
    server = Server(folder)
    assert server.stop() == 0
    path = os.path.join(folder, 'notify')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.settimeout(20)
        workers = '2' if POSTGRESQL else '1'
        process = subprocess.Popen([SERVER, '--store', server.store, 'serve', '--listen', '127.0.0.1:0', '--workers', workers],
                                   env={**os.environ, 'NOTIFY_SOCKET': path}, stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.DEVNULL)
        try:
            assert listener.recv(100) == b'READY=1'
            server.port = int(process.stdout.readline().split()[1])
            assert server.ask('GET', '/readyz', token=False)[0] == 200
        finally:
            process.terminate()
            assert process.wait(30) == 0
            process.stdout.close()
        if not POSTGRESQL:
            assert listener.recv(100) == b'STOPPING=1'
    if not POSTGRESQL:
        try:
            server.admin('serve', '--workers', '2')
            raise AssertionError('two processes wrote one file')
        except RuntimeError as error:
            assert 'нужен PostgreSQL' in str(error), error


if POSTGRESQL:
    case('any process may be killed, the others go on')(killed)
    case('all end together')(ended)
plan()
