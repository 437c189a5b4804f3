# SPDX-License-Identifier: GPL-3.0-or-later
"""Three people on two torg-server processes over ways that cut, delay, swallow and corrupt, while servers and clients are
killed, rights change and the server is put back to a backup; and one behind a network interface that goes down. No
acknowledged edit is lost, and each replica becomes what its user may see. TAP.
Run by with_postgresql.py, with SERVER and TORGCTL."""
import contextlib
import copy
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'server'))
from serverprocess import LONG, POSTGRESQL, SERVER, TORGCTL, Server, case, plan  # noqa: E402  pylint: disable=wrong-import-position
from badproxy import FAULTS, BadProxy  # noqa: E402  pylint: disable=wrong-import-position
from faultscript import Client, Script, find_lost  # noqa: E402  pylint: disable=wrong-import-position

# Where this machine keeps the certificates that it trusts: in a namespace of the test's own there is only the test's.
TRUSTED = '/etc/ssl/certs'
# Where the namespaces of the interface meet.
NEAR, FAR = '192.0.2.1', '192.0.2.2'
SEEDS, STEPS = (range(1, 7), 70) if LONG else (range(1, 2), 40)
if 'TORG_TEST_SEED' in os.environ:
    SEEDS = [int(os.environ['TORG_TEST_SEED'])]
TYPES = ('activity', 'company', 'conflict', 'deal', 'history', 'person', 'role', 'tag', 'user')


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
    """A key for each of three people, and who they are."""
    users = json.loads(Server.run(TORGCTL, '--replica', f'{folder}/demo.db', '--json', 'list', 'user').stdout)
    tokens, ids = [server.token], [server.user]
    for login, user in zip(('boris', 'vera'), (user for user in users if user['id'] != server.user)):
        server.admin('user', 'add', login, user['id'], input='a password\n')
        tokens.append(server.admin('token', login).stdout.strip())
        ids.append(user['id'])
    return tokens, ids


class Rights:
    """Roles of the second and the third person, which change at the server; the first one's sees and edits all."""

    def __init__(self, server, seed):
        self.server, self.chance = server, random.Random(f'{seed} rights')
        self.read = [dict.fromkeys(('company', 'deal'), 'all') for _ in range(3)]
        self.hidden, self.changes = [set(), set(), set()], 0
        for number, login in enumerate(('anna', 'boris', 'vera')):
            for command in (('add', f'Role{number}'), ('set', f'Role{number}', '*', '*', 'all'),
                            *([('set', f'Role{number}', 'role', 'edit', 'all')] if number == 0 else []), ('give', login, f'Role{number}')):
                server.admin('role', *command)

    def change(self):
        """Records go out of view and come back, edits are no longer allowed, and a field is hidden."""
        number, name = self.chance.choice((1, 2)), self.chance.choice(('company', 'deal'))
        what = self.chance.choice(('read', 'read', 'edit', 'hide'))
        if what == 'hide':
            field = self.chance.choice(('city', 'region'))
            self.server.admin('role', 'unhide' if field in self.hidden[number] else 'hide', f'Role{number}', f'company.{field}')
            self.hidden[number] ^= {field}
        else:
            reach = self.chance.choice(('all', 'own', 'own', 'none'))
            self.server.admin('role', 'set', f'Role{number}', name, what, reach)
            if what == 'read':
                self.read[number][name] = reach
        self.changes += 1

    def narrow(self):
        """In the end the third person sees less in any case."""
        self.read[2]['company'] = 'own'
        self.hidden[2].add('city')
        self.settle()

    def settle(self):
        """What was said since a backup is said again: it was the server's alone."""
        for number in (1, 2):
            for name, reach in self.read[number].items():
                self.server.admin('role', 'set', f'Role{number}', name, 'read', reach)
            shown = self.server.admin('role', 'show', f'Role{number}').stdout
            for field in ('city', 'region'):
                if (f'company.{field}' in shown) != (field in self.hidden[number]):
                    self.server.admin('role', 'hide' if field in self.hidden[number] else 'unhide', f'Role{number}', f'company.{field}')


def put_back(servers, backup):
    """The server as it was at its backup: what came later it has from the replicas."""
    for server in servers:
        server.stop(signal.SIGKILL)
    schema = servers[0].store.split('search_path%3D')[1]
    Server.run('psql', '-q', '-d', POSTGRESQL, '-c', f'SET client_min_messages = error; DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}')
    servers[0].admin('restore', backup)
    for server in servers:
        server.start()


class Trouble(threading.Thread):
    """Now and then a server dies, and another process follows; rights change; and once it is put back to a backup."""

    def __init__(self, servers, seed, rights, backup):
        super().__init__()
        self.servers, self.rights, self.backup = servers, rights, backup
        self.chance, self.ended, self.killed, self.restored, self.error = random.Random(f'{seed} servers'), threading.Event(), [], 0, None

    def enough(self):
        return self.error or self.killed and (not self.rights or self.rights.changes > 3) and (not self.backup or self.restored)

    def run(self):
        began = time.monotonic()
        saved = False
        try:
            while not self.ended.wait(self.chance.uniform(0.2, 1.5)):
                if self.rights:
                    self.rights.change()
                if self.backup and not saved and time.monotonic() > began + 2:
                    self.servers[0].admin('backup', self.backup)
                    saved = True
                elif saved and not self.restored and time.monotonic() > began + 6:
                    put_back(self.servers, self.backup)
                    self.restored += 1
                    if self.rights:
                        self.rights.settle()
                else:
                    server = self.chance.choice(self.servers)
                    server.stop(signal.SIGKILL)
                    self.killed.append(server.port)
                    self.ended.wait(self.chance.uniform(0, 0.5))
                    server.start()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.error = error

    def end(self):
        self.ended.set()
        self.join()
        if self.error:
            raise self.error


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


def check_seen(clients, users, rights):
    """Each replica is what its user may see: by the role, and as a new replica gets it."""
    for number, client in enumerate(clients):
        fresh = Client(f'{client.path}.fresh', client.token)
        fresh.ctl('connect', client.query("SELECT value FROM sync_state WHERE name = 'server'")[0][0])
        fresh.ctl('sync')
        for name in TYPES:
            here, there = ({record['id']: record for record in each.json('list', name)} for each in (client, fresh))
            assert here == there, (client.path, name, [(key, here.get(key), there.get(key)) for key in {*here, *there} if here.get(key) != there.get(key)][:3])
            rows, others = (each.query(f'SELECT hex(id), seq, deleted FROM {name} ORDER BY id') for each in (client, fresh))
            assert rows == others, (client.path, name, set(rows) ^ set(others))
        for name, reach in rights.read[number].items() if rights else ():
            rows = clients[0].query(f'SELECT id, owner FROM {name}')
            seen = {key for key, owner in rows if reach == 'all' or reach == 'own' and owner == uuid.UUID(users[number]).bytes}
            found = {key for key, in client.query(f'SELECT id FROM {name}')}
            assert found == seen, (client.path, name, reach, found ^ seen)
        for field in rights.hidden[number] if rights else ():
            assert client.query(f'SELECT id FROM company WHERE {field} IS NOT NULL') == [], (client.path, field)


def check_all(scripts, clients, users, trouble):
    rights, servers = trouble.rights, trouble.servers
    lost = find_lost(scripts, clients, rights.hidden if rights else [()] * 3)
    assert not lost, lost
    created = [row[0].split('//')[1].split('.')[0] for row in
               clients[0].query("SELECT site FROM company WHERE site LIKE 'https://_-%.example'")]
    assert len(created) == len(set(created)), 'a creation came twice'
    undone = set.union(*(script.undone for script in scripts))
    # Of what was refused find_lost has looked whether it is kept.
    refused = json.dumps([client.json('attention') for client in clients])
    wanted = {edit['value'] for script in scripts for edit in script.acknowledged
              if edit['op'] == 'create' and edit['type'] == 'company' and edit['id'] not in undone and edit['id'] not in refused}
    unsure = set.union(*(script.unsure for script in scripts))
    brought = {edit['value'] for script in scripts for edit in script.acknowledged if edit['op'] == 'create'}
    assert wanted <= set(created) <= brought | unsure, (wanted - set(created), set(created) - brought - unsure)
    for client in clients:
        assert client.json('outbox') == []
        assert client.json('check')['ok']
    check_seen(clients, users, rights)
    servers[0].admin('check')


def run_seed(folder, seed):
    servers = make_servers(folder)
    proxies, trouble = [], None
    try:
        # Corrupt bytes are found by TLS alone.
        faults = FAULTS if NAMESPACES else [fault for fault in FAULTS if fault != 'corrupt']
        clients, tokens, users = [], *make_tokens(servers[0], folder)
        # By turns: what each of these does to the other is asked too.
        rights = Rights(servers[0], seed) if seed % 3 != 2 else None
        backup = f'{folder}/backup' if seed % 3 else None
        for index, token in enumerate(tokens):
            proxy = BadProxy(lambda server=servers[index % 2]: server.port, f'{seed} {index}', ())
            clients.append(Client(f'{folder}/{index}.db', token))
            proxies.append(proxy)
            clients[-1].ctl('connect', f'{SCHEME}://127.0.0.1:{proxy.port}')
            clients[-1].ctl('sync')
        shared = choose_shared(clients[0], users)
        scripts = [Script(client, 'abc'[index], seed, shared) for index, client in enumerate(clients)]
        for proxy in proxies:
            proxy.faults = faults
        trouble = Trouble(servers, seed, rights, backup)

        def enough():
            return trouble.enough() and all(any(proxy.counts[fault] for proxy in proxies) for fault in faults)

        threads = [threading.Thread(target=script.run, args=(STEPS, enough)) for script in scripts]
        for thread in (*threads, trouble):
            thread.start()
        for thread in threads:
            thread.join()
        trouble.end()
        for script in scripts:
            if script.error:
                raise script.error
        assert all(server.process.poll() is None for server in servers), 'a server did not start'
        for proxy in proxies:
            proxy.faults = ()
        sync_until_quiet(clients)
        if rights:
            rights.narrow()
            sync_until_quiet(clients)
        check_all(scripts, clients, users, trouble)
        tell(seed, scripts, clients, trouble, {fault: sum(proxy.counts[fault] for proxy in proxies) for fault in faults})
        assert enough(), 'a fault that never came'
        sentences = set.union(*(script.sentences for script in scripts))
        for sentence in sorted(sentences):
            print(f'# said: {sentence}')
        # Whatever breaks off is a matter of the network: nothing that the user or the administrator could mend.
        assert sentences and all('tries again by itself' in sentence for sentence in sentences), sentences
    finally:
        if trouble and trouble.is_alive():
            trouble.ended.set()
            trouble.join()
        if sys.exc_info()[0]:
            lines = pathlib.Path(folder, 'log').read_text().splitlines()
            for line in [line for line in lines if '"status":2' not in line][-20:]:
                print(f'# log: {line}')
        for proxy in proxies:
            proxy.close()
        for server in servers:
            if server.process.poll() is None:
                server.stop()


def choose_shared(client, users):
    """What all three work on, and the open stages that deals of one pipeline move between."""
    shared = {'company': [record['id'] for record in client.json('list', 'company', '--limit', '4')], 'user': users}
    pipeline = client.json('list', 'pipeline', '--where', 'kind=deals', '--limit', '1')[0]['id']
    shared['stage'] = [record['id'] for record in client.json('list', 'stage', '--where', f'pipeline={pipeline}') if record['fields']['kind'] == 'open']
    shared['deal'] = [record['id'] for record in client.json('list', 'deal', '--where', f'pipeline={pipeline}')
                      if record['fields']['stage'] in shared['stage']][:4]
    assert len(shared['deal']) == 4 and len(shared['stage']) > 1
    return shared


def tell(seed, scripts, clients, trouble, counts):
    done = Counter(edit['op'] for script in scripts for edit in script.acknowledged)
    for script in scripts:
        done.update(script.counts, out_of_view=script.missed)
    print(f'# seed {seed}: acknowledged {dict(done)}, {len(clients[0].query("SELECT 1 FROM conflict"))} differences, '
          f'{[len(client.json("attention")) for client in clients]} in attention, {len(trouble.killed)} servers killed, '
          f'{trouble.rights.changes if trouble.rights else 0} changes of rights, {trouble.restored} restored, {counts}')


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
    tokens, _ = make_tokens(servers[0], folder)
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
