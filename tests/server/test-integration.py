# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes out to other programs, and comes in from web forms, over HTTP. TAP."""
import hashlib
import hmac
import http.server
import json
import os
import threading
import time
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


@case('webhooks')
def webhooks(folder):
    server, receiver = Server(folder), Receiver(302)
    do = caller(server)
    try:
        for bad, code in (({}, 400), ({'url': 7}, 400), ({'url': 'http://example.ru/'}, 422), ({'url': receiver.url, 'types': ['x']}, 422),
                          ({'url': receiver.url, 'events': []}, 422), ({'url': receiver.url, 'events': 'created'}, 422)):
            assert do('POST', '/v1/webhooks', bad)[0] == code, bad
        status, hook = do('POST', '/v1/webhooks', {'url': receiver.url, 'types': ['company', 'deal']})
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
        assert receiver.wait(before + 1)[-1]['event'] == 'deleted'
        for nothing in (f'/v1/webhooks/{uuid.uuid4()}', '/v1/webhooks/x'):
            assert do('DELETE', nothing)[0] == 404
        assert do('GET', f'/v1/webhooks/{hook["id"]}/x')[0] == 404 and do('PUT', '/v1/webhooks')[0] == 405
        assert do('DELETE', f'/v1/webhooks/{hook["id"]}')[0] == 204 and do('GET', '/v1/webhooks')[1] == {'items': []}
        # From the terminal.
        made, secret = server.admin('webhook', 'add', 'anna', receiver.url, '--type', 'tag', '--event', 'created').stdout.split()
        assert made in server.admin('webhook', 'list').stdout and secret not in server.admin('webhook', 'list').stdout
        before = len(receiver.received)
        assert do('POST', '/v1/tags', {'fields': {'name': 'Новая'}})[0] == 201
        assert receiver.wait(before + 1)[-1]['record']['fields']['name'] == 'Новая'
        server.admin('webhook', 'remove', made)
        for bad in (('add', 'nobody', receiver.url), ('add', 'anna', 'http://example.ru/'), ('remove', made), ('log', 'x'), ()):
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


plan()
