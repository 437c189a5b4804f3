# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands for whoever runs the server, against the real programs. TAP."""
import csv
import json
import os
import pathlib
import signal
import sqlite3
import stat
import subprocess
import threading
import time
import urllib.request

from serverprocess import POSTGRESQL, SERVER, TORGCTL, Server, case, empty_store, plan


def refused(server, *command, **options):
    """What a command says that does not do what it is told."""
    try:
        server.admin(*command, **options)
    except RuntimeError as error:
        return str(error)
    raise AssertionError(f'{command} was done')


def get(server, path, token):
    status, text = server.ask('GET', path, token=token)
    return status, json.loads(text)


def count(server, path, token):
    return len(get(server, path, token)[1]['items'])


@case('roles')
def roles(folder):
    server = Server(folder)
    try:
        boss, owner = server.token, None
        users = [user for user in get(server, '/v1/users?limit=50', boss)[1]['items']]
        for deal in get(server, '/v1/deals?limit=200', boss)[1]['items']:
            if deal['fields'].get('owner') not in (None, server.user):
                owner = deal['fields']['owner']
        server.admin('user', 'add', 'boris', owner, input='a password\n')
        token = server.admin('token', 'boris').stdout.strip()
        everything = count(server, '/v1/deals?limit=200', token)
        # Nothing is limited until somebody may edit roles.
        for command in (('add', 'Глава'), ('set', 'Глава', '*', '*', 'all'), ('set', 'Глава', 'role', 'edit', 'all'),
                        ('add', 'Продавец'), ('set', 'Продавец', '*', '*', 'own'),
                        ('set', 'Продавец', 'companies', 'read', 'all'), ('hide', 'Продавец', 'deal.amount')):
            assert server.admin('role', *command).stdout == '', command
        assert count(server, '/v1/deals?limit=200', token) == everything
        assert 'без роли' in server.admin('role', 'give', 'anna', 'Глава').stdout
        assert count(server, '/v1/deals?limit=200', token) == 0
        assert server.admin('role', 'give', 'boris', 'Продавец').stdout == ''
        mine = get(server, '/v1/deals?limit=200', token)[1]['items']
        assert 0 < len(mine) < everything and all(deal['fields']['owner'] == owner for deal in mine)
        assert not any('amount' in deal['fields'] for deal in mine)
        assert count(server, '/v1/companies?limit=50', token) == count(server, '/v1/companies?limit=50', boss) > 0
        # What is shown are the commands that would set it.
        shown = server.admin('role', 'show', 'Продавец').stdout.splitlines()
        name = next(user['fields']['name'] for user in users if user['id'] == owner)
        assert shown[-1] == f'выдана: {name}' and 'hide deal.amount' in shown and 'set company read all' in shown, shown
        assert server.admin('role', 'list').stdout.splitlines() == ['Глава\t1', 'Продавец\t1']
        server.admin('role', 'unhide', 'Продавец', 'deal.amount')
        assert any('amount' in deal['fields'] for deal in get(server, '/v1/deals?limit=200', token)[1]['items'])
        # It is a change like others: replicas get it, and history says so.
        records = server.pull()
        role = next(record for name, record in records.items() if record.get('fields', {}).get('name') == 'Продавец')
        assert json.loads(role['fields']['rights'])['company']['read'] == 'all' and 'hidden' not in role['fields']
        lines = [record['fields'].get('field') for record in records.values()
                 if record['type'] == 'history' and record['fields'].get('record') == role['id']]
        assert lines.count('rights') == 2 and lines.count('hidden') == 2, lines
        # The last one who may edit roles cannot lose that, by no way.
        for command in (('take', 'anna', 'Глава'), ('give', 'anna', 'Продавец'), ('set', 'Глава', 'role', 'edit', 'none')):
            assert 'Тогда никто не сможет менять роли' in refused(server, 'role', *command), command
        assert 'ещё выдана' in refused(server, 'role', 'remove', 'Глава')
        server.admin('role', 'give', 'boris', 'Глава')
        server.admin('role', 'take', 'anna', 'Глава')
        assert count(server, '/v1/deals?limit=200', boss) == 0
        server.admin('role', 'remove', 'Продавец')
        assert server.admin('role', 'list').stdout.splitlines() == ['Глава\t1']
        # Whatever is written wrongly is said in words, and changes nothing.
        for command, words in () if POSTGRESQL else ((('set', 'Глава', 'thing', 'read', 'all'), 'не тип'), (('set', 'Глава', 'deal', 'x', 'all'), 'не действие'),
                               (('set', 'Глава', 'deal', 'read', 'some'), 'не область'), (('hide', 'Глава', 'deal'), 'не поле'),
                               (('hide', 'Глава', 'deal.x'), 'не поле'), (('add', 'Глава'), 'уже есть'), (('add', ''), ''),
                               (('give', 'nobody', 'Глава'), 'nobody'), (('take', 'anna', 'Глава'), 'нет роли'),
                               (('show', 'x'), 'Нет роли'), (('sing',), 'role list'), ((), 'role list')):
            assert words in refused(server, 'role', *command), command
        assert server.admin('role', 'show', 'Глава').stdout.splitlines()[:-1] == [
            'set * assign all', 'set * create all', 'set * delete all', 'set * edit all', 'set * export all', 'set * read all', 'set role edit all']
    finally:
        assert server.stop() == 0


def sql(server, text):
    """Changes the database past the server."""
    if POSTGRESQL:
        subprocess.run(['psql', '-q', '-d', server.store, '-c', text], check=True)
    else:
        with sqlite3.connect(server.store.removeprefix('sqlite:')) as db:
            db.execute(text)


def get_mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@case('an import that is killed leaves nothing')
def killed_import(folder):
    server = Server(folder)
    server.stop()
    replica = os.path.join(folder, 'big.db')
    server.run(TORGCTL, '--replica', replica, 'demo', '--records', '4000', '--seed', '2')
    was = time.monotonic()
    server.store = empty_store(folder, 'whole')
    server.admin('import', replica)
    took = time.monotonic() - was
    # A machine is not as fast each time, and what is killed after its commit has all of it: as late as it can be caught.
    for tries in range(12):
        server.store = empty_store(folder, f'cut{tries}')
        importing = subprocess.Popen([SERVER, '--store', server.store, 'import', replica], stdout=subprocess.DEVNULL)
        time.sleep(took * 0.7 ** (tries + 1))
        importing.kill()
        importing.wait()
        try:
            done = server.admin('import', replica).stdout
            break
        except RuntimeError as error:
            done = str(error)
            assert 'уже есть' in done, done
            assert 'Всё сходится' in server.admin('check').stdout
    assert done.startswith('Загруж'), (took, done)
    assert 'Всё сходится' in server.admin('check').stdout
    assert 'уже есть' in refused(server, 'import', replica)


@case('a replica that belongs to a server is not imported')
def foreign_replica(folder):
    server = Server(folder)
    try:
        replica = os.path.join(folder, 'anna.db')
        server.run(TORGCTL, '--replica', replica, 'connect', f'http://127.0.0.1:{server.port}', env=dict(os.environ, TORG_TOKEN=server.token))
        server.run(TORGCTL, '--replica', replica, 'sync', env=dict(os.environ, TORG_TOKEN=server.token))
        was, server.store = server.store, empty_store(folder, 'other')
        assert 'относится к другому серверу' in refused(server, 'import', replica)
        # Nothing of it is there.
        assert server.admin('import', os.path.join(folder, 'demo.db')).stdout.startswith('Загруж')
        server.store = was
    finally:
        assert server.stop() == 0


@case('where there is no data')
def missing(folder):
    server = Server(folder)
    try:
        server.stop()
        server.store = empty_store(folder, 'none')
        for command in (('check',), ('export', '--list'), ('export', os.path.join(folder, 'out')), ('backup', os.path.join(folder, 'copy')),
                        ('user', 'list'), ('user', 'add', 'anna', 'Анна'), ('token', 'list'), ('role', 'list'), ('form', 'list'),
                        ('webhook', 'list'), ('client', 'list')):
            assert 'нет данных сервера' in refused(server, *command), command
        if not POSTGRESQL:
            path = server.store.removeprefix('sqlite:')
            assert not os.path.exists(path), os.listdir(folder)
            # What an empty file is, another program has made.
            pathlib.Path(path).touch()
            assert 'нет данных сервера' in refused(server, 'check')
        for command in (('migrate', 'x'), ('serve', 'x'), ('serve', '--threads', '2', 'x')):
            assert 'Использование' in refused(server, *command), command
        server.admin('migrate')
        assert 'Использование' in refused(server, 'check', 'x')
        assert server.admin('check').stdout == 'Всё сходится.\n'
    finally:
        server.start()
        assert server.stop() == 0


@case('a server that begins empty')
def beginning(folder):
    server = Server(folder)
    server.stop()
    path = os.path.join(folder, 'here.db')

    def ctl(*arguments):
        return server.run(TORGCTL, '--replica', path, '--json', *arguments, env={**os.environ, 'TORG_TOKEN': server.token}).stdout

    # By a password, or by a link: whoever is the first begins the company.
    for command, login in ((('add', 'anna', 'Анна Петрова'), 'anna'), (('invite', 'anna@example.ru', 'Анна Петрова'), 'anna@example.ru')):
        server.store = empty_store(folder, login)
        server.admin('migrate')
        # What is refused begins nothing.
        assert 'короткий' in refused(server, 'user', 'add', 'anna', 'Анна Петрова', input='x\n')
        assert 'имя' in refused(server, 'user', 'add', 'anna', ' ', input='a password\n')
        assert server.admin('user', 'list').stdout == ''
        result = server.admin('user', *command, input='a password\n')
        assert 'Начата новая компания' in result.stderr, result
        assert server.admin('user', 'list').stdout == f'{login}\tАнна Петрова\n'
        assert server.admin('check').stdout == 'Всё сходится.\n'
        server.token = server.admin('token', login).stdout.strip()
        server.start()
        try:
            ctl('connect', f'http://127.0.0.1:{server.port}')
            ctl('sync')
            # The same as a new replica has.
            alone = os.path.join(folder, 'alone.db')
            if not os.path.exists(alone):
                pathlib.Path(folder, 'one.csv').write_text('Название\nРомашка\n')
                server.run(TORGCTL, '--replica', alone, 'import', '--type', 'company', os.path.join(folder, 'one.csv'))
            for kind in ('pipeline', 'stage', 'dictionary', 'vat_rate'):
                had, has = [[one['fields'] for one in json.loads(server.run(TORGCTL, '--replica', one, '--json', 'list', kind, '--limit', '200').stdout)]
                            for one in (alone, path)]
                names = [sorted(fields['name'] for fields in group) for group in (had, has)]
                assert names[0] == names[1] != [], (kind, names)
            deal = json.loads(ctl('add', 'deal', 'title=Насосы', 'pipeline=Продажи', 'stage=Новая', 'owner=Анна Петрова'))
            ctl('sync')
            assert json.loads(ctl('outbox')) == json.loads(ctl('attention')) == []
            status, one = get(server, '/v1/deals?limit=5', server.token)
            assert status == 200 and [item['fields']['title'] for item in one['items']] == ['Насосы'], (deal, one)
            assert one['items'][0]['fields']['stage'] and one['items'][0]['fields']['owner'], one
            # The next ones are made as everywhere, and the company begins once.
            assert 'Сотрудника «Борис Орлов» нет' in refused(server, 'user', 'add', 'boris', 'Борис Орлов', input='a password\n')
            assert server.admin('user', 'invite', 'boris@example.ru', 'Борис Орлов').stderr == ''
            assert count(server, '/v1/pipelines?limit=50', server.token) == 2 and count(server, '/v1/users?limit=50', server.token) == 2
            assert 'сначала загрузите' in refused(server, 'import', os.path.join(folder, 'demo.db')).lower()
            assert server.admin('check').stdout == 'Всё сходится.\n'
        finally:
            assert server.stop() == 0
        os.remove(path)


@case('what is mistyped')
def mistyped(folder):
    server = Server(folder)
    try:
        said = refused(server, 'import', os.path.join(folder, 'nothing.db'))
        assert 'Нет файла' in said and 'nothing.db' in said, said
        # A password is one, by whichever way it comes.
        for password, words in (('x', 'короткий'), ('1234567', 'короткий'), ('x' * 1001, 'длинный'), ('АННА@example.ru', 'совпадает с логином')):
            assert words in refused(server, 'user', 'add', 'анна@example.ru', server.user, input=password + '\n')
            server.admin('user', 'add', 'анна@example.ru', server.user, input='a password\n')
            assert words in refused(server, 'user', 'passwd', 'анна@example.ru', input=password + '\n')
            server.admin('user', 'add', 'anna', server.user, input='a password\n')
        assert 'нельзя набрать' in refused(server, 'user', 'passwd', 'anna', input='password\0tail\n')
        # No part of a long one is lost on the way.
        assert 'длинный' in refused(server, 'user', 'passwd', 'anna', input='a' + 'я' * 1000 + '\n')
        for command in (('passwd', 'anna'), ('add', 'anna', server.user)):
            server.admin('user', *command, input='12345678\n')
    finally:
        assert server.stop() == 0


@case('a key without a certificate')
def lone_key(folder):
    server = Server(folder)
    server.stop()
    for options, environment in ((['--tls-key', 'key.pem'], {}), ([], {'TORG_TLS_KEY': 'key.pem'})):
        said = refused(server, 'serve', '--listen', '127.0.0.1:0', *options, env={**os.environ, **environment}, timeout=20)
        assert 'нет сертификата' in said, said


def second_server(folder):
    server = Server(folder)
    try:
        for _ in range(2):
            assert 'другой сервер' in refused(server, 'serve', '--listen', '127.0.0.1:0', timeout=20)
            # By another name it is the same.
            was, other = server.store, os.path.join(folder, 'other.db')
            if not os.path.exists(other):
                os.symlink(was.removeprefix('sqlite:'), other)
            server.store = f'sqlite:{other}'
            assert 'другой сервер' in refused(server, 'serve', '--listen', '127.0.0.1:0', timeout=20)
            server.store = was
            # A second name on the disk would have a lock of its own.
            hard = os.path.join(folder, 'hard.db')
            os.link(was.removeprefix('sqlite:'), hard)
            server.store = f'sqlite:{hard}'
            assert 'жёсткая ссылка' in refused(server, 'serve', '--listen', '127.0.0.1:0', timeout=20)
            os.unlink(hard)
            server.store = was
            # What is no server works beside it.
            assert server.admin('check').stdout == 'Всё сходится.\n'
            # One that was killed keeps nobody out.
            server.stop(signal.SIGKILL)
            server.start()
        assert server.ask('GET', '/v1/me')[0] == 200
        # What would take the file away from under it does not.
        copy = os.path.join(folder, 'copy')
        server.admin('backup', copy)
        assert server.stop() == 0
        server.store = empty_store(folder, 'served')
        server.start()
        assert 'другой сервер' in refused(server, 'restore', copy)
        assert server.stop() == 0
        server.admin('restore', copy)
        server.start()
        assert server.ask('GET', '/v1/me')[0] == 200
    finally:
        assert server.stop() == 0


# PostgreSQL serves as many as there are.
if not POSTGRESQL:
    case('two servers on one file')(second_server)


@case('the check, and everything written out')
def export(folder):
    server, out, table = Server(folder), os.path.join(folder, 'out'), os.path.join(folder, 'table')
    try:
        assert server.admin('check').stdout == 'Всё сходится.\n'
        before = server.pull()
        gone = next(deal['id'] for deal in get(server, '/v1/deals?limit=1', server.token)[1]['items'])
        assert server.ask('DELETE', f'/v1/deals/{gone}', headers={'If-Match': '*'})[0] in (200, 204)
        assert 'Выгружен' in server.admin('export', out).stdout
        written = [json.loads(line) for path in pathlib.Path(out).glob('*.ndjson') for line in path.read_text().splitlines()]
        summary = json.loads(pathlib.Path(out, 'export.json').read_text())
        assert len(written) == sum(summary['records'].values()) and summary['records']['deals'] > 10
        assert get_mode(out) == 0o700 and {get_mode(path) for path in pathlib.Path(out).iterdir()} == {0o600}
        # Nothing is left out or different from what a replica got, but for the deal that was deleted.
        after = {f'{record["type"]}/{record["id"]}': record for record in written}
        assert before.keys() <= after.keys() and after[f'deal/{gone}']['deleted'] > 0
        changed = [name for name, record in before.items() if after[name]['fields'] != record['fields']]
        assert all(after[name]['seq'] > before[name]['seq'] for name in changed) and len(changed) < 20, changed
        server.admin('export', '--format', 'csv', table)
        with open(os.path.join(table, 'deals.csv'), encoding='utf-8-sig', newline='') as file:
            rows = list(csv.DictReader(file))
        assert {row['id'] for row in rows} == {record['id'] for record in written if record['type'] == 'deal'}
        row = next(row for row in rows if row['id'] != gone)
        assert row['title'] == after['deal/' + row['id']]['fields']['title'] and row['stage'] == after['deal/' + row['id']]['fields']['stage']
        assert [bool(row['deleted']) for row in rows if row['id'] == gone] == [True]
        # Who has taken it along is seen in the list, and in the server's log.
        assert 'Выберите пустую папку' in refused(server, 'export', out)
        refused(server, 'export', os.path.join(folder, 'no', 'such'))
        notes = [line.split('\t') for line in server.admin('export', '--list').stdout.splitlines()]
        assert [note[3] for note in notes] == [f'{table} (CSV)', f'{out} (NDJSON)'], notes
        assert all(int(note[2]) == len(written) for note in notes), notes
        server.stop()
        server.start()
        for _ in range(100):
            log = [json.loads(line) for line in pathlib.Path(folder, 'log').read_text().splitlines() if line.startswith('{')]
            said = [line['message'] for line in log if 'exported by' in line.get('message', '')]
            if len(said) == 2:
                break
            time.sleep(0.05)
        assert len(said) == 2 and out in ' '.join(said), said
        # What does not fit together is said, a sentence each.
        sql(server, "UPDATE company SET keys = '|all|' WHERE seq = (SELECT min(seq) FROM company)")
        found = refused(server, 'check')
        assert 'ключи доступа неверны' in found and 'Найден' in found, found
    finally:
        assert server.stop() == 0


def get_other(server, folder):
    """An empty database beside that of a server, in which its tables have the same place."""
    if not POSTGRESQL:
        return f'sqlite:{folder}/other.db'
    name = f'other_{os.urandom(8).hex()}'
    subprocess.run(['psql', '-q', '-d', POSTGRESQL, '-c', f'CREATE DATABASE {name}'], check=True)
    other = server.store.replace('/postgres?', f'/{name}?')
    schema = server.store.rsplit('%3D', 1)[1]
    subprocess.run(['psql', '-q', '-d', POSTGRESQL.replace('/postgres?', f'/{name}?'), '-c', f'CREATE SCHEMA {schema}'], check=True)
    return other


@case('backup and restore')
def backup(folder):
    server, copy, path = Server(folder), os.path.join(folder, 'copy'), os.path.join(folder, 'replica.db')
    port = server.port

    def ctl(*arguments):
        return server.run(TORGCTL, '--replica', path, '--json', *arguments, env={**os.environ, 'TORG_TOKEN': server.token}).stdout

    def title(deal):
        return get(server, f'/v1/deals/{deal}', server.token)[1]['fields']['title']

    try:
        ctl('connect', f'http://127.0.0.1:{port}')
        ctl('sync')
        first, second = [deal['id'] for deal in json.loads(ctl('list', 'deal', '--limit', '2'))]
        ctl('set', first, 'title=Before')
        ctl('sync')
        # While it is made, others go on writing.
        done = threading.Event()

        def write():
            while not done.is_set():
                assert server.ask('POST', '/v1/companies', b'{"fields":{"name":"Meanwhile"}}')[0] == 201

        writer = threading.Thread(target=write)
        writer.start()
        server.admin('backup', copy)
        done.set()
        writer.join()
        assert get_mode(copy) == 0o600 and not list(pathlib.Path(folder).glob('*.part'))
        # Acknowledged, and then lost by the server.
        ctl('set', second, 'title=After')
        ctl('sync')
        assert title(second) == 'After' and json.loads(ctl('outbox')) == []
        assert 'уже есть данные' in refused(server, 'restore', copy)
        assert server.stop() == 0
        old, server.store = server.store, get_other(server, folder)
        if not POSTGRESQL:
            server.admin('migrate')
            with sqlite3.connect(f'{folder}/other.db') as db:
                db.execute('SELECT * FROM workspace').fetchall()
                # Whoever has it open would go on with a file that has no name any more.
                assert 'заняты другой программой' in refused(server, 'restore', copy)
            db.close()
        # Half a copy, or what is none, changes nothing.
        content = pathlib.Path(copy).read_bytes()
        for bad in (b'', content[:len(content) // 2]):
            pathlib.Path(folder, 'bad').write_bytes(bad)
            assert 'не целая резервная копия' in refused(server, 'restore', os.path.join(folder, 'bad'))
        refused(server, 'restore', os.path.join(folder, 'none'))
        server.admin('migrate')
        assert '30 дней' in server.admin('restore', copy).stdout
        assert server.admin('check').stdout == 'Всё сходится.\n'
        if not POSTGRESQL:
            assert get_mode(f'{folder}/other.db') == 0o600
        server.arguments = ('--listen', f'127.0.0.1:{port}')
        server.start()
        assert title(first) == 'Before' and title(second) != 'After'
        ctl('sync')
        # The replica has sent it again; the same for one that knew nothing of it.
        assert title(second) == 'After' and title(first) == 'Before'
        assert json.loads(ctl('outbox')) == [] and json.loads(ctl('attention')) == []
        assert server.admin('check').stdout == 'Всё сходится.\n'
        # A copy that cannot be made leaves the old one as it was.
        pathlib.Path(copy).write_text('old')
        assert refused(server, 'backup', os.path.join(folder, 'no', 'copy'))
        if POSTGRESQL:
            assert 'pg_dump' in refused(server, 'backup', copy, env={**os.environ, 'PATH': folder})
            # A password goes by a file that nobody else can read, never by the command line; a dump that is none is no backup.
            tool = pathlib.Path(folder, 'pg_dump')
            tool.write_text(f'#!/bin/sh\necho "$@" > {folder}/args\ncp -p "$PGPASSFILE" {folder}/password\necho PGDMP > "${{7#--file=}}"\n')
            tool.chmod(0o755)
            environment = {**os.environ, 'PATH': f'{folder}:/usr/bin:/bin', 'TORG_STORE': server.store + '&password=s3%3Ac%5Cret'}
            result = subprocess.run([SERVER, 'backup', copy], env=environment, capture_output=True, text=True, check=False)
            assert result.returncode == 1 and 'не целая резервная копия' in result.stderr, result
            assert pathlib.Path(folder, 'password').read_text() == '*:*:*:*:s3\\:c\\\\ret\n' and get_mode(f'{folder}/password') == 0o600
            assert 's3' not in pathlib.Path(folder, 'args').read_text() and not list(pathlib.Path(folder).glob('*.part'))
            assert pathlib.Path(copy).read_text() == 'old'
        else:
            assert 'это файл ваших данных' in refused(server, 'backup', f'{folder}/other.db')
        server.admin('backup', copy)
        assert pathlib.Path(copy).stat().st_size > 1000 and old != server.store
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0


def run(*command, **environment):
    """The exit status, what it says and its complaint; --config and all else come from the arguments."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith('TORG_') or name == 'TORG_INSIDE'}
    result = subprocess.run([SERVER, *command], capture_output=True, text=True, check=False, env={**clean, **environment})
    return result.returncode, result.stdout, result.stderr


def configuration(folder):
    path, database, other = os.path.join(folder, 'torg.conf'), f'sqlite:{folder}/a.db', f'sqlite:{folder}/b.db'

    def write(text, mode=0o644):
        pathlib.Path(path).write_text(text)
        os.chmod(path, mode)

    # The file, over it the environment, over that the flags.
    write(f'# Torg\n[server]\nstore={database}\nlisten=127.0.0.1:0\nthreads=2\n')
    assert run('--config', path, 'migrate')[0] == 0 and os.path.exists(f'{folder}/a.db')
    assert run(f'--config={path}', 'migrate', TORG_STORE=other)[0] == 0 and os.path.exists(f'{folder}/b.db')
    assert run('--config', path, '--store', f'sqlite:{folder}/c.db', 'migrate', TORG_STORE=other)[0] == 0
    assert os.path.exists(f'{folder}/c.db')
    # Wherever they stand.
    for command in (('migrate', '--config', path, f'--store=sqlite:{folder}/d.db'), ('migrate', '--store', f'sqlite:{folder}/e.db')):
        assert run(*command)[0] == 0, command
    assert os.path.exists(f'{folder}/d.db') and os.path.exists(f'{folder}/e.db')
    # What is missing is said in a sentence.
    for command, words in ((('migrate',), '--store sqlite:'), (('serv', '--store', database), '«serv»'), ((), 'torg-server --help'),
                           (('migrate', '--store'), '«--store»'), (('migrate', '--', '--store', database), '--store sqlite:')):
        status, out, complaint = run(*command)
        assert status == 2 and out == '' and words in complaint and len(complaint.splitlines()) == 1, (command, out, complaint)
    assert run('--help')[1].startswith('Использование') and run('help', '--store', database)[0] == 0
    # What listens, by the file alone and by a flag over it.
    for flags, expected in (((), '127.0.0.1'), (('--listen', '[::1]:0'), '[::1]')):
        process = subprocess.Popen([SERVER, 'serve', *flags, '--config', path], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        try:
            port = process.stdout.readline().split()[1]
            with urllib.request.urlopen(f'http://{expected}:{port}/healthz', timeout=30) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            process.stdout.close()
    # Mistakes, with the line on which they stand.
    for text, line, words in (('[server]\nstore=x\n\nlissen=y\n', 4, 'неизвестный ключ «lissen»'), ('[serve]\nstore=x\n', 1, '«serve»'),
                              ('[server]\n threads = many\n', 2, '«many»'), ('[server]\nthreads=0\n', 2, '«0»'),
                              ('\n[server]\nworkers=65\n', 3, '«65»')):
        write(text)
        status, _, complaint = run('--config', path, 'migrate')
        assert status == 1 and f'строка {line}:' in complaint and words in complaint and path in complaint, complaint
    write('nothing at all\n')
    assert run('--config', path, 'migrate')[0] == 1
    assert run('--config', os.path.join(folder, 'none'), 'migrate')[0] == 1
    assert 'TORG_THREADS' in run('migrate', TORG_STORE=database, TORG_THREADS='x')[2]
    assert '«300»' in run('--store', database, 'serve', '--threads', '300')[2]
    # A password: not where others can read it, and never said again.
    for uri in ('postgresql://torg:s3cret@127.0.0.1:1/torg', 'postgres://127.0.0.1:1/torg?user=torg&password=s3cret'):
        write(f'[server]\nstore={uri}\n', 0o640)
        status, _, complaint = run('--config', path, 'migrate')
        assert status == 1 and f'chmod 600 {path}' in complaint and 's3cret' not in complaint, complaint
        write(f'[server]\nstore={uri}\n', 0o600)
        status, _, complaint = run('--config', path, 'migrate')
        assert status == 1 and 'chmod' not in complaint and 's3cret' not in complaint, complaint
        status, _, complaint = run('--store', uri, 'migrate')
        assert status == 1 and 'PGPASSFILE' in complaint and 's3cret' not in complaint, complaint


# It has nothing to do with the database.
if not POSTGRESQL:
    case('the configuration')(configuration)
plan()
