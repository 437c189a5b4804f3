# SPDX-License-Identifier: GPL-3.0-or-later
"""Three people on two torg-server processes over ways that cut, delay, swallow and corrupt, while servers and clients are
killed; and one behind a network interface that goes down. No acknowledged edit is lost, and all become equal. TAP.
Run by with_postgresql.py, with SERVER and TORGCTL."""
import contextlib
import copy
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'server'))
from serverprocess import LONG, POSTGRESQL, SERVER, TORGCTL, Server, case, plan  # noqa: E402  pylint: disable=wrong-import-position
from badproxy import FAULTS, BadProxy  # noqa: E402  pylint: disable=wrong-import-position

# Where this machine keeps the certificates that it trusts: in a namespace of the test's own there is only the test's.
TRUSTED = '/etc/ssl/certs'
ENV = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='en')
# Where the namespaces of the interface meet.
NEAR, FAR = '192.0.2.1', '192.0.2.2'
FIELDS = ('name', 'city', 'region', 'address')
SEEDS, STEPS = (range(1, 9), 90) if LONG else (range(1, 2), 40)
if 'TORG_TEST_SEED' in os.environ:
    SEEDS = [int(os.environ['TORG_TEST_SEED'])]
TYPES = ('company', 'conflict', 'deal', 'history', 'person', 'tag', 'user')


def enter_namespaces():
    """Begins anew with an own network and own mounts, where that is allowed; says why where it is not."""
    if 'TORG_TEST_NAMESPACES' not in os.environ:
        # Root keeps the right to PostgreSQL's folder, which is nobody's.
        unshare = ['unshare', '--mount', '--net'] + ([] if os.geteuid() == 0 else ['--map-root-user'])
        probe = subprocess.run([*unshare, 'sh', '-c', f'mount -t tmpfs tmpfs {TRUSTED} && ip link set lo up && '
                                'ip link add torg0 type veth peer name torg1'], capture_output=True, text=True, check=False)
        if probe.returncode == 0:
            os.execvpe(unshare[0], [*unshare, sys.executable, *sys.argv], dict(os.environ, TORG_TEST_NAMESPACES='1'))
        print(f'# no namespaces here, so plain HTTP, nothing corrupted, and offline by a proxy: {probe.stderr.strip()}')
        return False
    subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', TRUSTED], check=True)
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    return True


NAMESPACES = enter_namespaces()
SCHEME = 'https' if NAMESPACES else 'http'


def make_servers(folder):
    """Two processes on one database."""
    arguments = []
    if NAMESPACES:
        key, certificate = f'{folder}/key.pem', f'{TRUSTED}/ca-certificates.crt'
        Server.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate,
                   '-days', '2', '-subj', '/CN=localhost', '-addext', f'subjectAltName=IP:127.0.0.1,IP:{NEAR}')
        arguments = ['--tls-cert', certificate, '--tls-key', key]
    servers = [Server(folder, *arguments)]
    servers.append(copy.copy(servers[0]))
    servers[1].start()
    return servers


def make_tokens(server, folder):
    """A key for each of three people."""
    users = json.loads(Server.run(TORGCTL, '--replica', f'{folder}/demo.db', '--json', 'list', 'user').stdout)
    tokens = [server.token]
    for login, user in zip(('boris', 'vera'), (user for user in users if user['id'] != server.user)):
        server.admin('user', 'add', login, user['id'], input='a password\n')
        tokens.append(server.admin('token', login).stdout.strip())
    return tokens


class Client:
    """A replica, worked on by torgctl; @inside begins its commands."""

    def __init__(self, path, token, inside=()):
        self.path, self.inside = path, inside
        self.env = dict(ENV, TORG_TOKEN=token, XDG_DATA_HOME=os.path.dirname(path))

    def start(self, *args):
        return subprocess.Popen([*self.inside, TORGCTL, '--replica', self.path, *args], env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *args):
        """Its exit status, and all that it said."""
        process = self.start(*args)
        out, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1), (args, process.returncode, out, err)
        return process.returncode, out + err

    def ctl(self, *args):
        status, text = self.run(*args)
        assert status == 0, (args, text)
        return text

    def json(self, *args):
        return json.loads(self.ctl('--json', *args))

    def fields(self, record):
        return self.json('show', record)['fields']

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(f'file:{self.path}?mode=ro', uri=True)) as db:
            return db.execute(sql).fetchall()


class Script:
    """What one person does, as a seed says: edits of what all know, creations, deletions; and syncs that are killed."""

    def __init__(self, client, name, seed, shared):
        self.client, self.name, self.chance = client, name, random.Random(f'{seed} {name}')
        self.records, self.number, self.syncing, self.error = list(shared), 0, None, None
        self.acknowledged, self.unsure, self.sentences = [], set(), set()

    def make_text(self):
        self.number += 1
        return f'{self.name}-{self.number:03}'

    def edit(self, *args, **said):
        """An edit that may be killed; what torgctl said is done is noted."""
        process = self.client.start(*args)
        if self.chance.random() < 0.1:
            time.sleep(self.chance.uniform(0, 0.06))
            process.kill()
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            self.acknowledged.append(dict(said, id=out.strip() or said['id']))
            return out.strip()
        assert process.returncode == -signal.SIGKILL, (args, process.returncode, out, err)
        self.unsure.add(said.get('value'))
        return ''

    def create(self):
        text = self.make_text()
        record = self.edit('add', 'company', f'name={text}', f'site=https://{text}.example', op='create', value=text)
        if record:
            self.records.append(record)

    def set(self):
        record, text, field = self.chance.choice(self.records), self.make_text(), self.chance.choice(FIELDS)
        self.edit('set', record, f'{field}={text}', op='set', field=field, value=text, id=record)

    def delete(self):
        record = self.chance.choice(self.records)
        self.edit('delete', record, op='delete', id=record)

    def restore(self):
        record = self.chance.choice(self.records)
        if self.client.json('show', record).get('deleted'):
            self.edit('restore', record, op='restore', id=record)

    def end_sync(self):
        if not self.syncing:
            return
        if self.chance.random() < 0.25:
            time.sleep(self.chance.uniform(0, 0.2))
            self.syncing.kill()
        out, err = self.syncing.communicate(timeout=150)
        assert self.syncing.returncode in (0, 1, -signal.SIGKILL), (self.syncing.returncode, out, err)
        if self.syncing.returncode == 1:
            self.sentences.add(err.strip())
        self.syncing = None

    def sync(self):
        """In the background, beside the next edits."""
        self.end_sync()
        self.syncing = self.client.start('sync')

    def run(self, enough):
        """Some steps, and as many more as it takes until every fault has come."""
        try:
            step = 0
            while step < STEPS or not enough() and step < 10 * STEPS:
                step += 1
                self.chance.choices((self.set, self.create, self.delete, self.restore, self.sync),
                                    (8, 3, 2, 2, 7))[0]()
            self.end_sync()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.error = error


def kill_servers(servers, seed, stop, killed):
    """Now and then one of them dies, and another process follows; who died is noted."""
    chance = random.Random(f'{seed} servers')
    while not stop.wait(chance.uniform(0.2, 1.5)):
        server = chance.choice(servers)
        server.stop(signal.SIGKILL)
        killed.append(server.port)
        stop.wait(chance.uniform(0, 0.5))
        server.start()


def sync_until_quiet(clients):
    """Until nobody brings anything new, and all have taken it."""
    before = None
    for _ in range(12):
        for client in clients:
            client.ctl('sync')
        now = [client.query('SELECT max(seq), count(*) FROM history') + client.query('SELECT sum(seq) FROM company')
               for client in clients]
        if now == before:
            return
        before = now
    raise AssertionError(f'they do not come to rest: {now}')


def find_lost(scripts, clients):
    """The acknowledged edits that are nowhere: not in the value, nor in history, a difference or Requires attention."""
    records = {row[0]: row[1:] for row in clients[0].query(f'SELECT lower(hex(id)), deleted, {",".join(FIELDS)} FROM company')}
    where = f"WHERE record_type = 'company' AND field IN ('deleted', {', '.join(map(repr, FIELDS))})"
    history = clients[0].query(f'SELECT lower(hex(record)), field, new FROM history {where}')
    differences = clients[0].query(f'SELECT lower(hex(record)), field, proposed FROM conflict {where}')
    # Of a deletion that met a newer edit the difference says more than that it was one.
    noted = {*history, *differences, *((record, field) for record, field, _ in differences)}
    lost = []
    for script, client in zip(scripts, clients):
        attention = json.dumps(client.json('attention'), ensure_ascii=False)
        for edit in script.acknowledged:
            record = edit['id'].replace('-', '')
            row = records.get(record, ())
            if edit['op'] == 'create':
                there = record in records
            elif edit['op'] == 'set':
                there = edit['value'] in row or (record, edit['field'], f'"{edit["value"]}"') in noted
            else:
                deleted = edit['op'] == 'delete'
                there = (row and bool(row[0]) == deleted or (record, 'deleted') in noted or
                         (record, 'deleted', 'true' if deleted else 'null') in noted)
            if not there and edit.get('value', edit['id']) not in attention:
                lost.append((script.name, edit))
    return lost


def check_all(scripts, clients, servers):
    lost = find_lost(scripts, clients)
    assert not lost, lost
    created = [row[0].split('//')[1].split('.')[0] for row in
               clients[0].query("SELECT site FROM company WHERE site LIKE 'https://_-%.example'")]
    assert len(created) == len(set(created)), 'a creation came twice'
    wanted = {edit['value'] for script in scripts for edit in script.acknowledged if edit['op'] == 'create'}
    unsure = set.union(*(script.unsure for script in scripts))
    assert wanted <= set(created) <= wanted | unsure, (wanted ^ set(created)) - unsure
    for client in clients:
        assert client.json('outbox') == []
        assert client.json('check')['ok']
    for name in TYPES:
        first, *others = (sorted(client.json('list', name), key=lambda record: record['id']) for client in clients)
        for other in others:
            assert first == other, (name, [pair for pair in zip(first, other) if pair[0] != pair[1]][:3])
        assert len({str(client.query(f'SELECT hex(id), seq, deleted FROM {name} ORDER BY id')) for client in clients}) == 1
    servers[0].admin('check')


def run_seed(folder, seed):
    servers = make_servers(folder)
    proxies, stop, killed = [], threading.Event(), []
    try:
        # Corrupt bytes are found by TLS alone.
        faults = FAULTS if NAMESPACES else [fault for fault in FAULTS if fault != 'corrupt']
        clients = []
        for index, token in enumerate(make_tokens(servers[0], folder)):
            proxy = BadProxy(lambda server=servers[index % 2]: server.port, f'{seed} {index}', ())
            clients.append(Client(f'{folder}/{index}.db', token))
            proxies.append(proxy)
            clients[-1].ctl('connect', f'{SCHEME}://127.0.0.1:{proxy.port}')
            clients[-1].ctl('sync')
        shared = [record['id'] for record in clients[0].json('list', 'company', '--limit', '4')]
        scripts = [Script(client, 'abc'[index], seed, shared) for index, client in enumerate(clients)]
        for proxy in proxies:
            proxy.faults = faults

        def enough():
            return killed and all(any(proxy.counts[fault] for proxy in proxies) for fault in faults)

        threads = [threading.Thread(target=script.run, args=(enough,)) for script in scripts]
        killer = threading.Thread(target=kill_servers, args=(servers, seed, stop, killed))
        for thread in (*threads, killer):
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        killer.join()
        for script in scripts:
            if script.error:
                raise script.error
        assert all(server.process.poll() is None for server in servers), 'a server did not start'
        for proxy in proxies:
            proxy.faults = ()
        sync_until_quiet(clients)
        check_all(scripts, clients, servers)
        counts = {fault: sum(proxy.counts[fault] for proxy in proxies) for fault in faults}
        print(f'# seed {seed}: {sum(len(script.acknowledged) for script in scripts)} edits acknowledged, '
              f'{len(clients[0].query("SELECT 1 FROM conflict"))} differences, {len(killed)} servers killed, {counts}')
        assert enough(), 'a fault that never came'
        sentences = set.union(*(script.sentences for script in scripts))
        for sentence in sorted(sentences):
            print(f'# said: {sentence}')
        # Whatever breaks off is a matter of the network: nothing that the user or the administrator could mend.
        assert sentences and all('tries again by itself' in sentence for sentence in sentences), sentences
    finally:
        stop.set()
        if sys.exc_info()[0]:
            lines = pathlib.Path(folder, 'log').read_text().splitlines()
            for line in [line for line in lines if '"status":2' not in line][-20:]:
                print(f'# log: {line}')
        for proxy in proxies:
            proxy.close()
        for server in servers:
            if server.process.poll() is None:
                server.stop()


for number in SEEDS:
    @case(f'three people, two servers and every fault, seed {number}')
    def faults_of_seed(folder, seed=number):
        run_seed(folder, seed)


if NAMESPACES:
    @case('a certificate that is not trusted is no matter of the network')
    def certificate(folder):
        server, *others = make_servers(folder)
        try:
            other = f'{folder}/other.pem'
            Server.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-out', other,
                       '-days', '2', '-subj', '/CN=other')
            trusting_another = ['unshare', '--mount', 'sh', '-c', f'mount -t tmpfs tmpfs {TRUSTED} && '
                                f'cp {other} {TRUSTED}/ca-certificates.crt && exec "$0" "$@"']
            client = Client(f'{folder}/one.db', server.token, trusting_another)
            status, text = client.run('connect', f'https://127.0.0.1:{server.port}')
            assert status == 1 and 'certificate is not trusted' in text, text
        finally:
            for each in (server, *others):
                each.stop()


@contextlib.contextmanager
def other_network(proxy):
    """What begins a command behind an interface of its own, and a function that takes it down and up again."""
    if not NAMESPACES:
        def switch(online):
            if online:
                proxy.online = True
            else:
                proxy.go_offline()
        yield [], switch
        return
    with subprocess.Popen(['unshare', '--net', 'sh', '-c', 'echo; exec sleep 600'], stdout=subprocess.PIPE) as holder:
        try:
            holder.stdout.readline()
            inside = ['nsenter', f'--net=/proc/{holder.pid}/ns/net']
            for command in (f'ip link add torg0 type veth peer name torg1 netns {holder.pid}',
                            f'ip addr add {NEAR}/30 dev torg0', 'ip link set torg0 up'):
                subprocess.run(command.split(), check=True)
            for command in (f'ip addr add {FAR}/30 dev torg1', 'ip link set torg1 up'):
                subprocess.run([*inside, *command.split()], check=True)
            yield inside, lambda online: subprocess.run([*inside, 'ip', 'link', 'set', 'torg1', 'up' if online else 'down'],
                                                        check=True)
        finally:
            holder.kill()


def wait_for(holds, what):
    """As long as it takes, within reason."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError(what)


@case('a network interface that is down for a while')
def interface(folder):
    servers = make_servers(folder)
    tokens = make_tokens(servers[0], folder)
    near = Client(f'{folder}/near.db', tokens[0])
    near.ctl('connect', f'{SCHEME}://127.0.0.1:{servers[0].port}')
    near.ctl('sync')
    proxy, watch = BadProxy(lambda: servers[1].port, 1, ()), None
    try:
        with other_network(proxy) as (inside, switch):
            if NAMESPACES:
                proxy.close()
                proxy = BadProxy(lambda: servers[1].port, 1, (), NEAR)
            far, beside = (Client(f'{folder}/{name}.db', tokens[1], inside) for name in ('far', 'beside'))
            for client in (far, beside):
                client.ctl('connect', f'{SCHEME}://{NEAR if NAMESPACES else "127.0.0.1"}:{proxy.port}')
                client.ctl('sync')
            first, second = (record['id'] for record in far.json('list', 'company', '--limit', '2'))
            with open(f'{folder}/watch', 'w', encoding='utf-8') as log:
                watch = subprocess.Popen([*inside, TORGCTL, '--replica', far.path, 'sync', '--watch'], env=far.env,
                                         stdout=log, stderr=log)
            near.ctl('set', first, 'city=Before')
            near.ctl('sync')
            wait_for(lambda: far.fields(first).get('city') == 'Before', 'what is watched does not come')
            switch(False)
            status, text = beside.run('sync')
            assert status == 1 and 'nothing is lost' in text, text
            far.ctl('set', first, 'city=From far')
            near.ctl('set', second, 'city=From near')
            near.ctl('sync')
            # It has tried, and says so.
            wait_for(lambda: 'nothing is lost' in pathlib.Path(folder, 'watch').read_text(), 'it never noticed')
            near.ctl('sync')
            assert near.fields(first)['city'] == 'Before' and far.fields(second).get('city') != 'From near'
            assert far.json('outbox') and watch.poll() is None
            switch(True)
            wait_for(lambda: near.ctl('sync') and near.fields(first)['city'] == 'From far', 'the edit does not arrive')
            wait_for(lambda: far.fields(second).get('city') == 'From near', 'nothing comes any more')
            assert watch.poll() is None and far.json('outbox') == []
    finally:
        if watch:
            watch.kill()
            watch.wait()
        proxy.close()
        for server in servers:
            server.stop()


plan()
