# SPDX-License-Identifier: GPL-3.0-or-later
"""People come and go: invitations, the page that they lead to, accounts that are closed and opened again. TAP."""
import concurrent.futures
import json
import os
import sqlite3
import subprocess
import time
import urllib.parse
import urllib.request

from serverprocess import POSTGRESQL, SERVER, TORGCTL, Server, case, plan

GOOD = 'длинный пароль'


def refused(server, *command, **options):
    """What a command says that does not do what it is told."""
    try:
        server.admin(*command, **options)
    except RuntimeError as error:
        return str(error)
    raise AssertionError(f'{command} was done')


def ask(server, method, path, body=None, token=True, **options):
    status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None, token=token, **options)
    return status, json.loads(text) if text else None


def invite(server, email='vera@example.ru', name='Вера Новая', **more):
    status, answer = ask(server, 'POST', '/v1/people', {'name': name, 'email': email, **more})
    assert status == 201, answer
    return answer['user'], answer['path']


def accept(server, path, password=GOOD, again=None, **options):
    form = urllib.parse.urlencode({'password': password, 'again': password if again is None else again}).encode()
    return server.ask_all('POST', path, form, token=None, **options)


def people(server):
    status, answer = ask(server, 'GET', '/v1/people')
    assert status == 200, answer
    return {item['user']: item for item in answer['items']}


def sql(server, text):
    """Changes the database past the server."""
    if POSTGRESQL:
        subprocess.run(['psql', '-q', '-d', server.store, '-c', text], check=True)
    else:
        with sqlite3.connect(server.store.removeprefix('sqlite:')) as db:
            db.execute(text)


def signs_in(server, login, password):
    """Whether the page of the sign-in takes a password."""
    query = urllib.parse.urlencode({'response_type': 'code', 'client_id': 'torg', 'code_challenge_method': 'S256',
                                    'code_challenge': 'x' * 43, 'redirect_uri': 'http://127.0.0.1:1/'})
    form = urllib.parse.urlencode({'login': login, 'password': password}).encode()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    try:
        urllib.request.build_opener(Stay).open(f'http://127.0.0.1:{server.port}/oauth/authorize?{query}', form, timeout=60)
    except urllib.error.HTTPError as error:
        with error:
            return error.code == 303
    return False


@case('an invitation and its page')
def invitations(folder):
    server = Server(folder)
    try:
        role = ask(server, 'POST', '/v1/roles', {'fields': {'name': 'Продавец', 'rights': '{"*":{"read":"all"}}'}})[1]['id']
        department = ask(server, 'POST', '/v1/departments', {'fields': {'name': 'Новый отдел'}})[1]['id']
        user, path = invite(server, role=role, department=department, email='Vera@Example.ru')
        record = ask(server, 'GET', f'/v1/users/{user}')[1]['fields']
        assert (record['name'], record['role'], record['department']) == ('Вера Новая', role, department), record
        assert record['emails'] == ['Vera@Example.ru'], record
        # The history says who did it.
        lines = [item['fields'] for item in server.pull().values() if item['type'] == 'history' and item['fields']['record'] == user]
        assert [line.get('author') for line in lines] == [server.user], lines
        one = people(server)[user]
        assert one['state'] == 'invited' and one['login'] == 'vera@example.ru' and 6.9 < (one['until'] / 1e6 - time.time()) / 86400 < 7.1
        assert people(server)[server.user]['state'] == 'active'
        # The page looks for nothing else, says the login, and is not used up by looking.
        for _ in range(2):
            status, page, headers = server.ask_all('GET', path, token=None, headers={'Accept-Language': 'ru'})
            assert status == 200 and 'value="vera@example.ru"' in page and page.count('type="password"') == 2 and 'lang="ru"' in page
        assert "default-src 'none'" in headers['Content-Security-Policy'] and headers['Cache-Control'] == 'no-store'
        assert headers['Referrer-Policy'] == 'no-referrer' and '<script' not in page
        assert 'Choose the password' in server.ask('GET', path, token=None, headers={'Accept-Language': 'en'})[1]
        assert not signs_in(server, 'vera@example.ru', GOOD)
        for password, again, words in (('short', None, 'слишком короткий'), ('', None, 'слишком короткий'), (GOOD, GOOD + 'x', 'не совпадают'),
                                       ('x' * 1001, None, 'слишком длинный'), ('VERA@example.ru', None, 'совпадает с логином')):
            status, page, _ = accept(server, path, password, again)
            assert status == 422 and words in page and 'type="password"' in page and password not in page.replace('слишком', '') or not password
        assert accept(server, path, GOOD)[0] == 200
        status, page, _ = accept(server, path, 'another password')
        assert status == 410 and 'пароль уже задан' in page and 'type="password"' not in page
        assert server.ask('GET', path, token=None)[0] == 410
        assert signs_in(server, 'vera@example.ru', GOOD) and not signs_in(server, 'vera@example.ru', 'another password')
        assert people(server)[user]['state'] == 'active'
        # Neither the link nor the password stands anywhere.
        secret = path.rsplit('/', 1)[1]
        with open(os.path.join(folder, 'log'), encoding='utf-8') as log:
            text = log.read()
        assert '/invite/' in text and secret not in text and GOOD not in text
        if not POSTGRESQL:
            with sqlite3.connect(server.store.removeprefix('sqlite:')) as db:
                kept = repr(db.execute('SELECT * FROM invitation').fetchall() + db.execute('SELECT * FROM account').fetchall())
            assert secret not in kept and GOOD not in kept and '$argon2id$' in kept
        # The page says the address that the browser knows, nothing else.
        _, path = invite(server, 'boris@example.ru', 'Борис')
        page = accept(server, path, headers={'Host': 'torg.example.ru<b>'})[1]
        assert 'https://torg.example.ru&lt;b&gt;' in page and 'boris@example.ru' in page, page
        _, path = invite(server, 'oleg@example.ru', 'Олег')
        assert f'<code>http://127.0.0.1:{server.port}</code>' in accept(server, path)[1]
    finally:
        assert server.stop() == 0


@case('links that are no good any more')
def links(folder):
    server = Server(folder)
    try:
        user, first = invite(server)
        # Another one replaces it; the login stays.
        status, answer = ask(server, 'POST', f'/v1/people/{user}/invitation', {'email': 'else@example.ru'})
        assert status == 201 and answer['user'] == user
        second = answer['path']
        assert 'отозвана' in accept(server, first)[1] and accept(server, first)[0] == 410
        assert 'vera@example.ru' in server.ask('GET', second, token=None)[1]
        assert ask(server, 'DELETE', f'/v1/people/{user}/invitation') == (204, None)
        assert 'отозвана' in accept(server, second)[1] and people(server)[user]['state'] == 'none'
        assert ask(server, 'DELETE', f'/v1/people/{user}/invitation') == (204, None)
        # Too late.
        third = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        sql(server, 'UPDATE invitation SET expires = 1')
        status, page, _ = accept(server, third)
        assert status == 410 and 'больше не действует' in page and people(server)[user]['state'] == 'expired'
        assert not signs_in(server, 'vera@example.ru', GOOD)
        # Of several at once one has its effect.
        fourth = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            statuses = [status for status, _, _ in pool.map(lambda n: accept(server, fourth, f'{GOOD} {n}'), range(4))]
        assert statuses.count(200) == 1 and set(statuses) <= {200, 410, 503}, statuses
        # Whoever has a password and forgot it is given a link too; what was signed in before is out.
        server.admin('user', 'passwd', 'vera@example.ru', input='the old password\n')
        token = server.admin('token', 'vera@example.ru').stdout.strip()
        fifth = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        assert server.ask('GET', '/v1/me', token=token)[0] == 200 and signs_in(server, 'vera@example.ru', 'the old password')
        assert accept(server, fifth)[0] == 200
        assert server.ask('GET', '/v1/me', token=token)[0] == 401 and not signs_in(server, 'vera@example.ru', 'the old password')
        # A password that is set another way takes an open link back.
        sixth = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        server.admin('user', 'passwd', 'vera@example.ru', input='a new password\n')
        assert accept(server, sixth)[0] == 410 and signs_in(server, 'vera@example.ru', 'a new password')
        # Whoever guesses links has to wait.
        assert server.ask('GET', '/invite/', token=None)[0] == 404
        statuses = [server.ask('GET', f'/invite/torg_{n}', token=None)[0] for n in range(8)]
        assert statuses[0] == 404 and statuses[-1] == 429, statuses
        assert server.ask('DELETE', '/invite/x', token=None)[0] == 405
        # Who has a good one does not.
        seventh = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        assert server.ask('GET', seventh, token=None)[0] == 200
        # What was sent to an address that is not theirs is no good.
        assert ask(server, 'PATCH', f'/v1/users/{user}', {'fields': {'emails': ['new@example.ru']}}, headers={'If-Match': '*'})[0] == 200
        assert accept(server, seventh)[0] == 410
    finally:
        assert server.stop() == 0


@case('who may invite, and whom')
def rights(folder):
    server = Server(folder)
    try:
        def role(name, **given):
            return ask(server, 'POST', '/v1/roles', {'fields': {'name': name, 'rights': json.dumps(
                {'*': dict.fromkeys(('read', 'create', 'edit', 'delete', 'assign'), 'all'), **given})}})[1]['id']
        head, seller = role('Глава', role={'edit': 'all'}), role('Продавец')
        # Whoever gave out the first role that edits roles would have no rights from then on.
        assert ask(server, 'POST', '/v1/people', {'name': 'Глава', 'email': 'head@example.ru', 'role': head})[1]['code'] == 'first'
        server.admin('role', 'give', 'anna', 'Глава')
        user, path = invite(server, role=seller)
        assert accept(server, path)[0] == 200
        token = server.admin('token', 'vera@example.ru').stdout.strip()
        # All of everything is not enough: employees are the administrator's.
        for method, what, body in (('GET', '', None), ('POST', '', {'name': 'X', 'email': 'x@example.ru', 'role': head}),
                                   ('POST', '', {'name': 'X', 'email': 'x@example.ru'}), ('POST', f'/{user}/invitation', None),
                                   ('POST', f'/{server.user}/invitation', None), ('DELETE', f'/{user}/invitation', None),
                                   ('POST', f'/{server.user}/close', None), ('POST', f'/{user}/open', None)):
            status, answer = ask(server, method, f'/v1/people{what}', body, token=token)
            assert (status, answer['code']) == (403, 'forbidden'), (method, what, answer)
            assert ask(server, method, f'/v1/people{what}', body, token='wrong')[0] == 401
        assert server.ask('GET', '/v1/me')[0] == 200
        before = people(server)
        for body, code in (({}, 'invalid'), ({'name': 'X'}, 'invalid'), ({'name': 'X', 'email': 'x'}, 'invalid'),
                           ({'name': ' ', 'email': 'x@example.ru'}, 'invalid'), ({'name': 'x' * 400, 'email': 'x@example.ru'}, 'invalid'),
                           ({'name': 'X', 'email': 'x' * 300 + '@example.ru'}, 'invalid'), ({'name': 7, 'email': []}, 'invalid'),
                           ({'name': 'X', 'email': 'VERA@example.ru'}, 'login'), ({'name': 'X', 'email': 'x@example.ru', 'role': 'x'}, 'not_found'),
                           ({'name': 'X', 'email': 'x@example.ru', 'role': user}, 'not_found'),
                           ({'name': 'X', 'email': 'x@example.ru', 'department': seller}, 'not_found')):
            status, answer = ask(server, 'POST', '/v1/people', body)
            assert status in (404, 409, 422) and answer['code'] == code, (body, answer)
        assert people(server).keys() == before.keys()
        for path in ('/v1/people/x/invitation', f'/v1/people/{seller}/invitation', f'/v1/people/{seller}/close', '/v1/people/x', '/v1/people/x/y'):
            assert ask(server, 'POST', path)[0] == 404, path
        for method, path in (('DELETE', '/v1/people'), ('PATCH', f'/v1/people/{user}/close'), ('GET', f'/v1/people/{user}/invitation')):
            assert ask(server, method, path)[0] == 405, path
        assert server.ask('POST', '/v1/people', b'[1]')[0] == 400
        status, answer = ask(server, 'POST', '/v1/people', {'name': 'X', 'email': 'x@example.ru'}, headers={'Idempotency-Key': 'x-1'})
        assert (status, answer['code']) == (400, 'key') and people(server).keys() == before.keys()
        assert ask(server, 'GET', '/v1/people', headers={'Idempotency-Key': 'x-1'})[0] == 200
        # An employee without an account needs an address.
        other = next(key for key, item in before.items() if item['state'] == 'none')
        assert ask(server, 'POST', f'/v1/people/{other}/invitation')[1]['code'] == 'invalid'
        assert ask(server, 'POST', f'/v1/people/{other}/invitation', {'email': 'other@example.ru'})[0] == 201
        assert people(server)[other]['state'] == 'invited'
    finally:
        assert server.stop() == 0


@case('accounts that are closed, and opened again')
def closing(folder):
    server = Server(folder)
    try:
        user, path = invite(server)
        accept(server, path)
        token = server.admin('token', 'vera@example.ru').stdout.strip()
        assert ask(server, 'POST', f'/v1/people/{server.user}/close')[1]['code'] == 'own'
        assert ask(server, 'POST', f'/v1/people/{user}/close') == (204, None)
        assert people(server)[user]['state'] == 'closed' and server.ask('GET', '/v1/me', token=token)[0] == 401
        assert not signs_in(server, 'vera@example.ru', GOOD)
        # Everybody sees who has left, and since when; closing once more changes nothing.
        left = ask(server, 'GET', f'/v1/users/{user}')[1]
        assert abs(left['fields']['disabled'] / 1e6 - time.time()) < 600, left
        assert ask(server, 'POST', f'/v1/people/{user}/close')[0] == 204 and ask(server, 'GET', f'/v1/users/{user}')[1] == left
        for body in (None, {'email': 'x@example.ru'}):
            assert ask(server, 'POST', f'/v1/people/{user}/invitation', body)[1]['code'] == 'closed'
        assert ask(server, 'POST', f'/v1/people/{user}/open') == (204, None)
        assert signs_in(server, 'vera@example.ru', GOOD) and people(server)[user]['state'] == 'active'
        assert 'disabled' not in ask(server, 'GET', f'/v1/users/{user}')[1]['fields'] and server.ask('GET', '/v1/me', token=token)[0] == 401
        # An invitation does not outlive the account.
        path = ask(server, 'POST', f'/v1/people/{user}/invitation')[1]['path']
        server.admin('user', 'disable', 'vera@example.ru')
        assert accept(server, path)[0] == 410
        server.admin('user', 'enable', 'vera@example.ru')
        assert accept(server, path)[0] == 410
        # The last administrator stays, by whatever way.
        for command in (('add', 'Глава'), ('set', 'Глава', 'role', 'edit', 'all'), ('give', 'anna', 'Глава')):
            server.admin('role', *command)
        assert 'никто не сможет менять роли' in refused(server, 'user', 'disable', 'anna')
        assert server.ask('GET', '/v1/me')[0] == 200 and people(server)[server.user]['state'] == 'active'
    finally:
        assert server.stop() == 0


@case('invited from the command line')
def command(folder):
    server = Server(folder)
    try:
        server.admin('role', 'add', 'Продавец')
        link = server.admin('user', 'invite', 'vera@example.ru', 'Вера Новая', '--role', 'Продавец', '--address',
                            'https://torg.example.ru').stdout.strip()
        assert link.startswith('https://torg.example.ru/invite/torg_'), link
        assert accept(server, urllib.parse.urlparse(link).path)[0] == 200 and signs_in(server, 'vera@example.ru', GOOD)
        user = next(key for key, item in people(server).items() if item.get('login') == 'vera@example.ru')
        assert ask(server, 'GET', f'/v1/users/{user}')[1]['fields']['name'] == 'Вера Новая'
        # Once more it is the same person.
        link = server.admin('user', 'invite', 'vera@example.ru', 'Вера Новая').stdout.strip()
        assert link.startswith('http://127.0.0.1:') and len(people(server)) == len(people(server).keys() | {user})
        assert accept(server, urllib.parse.urlparse(link).path, 'another password')[0] == 200
        assert signs_in(server, 'vera@example.ru', 'another password')
        for words in (('user', 'invite'), ('user', 'invite', 'x'), ('user', 'invite', 'x', 'Имя'),
                      ('user', 'invite', 'x@example.ru', 'Имя', '--role', 'Нет такой'),
                      ('user', 'invite', 'x@example.ru', 'Имя', '--department', 'Нет такого'),
                      ('user', 'invite', 'vera@example.ru', 'Другая'), ('user', 'invite', 'other@example.ru', 'Вера Новая')):
            refused(server, *words)
        # What is given with somebody who is there is theirs from now on.
        server.admin('role', 'add', 'Глава')
        department = ask(server, 'POST', '/v1/departments', {'fields': {'name': 'Опт'}})[1]['id']
        server.admin('user', 'invite', 'VERA@example.ru', 'Вера Новая', '--role', 'Глава', '--department', 'Опт')
        fields = ask(server, 'GET', f'/v1/users/{user}')[1]['fields']
        roles = {item['id']: item['fields']['name'] for item in ask(server, 'GET', '/v1/roles')[1]['items']}
        assert roles[fields['role']] == 'Глава' and fields['department'] == department, fields
        server.admin('user', 'invite', 'vera@example.ru', 'Вера Новая')
        assert ask(server, 'GET', f'/v1/users/{user}')[1]['fields'] == fields
        # Of two with one name neither is meant.
        ask(server, 'POST', '/v1/users', {'fields': {'name': 'Вера Новая'}})
        refused(server, 'user', 'invite', 'vera@example.ru', 'Вера Новая')
        server.admin('user', 'invite', 'vera@example.ru', user)
    finally:
        assert server.stop() == 0


@case('a key for employees is none for administrators')
def scoped(folder):
    server = Server(folder)
    try:
        key = server.admin('token', 'create', 'anna', '--scope', 'people').stdout.split()[-1]
        # While nobody has a role, whoever has none may do everything.
        for path, body in (('', {'name': 'Пётр', 'email': 'petr@example.ru'}), (f'/{server.user}/invitation', None)):
            status, answer = ask(server, 'POST', f'/v1/people{path}', body, token=key)
            assert (status, answer['code'], answer['scope']) == (403, 'scope', 'administrators'), (path, status, answer)
        assert 'petr@example.ru' not in {item.get('login') for item in people(server).values()}
        server.admin('role', 'add', 'Глава')
        server.admin('role', 'set', 'Глава', '*', '*', 'all')
        server.admin('role', 'set', 'Глава', 'role', 'edit', 'all')
        server.admin('role', 'give', 'anna', 'Глава')
        server.admin('role', 'add', 'Продавец')
        roles = {item['fields']['name']: item['id'] for item in ask(server, 'GET', '/v1/roles')[1]['items']}
        both = server.admin('token', 'create', 'anna', '--scope', 'people,administrators').stdout.split()[-1]
        head = {'name': 'Второй глава', 'email': 'head@example.ru', 'role': roles['Глава']}
        seller, _ = invite(server, role=roles['Продавец'])
        for path, body in (('', head), (f'/{server.user}/invitation', None), (f'/{seller}/invitation', {'role': roles['Глава']})):
            status, answer = ask(server, 'POST', f'/v1/people{path}', body, token=key)
            assert (status, answer['code'], answer['scope']) == (403, 'scope', 'administrators'), (path, status, answer)
        assert ask(server, 'GET', f'/v1/users/{seller}')[1]['fields']['role'] == roles['Продавец']
        assert 'head@example.ru' not in {item.get('login') for item in people(server).values()}
        # Anybody else is invited by it, and an administrator by one that is for that.
        assert ask(server, 'POST', f'/v1/people/{seller}/invitation', None, token=key)[0] == 201
        assert ask(server, 'POST', '/v1/people', {**head, 'role': roles['Продавец'], 'email': 'b@example.ru'}, token=key)[0] == 201
        assert ask(server, 'POST', '/v1/people', head, token=both)[0] == 201
        assert ask(server, 'POST', f'/v1/people/{server.user}/invitation', None, token=both)[0] == 201
        # One without scopes may do what its owner may.
        assert ask(server, 'POST', f'/v1/people/{server.user}/invitation', None)[0] == 201
        # A link that it made does not become one of an administrator, whichever way somebody becomes one.
        def give(user, role):
            status, answer = ask(server, 'PATCH', f'/v1/users/{user}', {'fields': {'role': role}}, headers={'If-Match': '*'})
            assert status == 200, answer
        link = ask(server, 'POST', f'/v1/people/{seller}/invitation', None, token=key)[1]['path']
        give(seller, roles['Глава'])
        assert server.ask('GET', link, token=None)[0] == 410 and accept(server, link)[0] == 410
        assert people(server)[seller]['state'] == 'none' and 'until' not in people(server)[seller]
        give(seller, roles['Продавец'])
        server.admin('role', 'set', 'Продавец', 'role', 'edit', 'all')
        assert accept(server, link)[0] == 410
        server.admin('role', 'set', 'Продавец', 'role', 'edit', 'none')
        assert server.ask('GET', link, token=None)[0] == 200 and people(server)[seller]['state'] == 'invited'
        # Nor does that of somebody who could have invited one, and cannot any more; another one does.
        vera = ask(server, 'POST', '/v1/people', {**head, 'email': 'vera2@example.ru'}, token=both)[1]['user']
        server.admin('user', 'passwd', 'vera2@example.ru', input='a password\n')
        hers = server.admin('token', 'vera2@example.ru').stdout.strip()
        link = ask(server, 'POST', f'/v1/people/{seller}/invitation', None, token=hers)[1]['path']
        give(seller, roles['Глава'])
        assert server.ask('GET', link, token=None)[0] == 200
        give(vera, roles['Продавец'])
        assert accept(server, link)[0] == 410
        link = ask(server, 'POST', f'/v1/people/{seller}/invitation', None)[1]['path']
        assert accept(server, link)[0] == 200
    finally:
        assert server.stop() == 0


@case('work that is handed over reaches the server, and comes back')
def hand_over(folder):
    server, replica = Server(folder), os.path.join(folder, 'mine.db')

    def ctl(*command):
        return server.run(TORGCTL, '--replica', replica, '--json', *command, env=dict(os.environ, TORG_TOKEN=server.token)).stdout

    def owned(kind, who):
        found, after = set(), ''
        while True:
            page = ask(server, 'GET', f'/v1/{kind}?owner={who}&limit=200{after}')[1]
            found |= {item['id'] for item in page['items']}
            if not page['next']:
                return found
            after = f'&after={page["next"]}'
    try:
        # More than fits into one group.
        made = [{'op': 'create', 'type': 'company', 'fields': {'name': f'Много {n}', 'owner': server.user}} for n in range(200)]
        for _ in range(2):
            assert ask(server, 'POST', '/v1/bulk', {'operations': made})[0] == 200
        other, _ = invite(server)
        before = {kind: owned(kind, server.user) for kind in ('companies', 'persons', 'deals', 'leads')}
        assert len(before['companies']) > 400
        server.run(TORGCTL, '--replica', replica, 'connect', f'http://127.0.0.1:{server.port}', env=dict(os.environ, TORG_TOKEN=server.token))
        ctl('sync')
        # It needs no server.
        server.stop()
        done = json.loads(ctl('hand-over', '--from', server.user, '--to', other, '--what', 'deals,leads,clients,tasks,closed'))
        assert done['records'] >= sum(map(len, before.values())), done
        port, server.port = server.port, None
        with open(os.path.join(folder, 'log'), 'ab') as log:
            server.process = subprocess.Popen([SERVER, '--store', server.store, 'serve', '--listen', f'127.0.0.1:{port}'], stdout=subprocess.PIPE,
                                              stderr=log, text=True)
        assert server.process.stdout.readline().startswith('listening ')
        server.port = port
        ctl('sync')
        assert json.loads(ctl('outbox')) == [] and json.loads(ctl('attention')) == []
        assert {kind: owned(kind, other) for kind in before} == before and not any(owned(kind, server.user) for kind in before)
        # Who has left is given nothing.
        third = invite(server, 'third@example.ru', 'Третий')[0]
        assert ask(server, 'POST', f'/v1/people/{third}/close')[0] == 204
        ctl('sync')
        refusal = subprocess.run([TORGCTL, '--replica', replica, 'hand-over', '--from', other, '--to', third], capture_output=True, text=True,
                                 check=False, env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='en'))
        assert refusal.returncode == 1 and 'is closed' in refusal.stderr, refusal
        # Sent already, it is taken back by edits that follow.
        assert json.loads(ctl('undo-import', done['import_id']))['left'] == 0
        ctl('sync')
        assert json.loads(ctl('outbox')) == [] and json.loads(ctl('attention')) == []
        assert {kind: owned(kind, server.user) for kind in before} == before and not any(owned(kind, other) for kind in before)
    finally:
        assert server.stop() == 0


@case('the head of a department hands over what is in reach, and the rest stays')
def head(folder):
    server, replica = Server(folder), os.path.join(folder, 'mine.db')

    def make(kind, **fields):
        status, answer = ask(server, 'POST', f'/v1/{kind}', {'fields': fields})
        assert status == 201, answer
        return answer['id']
    try:
        for words in (('add', 'Глава'), ('set', 'Глава', '*', '*', 'all'), ('set', 'Глава', 'role', 'edit', 'all'), ('give', 'anna', 'Глава'),
                      ('add', 'Старший'), ('set', 'Старший', '*', 'read', 'all'), ('set', 'Старший', '*', 'edit', 'department'),
                      ('set', 'Старший', '*', 'assign', 'department'), ('set', 'Старший', 'person', 'assign', 'own')):
            server.admin('role', *words)
        ours, others = make('departments', name='Наш'), make('departments', name='Не наш')
        roles = {item['fields']['name']: item['id'] for item in ask(server, 'GET', '/v1/roles')[1]['items']}
        boss = make('users', name='Старший', department=ours, role=roles['Старший'])
        server.admin('user', 'add', 'boss', boss, input='a password\n')
        token = server.admin('token', 'boss').stdout.strip()
        leaver, heir = make('users', name='Уходит', department=ours), make('users', name='Остаётся', department=ours)
        mine = [make('companies', name=f'Наша {n}', owner=leaver) for n in range(3)]
        # By its own department one is elsewhere, and persons are not the head's to give.
        far = [make('companies', name='Не наша', owner=leaver, department=others)]
        persons = [make('persons', name='Лицо', owner=leaver)]
        # One of another department's colleague, who is none of the head's.
        foreign = make('companies', name='Чужая', owner=make('users', name='Чужой', department=others))
        environment = dict(os.environ, TORG_TOKEN=token, LC_ALL='C.UTF-8', LANGUAGE='en')

        def ctl(*command):
            return server.run(TORGCTL, '--replica', replica, '--json', *command, env=environment)
        ctl('connect', f'http://127.0.0.1:{server.port}')
        ctl('sync')
        done = ctl('hand-over', '--from', leaver, '--to', heir)
        assert (json.loads(done.stdout)['records'], json.loads(done.stdout)['left']) == (3, 2) and '2 records' in done.stderr, done
        ctl('sync')
        assert json.loads(ctl('outbox').stdout) == [] and json.loads(ctl('attention').stdout) == []
        owners = {key: ask(server, 'GET', f'/v1/{kind}/{key}')[1]['fields']['owner']
                  for kind, keys in (('companies', mine + far + [foreign]), ('persons', persons)) for key in keys}
        assert {owners[key] for key in mine} == {heir} and {owners[key] for key in far + persons} == {leaver}
        assert json.loads(ctl('hand-over', '--from', owners[foreign], '--to', heir).stdout)['records'] == 0
        # The server decides by the same: what is in reach is given by REST too, the rest is not.
        for key, kind, status in ((far[0], 'companies', 403), (persons[0], 'persons', 403), (foreign, 'companies', 403), (mine[0], 'companies', 200)):
            found = server.ask('PATCH', f'/v1/{kind}/{key}', json.dumps({'fields': {'owner': boss}}).encode(), token=token, headers={'If-Match': '*'})
            assert found[0] == status, (kind, found)
        assert json.loads(ctl('undo-import', json.loads(done.stdout)['import_id']).stdout)['left'] <= 1
    finally:
        assert server.stop() == 0


@case('forms and webhooks of who leaves')
def belongings(folder):
    server = Server(folder)
    plain = {'Content-Type': 'application/x-www-form-urlencoded'}

    def send(phone):
        return server.ask('POST', f'/intake/{key}', f'phone={phone}'.encode(), token=False, headers=plain)[0]

    def owners():
        return sorted(one['fields']['owner'] for one in server.pull().values()
                      if one['type'] == 'lead' and one['fields'].get('title') == 'Заявка')

    def whose(what):
        return [line.split('\t')[-1] for line in server.admin(what, 'list').stdout.splitlines()]

    try:
        def role(name, **given):
            return ask(server, 'POST', '/v1/roles', {'fields': {'name': name, 'rights': json.dumps(
                {'*': dict.fromkeys(('read', 'create', 'edit', 'delete', 'assign'), 'all'), **given})}})[1]['id']
        head, seller, reader = role('Глава', role={'edit': 'all'}), role('Продавец'), role('Читатель', lead={'read': 'all', 'create': 'none'})
        assert ask(server, 'PATCH', f'/v1/users/{server.user}', {'fields': {'role': head}}, headers={'If-Match': '*'})[0] == 200
        made = {}
        for login, given in (('boris', head), ('vera', seller), ('gleb', reader)):
            made[login] = ask(server, 'POST', '/v1/users', {'fields': {'name': login, 'role': given}})[1]['id']
            server.admin('user', 'add', login, made[login], input='a password\n')
        boris, vera, gleb = made['boris'], made['vera'], made['gleb']
        # Boris leaves, who has a form of the site and a webhook with a secret in its address.
        key = server.admin('form', 'add', 'Заявка', '--owner', 'boris', '--plain').stdout.strip()
        hook = server.admin('webhook', 'add', 'boris', 'https://hook.example:8443/secret?key=1').stdout.split()[0]
        assert send('89120000001') == 200 and owners() == [boris]
        assert whose('form') == whose('webhook') == ['boris']
        one = people(server)[boris]
        assert (one['forms'], one['webhooks']) == (['Заявка'], ['https://hook.example:8443']), one
        assert people(server)[vera]['forms'] == people(server)[vera]['webhooks'] == []
        # It is said what ends, and how to go on.
        said = server.admin('user', 'disable', 'boris').stdout
        assert f'form give {key}' in said and f'webhook give {hook}' in said and '«Заявка»' in said and 'secret' not in said, said
        assert send('89120000002') == 409 and whose('form') == ['boris (закрыт)']
        said = refused(server, 'check')
        assert f'form give {key}' in said and f'webhook give {hook}' in said and 'Найдено 2' in said, said
        # Not to whoever could not have them.
        give = f'/v1/people/{boris}/give'
        assert 'не даёт создавать лиды' in refused(server, 'form', 'give', key, 'gleb')
        assert 'разрешено менять роли' in refused(server, 'webhook', 'give', hook, 'vera')
        for to, code in ((vera, (409, 'taker')), (gleb, (409, 'taker')), (boris, (409, 'taker')), ('x', (404, 'not_found'))):
            status, answer = ask(server, 'POST', give, {'to': to})
            assert (status, answer['code']) == code, (to, answer)
        assert ask(server, 'POST', give, {})[0] == 400 and ask(server, 'GET', give)[0] == 405
        assert ask(server, 'POST', '/v1/people/x/give', {'to': vera})[0] == 404
        for token in (server.admin('token', 'vera').stdout.strip(), server.admin('token', 'create', 'anna', '--scope', 'people').stdout.strip()):
            assert ask(server, 'POST', give, {'to': server.user}, token=token)[0] == 403
        for bad in (('form', 'give', 'x', 'anna'), ('form', 'give', key, 'boris'), ('webhook', 'give', 'x', 'anna'), ('form', 'give', key)):
            refused(server, *bad)
        assert whose('form') == whose('webhook') == ['boris (закрыт)']
        # Given on, a form takes leads again; those that there are stay whose they are.
        assert ask(server, 'POST', give, {'to': server.user}) == (204, None)
        assert whose('form') == whose('webhook') == ['anna']
        assert send('89120000002') == 200 and send('89120000001') == 200
        assert owners() == sorted([boris, server.user]), owners()
        assert server.admin('check').stdout == 'Всё сходится.\n'
        # One by one from the terminal; who has none has nothing to give.
        server.admin('form', 'give', key, 'vera')
        assert (whose('form'), whose('webhook')) == (['vera'], ['anna'])
        assert send('89120000003') == 200 and vera in owners()
        assert ask(server, 'POST', give, {'to': vera}) == (204, None)
        server.admin('user', 'enable', 'boris')
        server.admin('webhook', 'give', hook, 'boris')
        assert whose('webhook') == ['boris'] and server.admin('user', 'disable', 'gleb').stdout == ''
        assert server.admin('check').stdout == 'Всё сходится.\n'
    finally:
        assert server.stop() == 0


plan()
