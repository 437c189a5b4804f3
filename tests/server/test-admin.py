# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands for whoever runs the server, against the real programs. TAP."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.request

from serverprocess import POSTGRESQL, SERVER, Server, case, plan


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
        for command, words in ((('set', 'Глава', 'thing', 'read', 'all'), 'не тип'), (('set', 'Глава', 'deal', 'x', 'all'), 'не действие'),
                               (('set', 'Глава', 'deal', 'read', 'some'), 'не область'), (('hide', 'Глава', 'deal'), 'не поле'),
                               (('hide', 'Глава', 'deal.x'), 'не поле'), (('add', 'Глава'), 'уже есть'), (('add', ''), ''),
                               (('give', 'nobody', 'Глава'), 'nobody'), (('take', 'anna', 'Глава'), 'нет роли'),
                               (('show', 'x'), 'Нет роли'), (('sing',), 'role list'), ((), 'role list')):
            assert words in refused(server, 'role', *command), command
        assert server.admin('role', 'show', 'Глава').stdout.splitlines()[:-1] == [
            'set * assign all', 'set * create all', 'set * delete all', 'set * edit all', 'set * read all', 'set role edit all']
    finally:
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
    assert run('migrate')[0] == 2
    # What listens, by the file alone and by a flag over it.
    for flags, expected in (((), '127.0.0.1'), (('--listen', '[::1]:0'), '[::1]')):
        process = subprocess.Popen([SERVER, '--config', path, 'serve', *flags], stdout=subprocess.PIPE,
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
