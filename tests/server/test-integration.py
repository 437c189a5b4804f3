# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes out to other programs, and comes in from web forms, over HTTP. TAP."""
import hashlib
import hmac
import http.client
import http.server
import json
import os
import socket
import threading
import time
import urllib.parse
import uuid

from serverprocess import Server, case, plan


class Receiver:
    """Somebody who is told; answers with the next of @statuses, then with 200."""

    def __init__(self, *statuses):
        self.received, self.statuses, receiver = [], list(statuses), self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers['Content-Length']))
                receiver.received.append((self.path, dict(self.headers), body))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                self.send_response(status)
                if status == 302:
                    self.send_header('Location', '/elsewhere')
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, format, *arguments):  # pylint: disable=redefined-builtin
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}/hook'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count, seconds=20):
        until = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.received) >= count, self.received
        return [json.loads(body) for _, _, body in self.received]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def caller(server):
    def do(method, path, body=None, token=True):
        status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None, token=token,
                                  headers={'If-Match': '*'})
        return status, json.loads(text) if text else None
    return do


def checked(server):
    """What the check finds, which finds something."""
    try:
        server.admin('check')
    except RuntimeError as error:
        return str(error)
    raise AssertionError('all fits together')


@case('webhooks')
def webhooks(folder):
    server, receiver = Server(folder), Receiver(302)
    do = caller(server)
    try:
        for bad, code in (({}, 400), ({'url': 7}, 400), ({'url': 'http://example.ru/'}, 422), ({'url': receiver.url, 'types': ['x']}, 422),
                          ({'url': receiver.url, 'events': []}, 422), ({'url': receiver.url, 'events': 'created'}, 422)):
            assert do('POST', '/v1/webhooks', bad)[0] == code, bad
        body = json.dumps({'url': receiver.url, 'types': ['company', 'deal']}).encode()
        # Its secret could not be told again.
        for method, path in (('POST', '/v1/webhooks'), ('DELETE', f'/v1/webhooks/{uuid.uuid4()}')):
            status, text = server.ask(method, path, body, headers={'Idempotency-Key': 'hook-1'})
            assert status == 400 and json.loads(text)['code'] == 'key', (method, text)
        assert do('GET', '/v1/webhooks')[1] == {'items': []}
        status, text, headers = server.ask_all('POST', '/v1/webhooks', body)
        hook = json.loads(text)
        assert headers['Location'] == f'/v1/webhooks/{hook["id"]}', headers
        assert status == 201 and hook['secret'].startswith('torg_'), hook
        status, listed = do('GET', '/v1/webhooks')
        assert status == 200 and [one['id'] for one in listed['items']] == [hook['id']] and 'secret' not in json.dumps(listed)
        # The first answer leads elsewhere, where nobody goes; it is sent again with the same content.
        company = do('POST', '/v1/companies', {'fields': {'name': 'Ромашка'}})[1]
        receiver.wait(1)
        deal = do('POST', '/v1/deals', {'fields': {'title': 'Лепестки', 'company': company['id']}})[1]
        told = receiver.wait(3)
        assert {path for path, _, _ in receiver.received} == {'/hook'}
        assert told[0] == told[2] or told[0] == told[1], told
        by_type = {one['type']: one for one in told}
        assert by_type['deal'] == {'id': by_type['deal']['id'], 'seq': deal['seq'], 'event': 'created', 'type': 'deal',
                                   'record_id': deal['id'], 'record': deal}
        assert by_type['company']['record'] == company and by_type['company']['seq'] < by_type['deal']['seq']
        for _, headers, body in receiver.received:
            seconds, signature = (part.split('=', 1)[1] for part in headers['Torg-Signature'].split(','))
            assert abs(int(seconds) - time.time()) < 60
            wanted = hmac.new(hook['secret'].encode(), seconds.encode() + b'.' + body, hashlib.sha256).hexdigest()
            assert signature == wanted and headers['Torg-Delivery'] == json.loads(body)['id']
        until = time.monotonic() + 5
        while time.monotonic() < until:
            log = do('GET', f'/v1/webhooks/{hook["id"]}/deliveries')[1]
            if [one['state'] for one in log['items']] == ['done', 'done']:
                break
            time.sleep(0.1)
        assert [(one['event'], one['state'], one['tries'], one['status']) for one in log['items']] == [
            ('created', 'done', 1, 200), ('created', 'done', 2, 200)], log
        assert do('GET', f'/v1/webhooks/{hook["id"]}/deliveries?limit=1')[1]['next'] == log['items'][0]['id']
        assert 'created deal' in server.admin('webhook', 'log', hook['id']).stdout
        # What was not told before the server ended is told when it runs again; removed, nothing is.
        assert server.stop() == 0
        before = len(receiver.received)
        server.start()
        assert do('DELETE', f'/v1/deals/{deal["id"]}')[0] == 204
        began = time.monotonic()
        assert receiver.wait(before + 1)[-1]['event'] == 'deleted'
        # It hears of a commit, and does not look for one again and again.
        assert time.monotonic() - began < 5
        for nothing in (f'/v1/webhooks/{uuid.uuid4()}', '/v1/webhooks/x'):
            assert do('DELETE', nothing)[0] == 404
            assert do('GET', f'{nothing}/deliveries')[0] == 404
        assert do('GET', f'/v1/webhooks/{hook["id"]}/x')[0] == 404 and do('PUT', '/v1/webhooks')[0] == 405
        assert do('DELETE', f'/v1/webhooks/{hook["id"]}')[0] == 204 and do('GET', '/v1/webhooks')[1] == {'items': []}
        # From the terminal.
        made, secret = server.admin('webhook', 'add', 'anna', receiver.url, '--type', 'tag', '--event', 'created').stdout.split()
        assert made in server.admin('webhook', 'list').stdout and secret not in server.admin('webhook', 'list').stdout
        before = len(receiver.received)
        assert do('POST', '/v1/tags', {'fields': {'name': 'Новая'}})[0] == 201
        assert receiver.wait(before + 1)[-1]['record']['fields']['name'] == 'Новая'
        server.admin('webhook', 'remove', made)
        for bad in (('add', 'nobody', receiver.url), ('add', 'anna', 'http://example.ru/'), ('remove', made), ('log', 'x'), ('log', made), ()):
            try:
                server.admin('webhook', *bad)
                raise AssertionError(bad)
            except RuntimeError:
                pass
        # Only for who may edit roles.
        role = do('POST', '/v1/roles', {'fields': {'name': 'А', 'rights': '{"role": {"edit": "all"}, "*": {"read": "all"}}'}})[1]
        other = do('POST', '/v1/users', {'fields': {'name': 'Борис'}})[1]
        assert do('PATCH', f'/v1/users/{server.user}', {'fields': {'role': role['id']}})[0] == 200
        server.admin('user', 'add', 'boris', other['id'], input='another password\n')
        boris = server.admin('token', 'boris').stdout.strip()
        assert do('GET', '/v1/webhooks', token=boris)[0] == do('POST', '/v1/webhooks', {}, token=boris)[0] == 403
        assert do('GET', '/v1/webhooks', token=None)[0] == 401
        with open(os.path.join(folder, 'log'), encoding='utf8') as log:
            text = log.read()
        assert hook['secret'] not in text and secret not in text
    finally:
        receiver.close()
        assert server.stop() == 0


@case('receivers that hang hold up nobody else')
def hanging(folder):
    server, receiver = Server(folder), Receiver()
    do = caller(server)
    # It takes every connection, and never answers.
    deaf = socket.create_server(('127.0.0.1', 0), backlog=128)
    try:
        for url in (*[f'http://127.0.0.1:{deaf.getsockname()[1]}/{number}' for number in range(20)], receiver.url):
            assert do('POST', '/v1/webhooks', {'url': url, 'types': ['tag']})[0] == 201
        for number in range(12):
            began = time.monotonic()
            assert do('POST', '/v1/tags', {'fields': {'name': f'Метка {number}'}})[0] == 201
            receiver.wait(number + 1, 5)
            assert time.monotonic() - began < 5
    finally:
        deaf.close()
        receiver.close()
        assert server.stop() == 0


@case('forms of web sites')
def forms(folder):
    server = Server(folder)
    do = caller(server)

    def send(key, fields, kind='application/json', method='POST', **headers):
        body = (urllib.parse.urlencode(fields) if 'urlencoded' in kind else json.dumps(fields)).encode() if isinstance(fields, dict) else fields
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=60)
        connection.request(method, f'/intake/{key}', body, {'Content-Type': kind, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers

    def leads():
        return {record['id']: record['fields'] for record in server.pull().values()
                if record['type'] == 'lead' and not record.get('deleted')}

    try:
        source = do('POST', '/v1/dictionaries', {'fields': {'dictionary': 'source', 'name': 'Сайт: форма'}})
        assert source[0] == 201, source
        key = server.admin('form', 'add', 'Заявка с сайта', '--owner', 'anna', '--source', 'Сайт: форма',
                           '--origin', 'https://shop.example', '--origin', 'https://www.shop.example:8443').stdout.strip()
        plain = server.admin('form', 'add', 'Простая', '--owner', 'anna', '--plain', '--redirect', 'https://shop.example/thanks').stdout.strip()
        assert {line.split('\t')[0] for line in server.admin('form', 'list').stdout.splitlines()} == {key, plain}
        for bad in (('add', 'x'), ('add', 'x', '--owner', 'nobody'), ('add', 'x', '--owner', 'anna', '--source', 'нет'),
                    ('add', 'x', '--owner', 'anna', '--origin', 'https://shop.example/'), ('remove', 'x'),
                    ('add', 'x', '--owner', 'anna', '--redirect', 'javascript:alert(1)'), ()):
            try:
                server.admin('form', *bad)
                raise AssertionError(bad)
            except RuntimeError:
                pass
        before = leads()
        # A page of the site may ask, others not.
        status, text, headers = send(key, None, method='GET', Origin='https://shop.example')
        assert status == 200 and headers['Access-Control-Allow-Origin'] == 'https://shop.example'
        stamp, opened = json.loads(text)['stamp'], time.time()
        status, text, headers = send(key, None, method='OPTIONS', Origin='https://www.shop.example:8443')
        assert status == 204 and headers['Access-Control-Allow-Headers'] == 'Content-Type' and 'POST' in headers['Access-Control-Allow-Methods']
        status, text, headers = send(key, None, method='GET', Origin='https://evil.example')
        assert status == 403 and headers['Access-Control-Allow-Origin'] is None
        assert send('0' * 32, {'phone': '1'})[0] == 404 and send(key, None, method='DELETE')[0] == 405
        fields = {'name': 'Иван <script>', 'phone': '8 (912) 345-67-89', 'email': 'ivan@example.ru', 'message': 'Хочу шары',
                  'company': 'Ромашка', 'page': 'https://shop.example/a', 'utm_source': 'yandex', 'utm_term': 'шары', 'other': 'x'}
        # Too fast, without a stamp, with another form's or a forged one.
        other = json.loads(send(plain, None, method='GET')[1])['stamp']
        forged = f'{int(time.time()) - 100}.{stamp.split(".")[1]}'
        for wrong in (stamp, None, other, forged, '1.' + 'a' * 64, 'x'):
            status, text, _ = send(key, {**fields, 'stamp': wrong})
            assert (status, json.loads(text)['code']) == (422, 'stamp'), (wrong, status, text)
        # Into the trap: all seems well, and nothing is made.
        assert send(plain, {**fields, 'website': 'http://spam.example'})[:2] == (200, '{"ok":true}')
        assert leads() == before
        time.sleep(max(0, opened + 3.1 - time.time()))
        status, text, headers = send(key, {**fields, 'stamp': stamp}, Origin='https://shop.example')
        assert (status, text) == (200, '{"ok":true}') and headers['Access-Control-Allow-Origin'] == 'https://shop.example', text
        made = {one: lead for one, lead in leads().items() if one not in before}
        assert len(made) == 1, made
        lead, content = next(iter(made.items()))
        assert content['name'] == fields['name'] and content['title'] == 'Заявка с сайта' and content['need'] == 'Хочу шары'
        assert content['phones'][0]['e164'] == '+79123456789' and content['emails'] == ['ivan@example.ru']
        assert content['source'] == source[1]['id'] and content['owner'] == server.user and content['stage'] and content['pipeline']
        assert content['channel'] == 'site' and 'distribute' not in content
        assert content['utm_source'] == 'yandex' and content['utm_term'] == 'шары' and content['note'] == 'page: https://shop.example/a'
        # Once more, by the same phone: a note at the lead.
        assert send(key, {'phone': '+7 912 3456789', 'message': 'И ещё', 'stamp': stamp})[0] == 200
        assert len(leads()) == len(before) + 1
        notes = [record['fields'] for record in server.pull().values() if record['type'] == 'activity' and record['fields'].get('lead') == lead]
        assert len(notes) == 1 and notes[0]['kind'] == 'note' and notes[0]['body'] == 'И ещё\nphone: +7 912 3456789', notes
        # A plain form leads on to a page; another form makes another lead.
        form = 'application/x-www-form-urlencoded'
        status, text, headers = send(plain, {'email': 'ivan@example.ru', 'name': 'Иван'}, form)
        assert (status, headers['Location'], text) == (303, 'https://shop.example/thanks', ''), (status, text)
        assert len(leads()) == len(before) + 2
        for bad, kind, status in (({}, form, 422), ({'email': 'ivan@'}, form, 422), ({'phone': 'нет'}, form, 422), (b'[1]', 'application/json', 400),
                                  (b'{"phone": 7}', 'application/json', 400), (b'phone=%00&email=a%40b.ru', form, 400), (b'phone=%FF', form, 400)):
            answer = send(plain, bad, kind)
            assert answer[0] == status and 'ivan' not in answer[1], (bad, answer)
        # No faster than people; elsewhere it goes on.
        for _ in range(10):
            answer = send(plain, {'phone': '+79120000000'}, form)
        assert answer[0] == 429 and int(answer[2]['Retry-After']) > 0 and json.loads(answer[1])['code'] == 'rate'
        assert send(plain, None, method='GET')[0] == 200
        server.admin('form', 'remove', key)
        assert send(key, {'phone': '1'})[0] == 404
    finally:
        assert server.stop() == 0


@case('leads of forms and of programs are distributed')
def distributed(folder):
    server = Server(folder)
    do = caller(server)
    form = {'Content-Type': 'application/x-www-form-urlencoded'}

    def owner_of(answer):
        assert answer[0] == 201, answer
        return do('GET', f'/v1/leads/{answer[1]["id"]}')[1]['fields']['owner']

    try:
        boris = do('POST', '/v1/users', {'fields': {'name': 'Борис'}})[1]['id']
        pipeline = next(record['id'] for record in server.pull().values()
                        if record['type'] == 'pipeline' and record['fields']['kind'] == 'leads')
        status, answer = do('PATCH', f'/v1/pipelines/{pipeline}', {'fields': {'distribution': 'round_robin', 'receivers': [boris]}})[:2]
        assert status == 200, answer
        key = server.admin('form', 'add', 'Простая', '--owner', 'anna', '--plain').stdout.strip()
        before = set(server.pull())
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=60)
        connection.request('POST', f'/intake/{key}', urllib.parse.urlencode({'phone': '+79123456789'}), form)
        assert connection.getresponse().status == 200
        connection.close()
        [lead] = [record['fields'] for one, record in server.pull().items() if record['type'] == 'lead' and one not in before]
        assert lead['owner'] == boris and 'distribute' not in lead, lead
        assert owner_of(do('POST', '/v1/leads', {'fields': {'name': 'Пётр'}})) == boris
        assert owner_of(do('POST', '/v1/leads', {'fields': {'name': 'Пётр', 'owner': server.user}})) == server.user
    finally:
        assert server.stop() == 0


@case('no lead is lost for what its owner may not do')
def lead_rights(folder):
    server = Server(folder)
    do = caller(server)
    rights = dict.fromkeys(('read', 'create', 'edit', 'delete', 'assign'), 'own')
    form = {'Content-Type': 'application/x-www-form-urlencoded'}
    seen = set()

    def send(message):
        """The leads that are new, and how many notes there are at them."""
        body = urllib.parse.urlencode({'phone': '8 912 345-67-89', 'message': message}).encode()
        assert server.ask('POST', f'/intake/{key}', body, token=False, headers=form) == (200, '{"ok":true}'), message
        records = server.pull().values()
        leads = {one['id']: one['fields'] for one in records if one['type'] == 'lead' and not one.get('deleted') and one['id'] not in seen}
        notes = [one['fields'] for one in records if one['type'] == 'activity' and one['fields'].get('body', '').startswith(message)]
        seen.update(leads)
        return list(leads.items()), len(notes)

    try:
        head, seller = [do('POST', '/v1/roles', {'fields': {'name': name, 'rights': json.dumps(given)}})[1]['id'] for name, given in (
            ('Глава', {'*': dict.fromkeys(rights, 'all'), 'role': {'edit': 'all'}}), ('Продавец', {'*': rights}))]
        boris = do('POST', '/v1/users', {'fields': {'name': 'Борис', 'role': seller}})[1]['id']
        assert do('PATCH', f'/v1/users/{server.user}', {'fields': {'role': head}})[0] == 200
        server.admin('user', 'add', 'boris', boris, input='another password\n')
        key = server.admin('form', 'add', 'Заявка', '--owner', 'boris', '--plain').stdout.strip()
        seen.update(one['id'] for one in server.pull().values() if one['type'] == 'lead')
        [(first, fields)], _ = send('Первое')
        assert fields['owner'] == boris
        assert send('Второе') == ([], 1)
        # It is somebody else's by now, whom he does not see.
        assert do('PATCH', f'/v1/leads/{first}', {'fields': {'owner': server.user}})[0] == 200
        [(second, fields)], notes = send('Третье')
        assert fields['owner'] == boris and fields['need'] == 'Третье' and fields['phones'] and notes == 0, fields
        assert send('Четвёртое') == ([], 1)
        # He sees it, and may make no notes there; what his role hides is kept all the same.
        assert do('PATCH', f'/v1/roles/{seller}', {'fields': {'hidden': '{"lead": ["phones", "need"]}', 'rights': json.dumps(
            {'*': rights, 'lead': {**rights, 'read': 'all'}, 'activity': {'create': 'none'}})}})[0] == 200
        assert do('PATCH', f'/v1/leads/{second}', {'fields': {'owner': server.user}})[0] == 200
        [(third, fields)], notes = send('Пятое')
        assert third != second and fields['need'] == 'Пятое' and fields['phones'][0]['e164'] == '+79123456789' and notes == 0, fields
        assert server.admin('check').stdout == 'Всё сходится.\n'
        # Who may make no leads at all gets no form.
        assert do('PATCH', f'/v1/roles/{seller}', {'fields': {'rights': json.dumps({'*': rights, 'lead': {'create': 'none'}})}})[0] == 200
        try:
            server.admin('form', 'add', 'Ещё', '--owner', 'boris')
            raise AssertionError('a form of whoever may make no leads')
        except RuntimeError as error:
            assert 'не даёт создавать лиды' in str(error), error
        assert 'роль не даёт создавать лиды' in checked(server)
        assert do('PATCH', f'/v1/users/{boris}', {'fields': {'role': head}})[0] == 200
        assert server.admin('check').stdout == 'Всё сходится.\n'
    finally:
        assert server.stop() == 0


@case('forms that are none')
def bad_forms(folder):
    server = Server(folder)
    try:
        key = server.admin('form', 'add', 'Простая', '--owner', 'anna', '--plain').stdout.strip()
        form = {'Content-Type': 'application/x-www-form-urlencoded'}
        for body, headers, status in ((b'phone=' + b'1' * 17000, form, 413), (b'[' * 5000, {'Content-Type': 'application/json'}, 400),
                                      (b'--x', {'Content-Type': 'multipart/form-data; boundary=x'}, 415),
                                      (b'phone=123&name=' + b'x' * 301, form, 422), (b'phone=8&phone=9&&=&%', form, 400)):
            answer = server.ask('POST', f'/intake/{key}', body, token=False, headers=headers)
            assert answer[0] == status and json.loads(answer[1])['status'] == status, (body[:40], answer)
        # Whose leads they are may not make them any more.
        assert server.ask('POST', f'/intake/{key}', b'phone=89120000001', token=False, headers=form)[0] == 200
        do = caller(server)
        role = do('POST', '/v1/roles', {'fields': {'name': 'А', 'rights': '{"role": {"edit": "all"}, "*": {"read": "all"}}'}})[1]
        assert do('PATCH', f'/v1/users/{server.user}', {'fields': {'role': role['id']}})[0] == 200
        answer = server.ask('POST', f'/intake/{key}', b'phone=89120000002', token=False, headers=form)
        assert answer[0] == 409 and json.loads(answer[1])['code'] == 'closed', answer
    finally:
        assert server.stop() == 0


plan()
