# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: the page, codes, tokens and their renewal, wrong passwords, against the real server process. TAP."""
import base64
import concurrent.futures
import hashlib
import html.parser
import http.client
import json
import pathlib
import re
import time
import urllib.parse
import uuid

from serverprocess import POSTGRESQL, Server, case, create, plan

REDIRECT = 'http://127.0.0.1:54321/back'
VERIFIER = 'v' * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b'=').decode()


def make_path(**changes):
    parameters = {'response_type': 'code', 'client_id': 'torg', 'redirect_uri': REDIRECT, 'state': 'a b&c',
                  'code_challenge': CHALLENGE, 'code_challenge_method': 'S256', **changes}
    return '/oauth/authorize?' + urllib.parse.urlencode({key: value for key, value in parameters.items() if value})


def ask(server, method, path, form=None, **headers):
    """The status, the headers and the body; nothing is followed."""
    connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
    body = urllib.parse.urlencode(form) if isinstance(form, dict) else form
    connection.request(method, path, body, {'Content-Type': 'application/x-www-form-urlencoded', **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def sign_in(server, password='a password', login='anna', path=None, **headers):
    return ask(server, 'POST', path or make_path(), {'login': login, 'password': password}, **headers)


def at_once(number, function):
    """What as many calls of a function give that run at the same time."""
    with concurrent.futures.ThreadPoolExecutor(number) as threads:
        return list(threads.map(lambda _: function(), range(number)))


def get_code(server):
    status, headers, text = sign_in(server)
    assert status == 303, (status, text)
    place = urllib.parse.urlsplit(headers['Location'])
    assert headers['Location'].startswith(REDIRECT + '?'), headers['Location']
    query = urllib.parse.parse_qs(place.query)
    assert query['state'] == ['a b&c'], query
    return query['code'][0]


def exchange(server, **form):
    status, headers, text = ask(server, 'POST', '/oauth/token', {'client_id': 'torg', **form})
    assert headers['Cache-Control'] == 'no-store'
    return status, json.loads(text)


def redeem(server, given, **changes):
    return exchange(server, **{'grant_type': 'authorization_code', 'code': given, 'code_verifier': VERIFIER,
                               'redirect_uri': REDIRECT, **changes})


def refresh(server, token):
    return exchange(server, grant_type='refresh_token', refresh_token=token)


def works(server, token):
    return server.ask('GET', '/v1/me', token=token)[0] == 200


class Page(html.parser.HTMLParser):
    """What is on the page, by its tags."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.alert, self.inside = [], '', False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = dict(attrs).get('role') == 'alert'

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.alert += data

    def find(self, wanted, **attributes):
        return [found for tag, found in self.tags if tag == wanted and attributes.items() <= found.items()]


class Style:
    """The colours of a style sheet, in light or in the dark."""

    def __init__(self, css, dark):
        light, _, rest = css.partition('@media(prefers-color-scheme:dark){')
        self.rules = {}
        for selectors, rule in re.findall(r'([^{}]+)\{([^{}]*)\}', light + (rest if dark else '')):
            for selector in selectors.split(','):
                self.rules.setdefault(selector, {}).update(part.split(':', 1) for part in rule.split(';') if ':' in part)

    def colour(self, selector, *names):
        """The last colour that one of these properties names, as light as it is (WCAG 2.2)."""
        values = [self.rules[selector][name] for name in names if name in self.rules[selector]]
        digits = re.findall(r'#([0-9a-f]{6}|[0-9a-f]{3})\b', values[-1])[-1]
        if len(digits) == 3:
            digits = ''.join(2 * digit for digit in digits)
        parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@case('the page can be read, and used by keys alone')
def accessible(folder):
    server = Server(folder)
    try:
        text = ask(server, 'GET', make_path())[2]
        shown = Page(text)
        assert shown.find('html', lang='ru') and len(shown.find('main')) == len(shown.find('h1')) == len(shown.find('title')) == 1
        assert Page(ask(server, 'GET', make_path(), **{'Accept-Language': 'en'})[2]).find('html', lang='en')
        assert not re.search('user-scalable|maximum-scale', text)
        # By Tab one comes from field to field as they stand there, and begins in the first one.
        order = [(tag, found.get('id')) for tag, found in shown.tags if tag in ('input', 'button', 'a')]
        assert order == [('input', 'login'), ('input', 'password'), ('button', None)], order
        assert not [found for _, found in shown.tags if 'tabindex' in found or 'accesskey' in found]
        assert [found['id'] for _, found in shown.tags if 'autofocus' in found] == ['login']
        assert not [found for _, found in shown.tags if 'aria-describedby' in found or 'aria-invalid' in found]
        # What went wrong is read out with the field that has the focus then.
        wrong = Page(sign_in(server, password='wrong')[2])
        assert wrong.find('p', id='alert', role='alert') and wrong.alert
        for name in ('login', 'password'):
            assert wrong.find('input', **{'id': name, 'aria-describedby': 'alert', 'aria-invalid': 'true'}), name
        assert [found['id'] for _, found in wrong.tags if 'autofocus' in found] == ['password']
        # Text has 4.5 : 1, what only shows where something is 3 : 1.
        css = ask(server, 'GET', shown.find('link', rel='stylesheet')[0]['href'])[2]
        for dark in (False, True):
            style = Style(css, dark)
            ground, field = style.colour('body', 'background'), style.colour('input', 'background')
            assert contrast(style.colour('body', 'color'), ground) >= 4.5 and contrast(style.colour('body', 'color'), field) >= 4.5
            assert contrast(style.colour('.alert', 'color'), style.colour('.alert', 'background')) >= 4.5
            assert contrast(style.colour('button', 'color'), style.colour('button', 'background')) >= 4.5
            for selector in ('input', 'input[aria-invalid]'):
                for behind in (ground, field):
                    assert contrast(style.colour(selector, 'border', 'border-color'), behind) >= 3, (dark, selector)
            for selector in ('input:focus', 'button:focus'):
                assert contrast(style.colour(selector, 'outline', 'outline-color'), ground) >= 3, (dark, selector)
            assert contrast(style.colour('button', 'background'), ground) >= 3, dark
    finally:
        assert server.stop() == 0


@case('the page')
def page(folder):
    server = Server(folder)
    try:
        status, headers, text = ask(server, 'GET', make_path(), **{'Accept-Language': 'de, ru-RU;q=0.9, en;q=0.8'})
        shown = Page(text)
        assert status == 200 and headers['Content-Type'].startswith('text/html') and shown.find('html', lang='ru')
        assert 'Вход в Torg' in text and not shown.find('script') and not shown.alert
        # Every field has its label, and a browser can fill both in.
        labels = {label['for'] for label in shown.find('label')}
        fields = {field['id'] for field in shown.find('input')}
        assert labels == fields == {'login', 'password'}
        assert shown.find('input', type='password', autocomplete='current-password')
        policy = headers['Content-Security-Policy']
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and 'script' not in policy
        assert headers['Referrer-Policy'] == 'no-referrer'
        sheet = ask(server, 'GET', shown.find('link', rel='stylesheet')[0]['href'])
        assert sheet[0] == 200 and sheet[1]['Content-Type'].startswith('text/css')
        english = ask(server, 'GET', make_path(), **{'Accept-Language': 'en-GB,en;q=0.9,ru;q=0.1'})[2]
        assert 'Sign in to Torg' in english
        for languages in ('', 'xx', 'rus', ',' * 500, 'энн'.encode().decode('latin-1')):
            assert 'Вход в Torg' in ask(server, 'GET', make_path(), **{'Accept-Language': languages})[2], languages
        # What was typed stands there again, as text.
        status, headers, text = sign_in(server, password='wrong', login='"><script>alert(1)</script>')
        assert status == 403 and not Page(text).find('script') and 'не подходят' in Page(text).alert
        assert Page(text).find('input', id='login')[0]['value'] == '"><script>alert(1)</script>'
        described = json.loads(ask(server, 'GET', '/.well-known/torg')[2])
        assert described['server'] == 'torg' and described['token'] == '/oauth/token'
    finally:
        assert server.stop() == 0


@case('only programs of Torg on the same computer are sent a code')
def wrong_requests(folder):
    server = Server(folder)
    bad = [{'redirect_uri': place} for place in
           (None, 'http://example.com:80/', 'https://127.0.0.1:1/', 'http://127.0.0.1/', 'http://127.0.0.1:1/?a=b',
            'http://127.0.0.1:1/#a', 'http://a@127.0.0.1:1/', 'http://127.0.0.1.example.com:1/', 'http://localhost:1/',
            'javascript:alert(1)', 'http://127.0.0.1:1/' + 'x' * 300, '\0', 'http://[::1')]
    bad += [{'client_id': None}, {'client_id': 'other'}, {'response_type': 'token'}, {'code_challenge': None},
            {'code_challenge': 'short'}, {'code_challenge': '!' * 43}, {'code_challenge_method': 'plain'},
            {'code_challenge_method': None}, {'state': 'x' * 1000}]
    try:
        for changes in bad:
            for status, headers, text in (ask(server, 'GET', make_path(**changes)),
                                          sign_in(server, path=make_path(**changes))):
                assert status == 400 and 'Location' not in headers, (changes, status)
                assert not Page(text).find('form'), changes
        assert sign_in(server, path=make_path(redirect_uri='http://[::1]:1/'))[0] == 303
        for form in (None, '', 'login=anna', 'login=%00&password=%ff', b'\0' * 100, 'x' * 100000, '%%%=&&&='):
            status = ask(server, 'POST', make_path(), form)[0]
            assert status in (400, 403), (form, status)
        for method, path in (('PUT', '/oauth/authorize'), ('GET', '/oauth/token'), ('GET', '/oauth/'), ('POST', '/oauth')):
            assert ask(server, method, path)[0] in (404, 405), path
    finally:
        assert server.stop() == 0


@case('a code is for one program, once')
def codes(folder):
    server = Server(folder)
    try:
        status, tokens = redeem(server, get_code(server))
        assert status == 200 and tokens['token_type'] == 'Bearer' and tokens['expires_in'] == 3600, tokens
        assert works(server, tokens['access_token']) and not works(server, tokens['refresh_token'])
        for changes in ({'code_verifier': 'w' * 43}, {'redirect_uri': 'http://127.0.0.1:1/'}, {'code': 'torg_x'}):
            code = get_code(server)
            assert redeem(server, code, **changes) == (400, {'error': 'invalid_grant'})
            # With the wrong half it is spent.
            assert redeem(server, code)[0] == (200 if 'code' in changes else 400)
        code = get_code(server)
        assert redeem(server, code)[0] == 200
        assert redeem(server, code)[0] == 400
        assert redeem(server, get_code(server), client_id='other') == (400, {'error': 'invalid_client'})
        assert exchange(server, grant_type='password', username='anna', password='a password')[1] == {
            'error': 'unsupported_grant_type'}
        assert exchange(server)[1] == {'error': 'invalid_request'}
        assert exchange(server, grant_type='refresh_token')[1] == {'error': 'invalid_request'}
        # No secret is in the log or, as it is, in the database.
        log = pathlib.Path(folder, 'log').read_text()
        kept = b''.join(path.read_bytes() for path in pathlib.Path(folder).glob('server.db*'))
        for secret in (tokens['access_token'], tokens['refresh_token'], code, 'a password', CHALLENGE):
            assert secret not in log, secret
            assert secret == CHALLENGE or secret.encode() not in kept, secret
    finally:
        assert server.stop() == 0


@case('renewal')
def renewal(folder):
    server = Server(folder)
    try:
        first = redeem(server, get_code(server))[1]
        # An answer that was lost: the same again brings another pair, and the lost one is worth nothing.
        lost = refresh(server, first['refresh_token'])[1]
        second = refresh(server, first['refresh_token'])[1]
        assert not works(server, lost['access_token']) and works(server, first['access_token'])
        assert works(server, second['access_token'])
        third = refresh(server, second['refresh_token'])[1]
        assert works(server, third['access_token'])
        # One that comes after its successor was used was stolen, or that was: the session ends.
        assert refresh(server, first['refresh_token']) == (400, {'error': 'invalid_grant'})
        assert not any(works(server, pair['access_token']) for pair in (first, second, third))
        assert refresh(server, third['refresh_token'])[0] == 400
        # The same as soon as one of what it brought was used, and for what another answer has replaced.
        first = redeem(server, get_code(server))[1]
        second = refresh(server, first['refresh_token'])[1]
        assert works(server, second['access_token'])
        assert refresh(server, first['refresh_token'])[0] == 400 and not works(server, second['access_token'])
        first = redeem(server, get_code(server))[1]
        lost = refresh(server, first['refresh_token'])[1]
        second = refresh(server, first['refresh_token'])[1]
        assert refresh(server, lost['refresh_token'])[0] == 400 and not works(server, second['access_token'])
        # A sign-out ends one session and no other.
        one, other = redeem(server, get_code(server))[1], redeem(server, get_code(server))[1]
        assert ask(server, 'POST', '/oauth/revoke', {'token': one['refresh_token']})[0] == 200
        assert ask(server, 'POST', '/oauth/revoke', {'token': one['refresh_token']})[0] == 200
        assert ask(server, 'POST', '/oauth/revoke', {})[0] == 400
        assert not works(server, one['access_token']) and refresh(server, one['refresh_token'])[0] == 400
        assert works(server, other['access_token']) and works(server, server.token)
        assert ask(server, 'POST', '/oauth/revoke', {'token': server.token})[0] == 200
        assert works(server, server.token)
    finally:
        assert server.stop() == 0


@case('a device, a password and an account end sessions')
def ends(folder):
    server = Server(folder)
    try:
        tokens = redeem(server, get_code(server))[1]
        client = str(uuid.uuid4())
        body = json.dumps({'client': client, 'mutations': [create(1, name='Ромашка')]}).encode()
        assert server.ask('POST', '/v1/sync/push', body, token=tokens['access_token'])[0] == 200
        listed = server.admin('client', 'list').stdout.splitlines()
        assert len(listed) == 1 and listed[0].startswith(client), listed
        tokens = refresh(server, tokens['refresh_token'])[1]
        assert len(server.admin('client', 'list').stdout.splitlines()) == 1
        # What came by renewal belongs to the device as well.
        server.admin('client', 'revoke', client)
        assert not works(server, tokens['access_token']) and refresh(server, tokens['refresh_token'])[0] == 400
        for command in (('user', 'passwd', 'anna'), ('user', 'disable', 'anna')):
            tokens = redeem(server, get_code(server))[1]
            code = get_code(server)
            server.admin(*command, input='a password\n')
            assert not works(server, tokens['access_token']) and refresh(server, tokens['refresh_token'])[0] == 400
            assert redeem(server, code)[0] == 400
        assert sign_in(server)[0] == 403
        server.admin('user', 'enable', 'anna')
        assert sign_in(server)[0] == 303
    finally:
        assert server.stop() == 0


@case('wrong passwords')
def wrong_passwords(folder):
    server = Server(folder)
    try:
        for login in ('anna', 'nobody'):
            for _ in range(5):
                assert sign_in(server, password='guess', login=login)[0] == 403
            # The right one is not looked at either, so that nobody learns which one it is; the same for one who is not there.
            status, headers, text = sign_in(server, login=login.upper())
            assert status == 429 and 0 < int(headers['Retry-After']) <= 30, (status, headers['Retry-After'])
            assert re.search('через 1 мин', Page(text).alert), Page(text).alert
        # Keys go on working meanwhile.
        assert works(server, server.token)
    finally:
        assert server.stop() == 0


@case('guesses at once are no more than guesses one by one')
def guesses_at_once(folder):
    server = Server(folder)
    try:
        statuses = [answer[0] for answer in at_once(16, lambda: sign_in(server, password='guess'))]
        assert statuses.count(403) == 5 and statuses.count(429) == 11, statuses
        # It is of one person at one computer: others sign in there meanwhile.
        assert sign_in(server, login='nobody')[0] == 403
    finally:
        assert server.stop() == 0


def proxies(server):
    """Who asks behind a proxy."""
    # Anybody can write the header: it is not believed, and changes nothing.
    for number in range(5):
        assert sign_in(server, password='guess', **{'X-Forwarded-For': f'203.0.113.{number}'})[0] == 403
    assert sign_in(server, **{'X-Forwarded-For': '203.0.113.9'})[0] == 429
    assert server.stop() == 0
    server.arguments = ('--trusted-proxy', '10.0.0.0/8', '--trusted-proxy', '127.0.0.1')
    server.start()
    # Only the last one was seen by the proxy; what stands before it was sent along.
    for number in range(5):
        assert sign_in(server, password='guess', **{'X-Forwarded-For': f'198.51.100.{number}, 203.0.113.1'})[0] == 403
    assert sign_in(server, **{'X-Forwarded-For': '203.0.113.1'})[0] == 429
    assert sign_in(server, **{'X-Forwarded-For': '203.0.113.2'})[0] == 303
    # No address at all: it is that of the proxy, from where it was guessed before.
    assert sign_in(server, password='x', **{'X-Forwarded-For': '203.0.113.2, unknown'})[0] == 429
    assert server.stop() == 0
    server.arguments = ('--trusted-proxy', 'my proxy')
    try:
        server.admin('serve', *server.arguments)
        raise AssertionError('a proxy without an address was taken')
    except RuntimeError as error:
        assert 'my proxy' in str(error), error


def sign_in_many(server, number):
    """The answers, the longest time that another question took meanwhile, and the time of all."""
    with concurrent.futures.ThreadPoolExecutor(number) as threads:
        start, slowest = time.monotonic(), 0
        answers = [threads.submit(sign_in, server) for _ in range(number)]
        while not all(answer.done() for answer in answers):
            began = time.monotonic()
            assert works(server, server.token)
            slowest = max(slowest, time.monotonic() - began)
            # Not so fast that the key is told to wait.
            time.sleep(0.02)
        return [answer.result() for answer in answers], slowest, time.monotonic() - start


def many_at_once(folder):
    server = Server(folder)
    try:
        # On a busy machine they may come too slowly to be many at once.
        for number in (36, 60, 100):
            answers, slowest, whole = sign_in_many(server, number)
            statuses = [answer[0] for answer in answers]
            assert set(statuses) <= {303, 503} and statuses.count(303) >= 20, statuses
            # On the threads of all, a question would have to wait until the last password is through.
            assert slowest < whole / 2, (slowest, whole)
            if 503 in statuses:
                break
        assert 503 in statuses
        for status, headers, text in answers:
            if status == 503:
                assert headers['Retry-After'] == '5' and 'слишком много людей' in Page(text).alert
                assert "default-src 'none'" in headers['Content-Security-Policy']
                assert Page(text).find('input', id='login')[0]['value'] == 'anna'
        proxies(server)
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0


# It has nothing to do with the database.
if not POSTGRESQL:
    case('many who sign in at once hold up nobody else, and who asks behind a proxy')(many_at_once)
plan()
