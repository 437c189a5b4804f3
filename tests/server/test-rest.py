# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that integrations read and change, over HTTP. TAP."""
import base64
import contextlib
import datetime
import http.client
import json
import os
import sqlite3
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import uuid

from serverprocess import Server, case, create, plan


@case('records for integrations')
def resources(folder):
    server = Server(folder)

    def get(path, **options):
        status, text = server.ask('GET', path, **options)
        return status, json.loads(text) if text else None

    try:
        pulled = {key.split('/')[1]: value for key, value in server.pull().items()
                  if key.startswith('deal/') and not value.get('deleted')}
        listed, path = {}, '/v1/deals?limit=7'
        while path:
            status, page = get(path)
            assert status == 200 and len(page['items']) <= 7, (status, page)
            assert page['items'] or not listed
            listed.update({item['id']: item for item in page['items']})
            path = f'/v1/deals?limit=7&after={page["next"]}' if page['next'] else None
        assert listed == pulled and len(listed) > 20, (len(listed), len(pulled))
        deal = next(iter(listed.values()))
        assert get(f'/v1/deals/{deal["id"]}') == (200, deal)
        status, one = get(f'/v1/deals/{deal["id"]}?fields=title,stage')
        assert status == 200 and set(one['fields']) == {'title', 'stage'}, one
        request = urllib.request.Request(f'http://127.0.0.1:{server.port}/v1/deals/{deal["id"]}',
                                         headers={'Authorization': f'Bearer {server.token}'})
        with urllib.request.urlopen(request, timeout=60) as answer:
            etag = answer.headers['ETag']
        assert server.ask('GET', f'/v1/deals/{deal["id"]}', headers={'If-None-Match': etag}) == (304, '')
        for bad in ('limit=0', 'limit=201', 'limit=x', 'after=x', 'fields=title,nothing'):
            assert get(f'/v1/deals?{bad}')[0] == 400, bad
        for nothing in ('/v1/deals/', '/v1/deals/x', f'/v1/deals/{uuid.uuid4()}', '/v1/deal', '/v1/', f'/v1/companies/{deal["id"]}',
                        f'/v1/deals/{deal["id"]}/x'):
            assert get(nothing)[0] == 404, nothing
        assert get('/v1/deals', token=None)[0] == 401
        # What is deleted is gone, what has changed has another ETag.
        client = str(uuid.uuid4())
        edit = {**create(1), 'op': 'patch', 'type': 'deal', 'id': deal['id'], 'base_seq': deal['seq'],
                'fields': {'title': {'base': deal['fields']['title'], 'new': 'Иначе'}}}
        assert json.loads(server.push(client, [edit])[1])['results'][0]['status'] == 'applied'
        assert server.ask('GET', f'/v1/deals/{deal["id"]}', headers={'If-None-Match': etag})[0] == 200
        assert get(f'/v1/deals/{deal["id"]}')[1]['fields']['title'] == 'Иначе'
        delete = {**create(2), 'op': 'delete', 'type': 'deal', 'id': deal['id'], 'base_seq': 10 ** 9, 'fields': {}}
        assert json.loads(server.push(client, [delete])[1])['results'][0]['status'] == 'applied'
        assert get(f'/v1/deals/{deal["id"]}')[0] == 404
        assert deal['id'] not in [item['id'] for item in get('/v1/deals?limit=200')[1]['items']]
        # Who follows changes is told of it, where they ask for that.
        seq = max(item['seq'] for item in listed.values())
        changed = get(f'/v1/deals?since={seq}&deleted=true')[1]['items']
        assert [item['id'] for item in changed] == [deal['id']] and changed[0]['deleted'] > 0 and changed[0]['seq'] > seq, changed
        assert get(f'/v1/deals?since={seq}')[1] == get(f'/v1/deals?since={seq}&deleted=false')[1] == {'items': [], 'next': None}
        assert get('/v1/deals?deleted=1')[0] == get('/v1/deals?deleted=')[0] == 400
    finally:
        assert server.stop() == 0


@case('conditions and orders')
def conditions(folder):
    server = Server(folder)

    def ids(path):
        """All ids, over pages."""
        found, after = [], ''
        while True:
            status, text = server.ask('GET', f'{path}{"&" if "?" in path else "?"}limit=17{after}')
            assert status == 200, (path, text)
            page = json.loads(text)
            found += [item['id'] for item in page['items']]
            if not page['next']:
                return found
            after = f'&after={page["next"]}'

    try:
        assert server.ask('POST', '/v1/deals', json.dumps({'fields': {'title': 'Без суммы'}}).encode())[0] == 201
        records = server.pull().values()
        deals = {record['id']: record['fields'] for record in records
                 if record['type'] == 'deal' and not record.get('deleted')}
        assert sorted(deals) == ids('/v1/deals')

        def check(query, holds):
            assert ids(f'/v1/deals?{query}') == sorted(key for key, fields in deals.items() if holds(fields)), query

        stage, other = list({fields['stage'] for fields in deals.values()})[:2]
        check(f'stage={stage}', lambda fields: fields['stage'] == stage)
        check(f'stage={stage},{other}', lambda fields: fields['stage'] in (stage, other))
        check('amount=', lambda fields: fields.get('amount') is None)
        check('amount.min=50000000', lambda fields: (fields.get('amount') or {'minor': 0})['minor'] >= 50000000)
        check('amount.min=50000000&amount.max=90000000',
              lambda fields: 50000000 <= (fields.get('amount') or {'minor': 0})['minor'] <= 90000000)
        middle = sorted(fields['created'] for fields in deals.values())[len(deals) // 2]
        check(f'created.max={middle}', lambda fields: fields['created'] <= middle)
        moment = datetime.datetime.fromtimestamp(middle // 1000000 + 1, datetime.UTC)
        check(f'created.min={moment:%Y-%m-%dT%H:%M:%SZ}', lambda fields: fields['created'] >= moment.timestamp() * 1e6)
        # A day begins and ends in UTC; all of it counts.
        day = f'{moment:%Y-%m-%d}'

        def day_of(fields):
            return f'{datetime.datetime.fromtimestamp(fields["created"] // 1000000, datetime.UTC):%Y-%m-%d}'
        check(f'created.max={day}', lambda fields: day_of(fields) <= day)
        check(f'created.min={day}', lambda fields: day_of(fields) >= day)
        check(f'created={day}', lambda fields: day_of(fields) == day)
        assert len({day_of(fields) for fields in deals.values()}) > 2
        closed = sorted(fields['closed'] for fields in deals.values() if fields.get('closed'))[3]
        check(f'closed.max={closed}', lambda fields: fields.get('closed') and fields['closed'] <= closed)
        check(f'closed={closed}', lambda fields: fields.get('closed') == closed)
        tags = [tag for fields in deals.values() for tag in fields.get('tags') or []]
        assert tags
        check(f'tags={tags[0]}', lambda fields: tags[0] in (fields.get('tags') or []))
        seqs = {record['id']: record['seq'] for record in records}
        middle = sorted(seqs[key] for key in deals)[-1] - 1
        assert ids(f'/v1/deals?since={middle}') == [key for key in sorted(deals) if seqs[key] > middle] != []

        def amount(key):
            return (deals[key].get('amount') or {}).get('minor')
        for sign, direction in (('', 1), ('-', -1)):
            wanted = sorted(deals, key=lambda key: (amount(key) is None, direction * (amount(key) or 0), key))
            assert ids(f'/v1/deals?sort={sign}amount') == wanted, sign
        assert len(ids('/v1/deals?sort=title')) == len(deals) and len(ids('/v1/deals?sort=-closed')) == len(deals)
        for bad in ('nothing=1', 'stage=x', 'amount.min=x', 'title.min=x', 'amount.most=1', 'sort=nothing', 'sort=',
                    'sort=tags', 'sort=amount.min', 'sort=company', 'since=x', 'created.min=gestern', 'amount.min=',
                    'closed.max=banana', 'closed=2026-02-30', 'closed.min=', 'created.max=2026-13-01', 'created=2026-02-30',
                    f'created={day},{day}',
                    'stage=' + ','.join([stage] * 101)):
            assert server.ask('GET', f'/v1/deals?{bad}')[0] == 400, bad
        # A page begins where the one before ended, and only in the same order.
        assert server.ask('GET', f'/v1/deals?after={uuid.uuid4()}')[0] == 200
        place = json.loads(server.ask('GET', '/v1/deals?sort=amount&limit=3')[1])['next']
        assert server.ask('GET', f'/v1/deals?sort=amount&after={place}')[0] == 200
        forged = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in
                  ([], {}, 1, ['amount', 1], ['amount', 1, 1], ['amount', '1', str(uuid.uuid4())], ['amount', {}, str(uuid.uuid4())],
                   [{}, 1, str(uuid.uuid4())], ['amount', 1, [str(uuid.uuid4())]], ['-amount', 1, str(uuid.uuid4())])]
        for bad in (f'sort=-amount&after={place}', f'sort=title&after={place}', f'after={place}', f'sort=amount&after={uuid.uuid4()}',
                    'sort=amount&after=', 'sort=amount&after=%FF', 'sort=title&after=' + 'x' * 5000,
                    *(f'sort=amount&after={one}' for one in forged)):
            assert server.ask('GET', f'/v1/deals?{bad}')[0] == 400, bad
    finally:
        assert server.stop() == 0


@case('a page goes on where the one before ended, whatever becomes of its records')
def places(folder):
    server = Server(folder)

    def do(method, path, fields=None):
        status, text = server.ask(method, path, json.dumps({'fields': fields}).encode() if fields is not None else None,
                                  headers={'If-Match': '*'})
        assert status in (200, 201, 204), (method, path, status, text)
        return json.loads(text) if text else None

    def rest(query, after):
        found = []
        while after:
            page = do('GET', f'/v1/deals?{query}&limit=9&after={after}')
            found, after = found + [item['id'] for item in page['items']], page['next']
        return found

    try:
        long = 'Очень длинное название ' * 20
        for i in range(12):
            do('POST', '/v1/deals', {'title': long + str(i)})
        for change in ({'amount': None, 'title': 'Я'}, {'amount': {'minor': 1, 'currency': 'RUB'}, 'title': 'А'}, None):
            for order in ('-amount', 'amount', 'title', '-title', 'closed', 'created'):
                everything = [item['id'] for item in do('GET', f'/v1/deals?sort={order}&limit=200')['items']]
                first = do('GET', f'/v1/deals?sort={order}&limit=3')
                assert [item['id'] for item in first['items']] == everything[:3] and len(everything) > 20
                last = first['items'][-1]
                if change is None:
                    do('DELETE', f'/v1/deals/{last["id"]}')
                elif last['fields'].get('closed') is None:
                    do('PATCH', f'/v1/deals/{last["id"]}', change)
                # It may come again where it stands now; none of the others is left out.
                found = rest(f'sort={order}', first['next'])
                assert [one for one in found if one != last['id']] == everything[3:], (order, change)
    finally:
        assert server.stop() == 0


@case("conditions and orders by the company's own fields")
def custom(folder):
    server = Server(folder)

    def do(method, path, body=None):
        status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None)
        return status, json.loads(text) if text else None

    def ids(query):
        found, after = [], ''
        while True:
            status, page = do('GET', f'/v1/companies?{query}&limit=3{after}')
            assert status == 200, (query, page)
            found += [item['id'] for item in page['items']]
            if not page['next']:
                return found
            after = f'&after={page["next"]}'

    def define(name, kind, **more):
        fields = {'record_type': 'company', 'name': name, 'label': name, 'kind': kind, **more}
        status, answer = do('POST', '/v1/field_defs', {'fields': fields})
        assert status == 201, answer
        return answer['id']

    try:
        number = define('x_number', 'number')
        define('x_money', 'money')
        define('x_text', 'text')
        define('x_day', 'date')
        define('x_moment', 'moment')
        define('x_other', 'ref', target='company')
        define('x_set', 'set')
        define('x_when', 'zoned')
        other = do('GET', '/v1/companies?limit=1')[1]['items'][0]['id']
        values = [{'x_number': 1.5, 'x_money': {'minor': 900, 'currency': 'RUB'}, 'x_text': 'б', 'x_set': ['а', 'б "в"']},
                  {'x_number': -2, 'x_money': {'minor': 10000, 'currency': 'RUB'}, 'x_text': 'а', 'x_day': '2026-01-02'},
                  {'x_number': 10, 'x_text': 'в%', 'x_day': '2026-03-01', 'x_moment': 1772701200000000, 'x_other': other},
                  {'x_moment': 99, 'x_number': 2}]
        made = {}
        for i, fields in enumerate(values):
            status, answer = do('POST', '/v1/companies', {'fields': {'name': f'Своя {i}', **fields}})
            assert status == 201, answer
            made[answer['id']] = fields

        def check(query, holds):
            found = ids(query)
            assert found == sorted(key for key, fields in made.items() if holds(fields)), (query, found)
        check('x_number=1.5', lambda fields: fields.get('x_number') == 1.5)
        check('x_number=10,-2', lambda fields: fields.get('x_number') in (10, -2))
        check('x_number.min=1.6', lambda fields: fields.get('x_number', 0) >= 1.6)
        check('x_number.max=2&x_number.min=-100', lambda fields: fields.get('x_number', 99) <= 2)
        check('x_money.min=901', lambda fields: (fields.get('x_money') or {'minor': 0})['minor'] >= 901)
        check('x_text=%D0%B2%25', lambda fields: fields.get('x_text') == 'в%')
        check('x_day.max=2026-02-01', lambda fields: fields.get('x_day', '9') <= '2026-02-01')
        check('x_moment.min=2026-01-01T00:00:00Z', lambda fields: fields.get('x_moment', 0) > 99)
        check(f'x_other={other}', lambda fields: 'x_other' in fields)
        check('x_set=%D0%B1%20%22%D0%B2%22', lambda fields: 'x_set' in fields)
        check('x_text=&x_number.min=-100', lambda fields: 'x_text' not in fields)
        everything = ids('sort=x_number')
        assert len(everything) == len(set(everything)) == len(ids('sort=name'))
        assert everything[:4] == sorted(made, key=lambda key: made[key]['x_number']), everything[:4]
        assert ids('sort=-x_money')[:2] == [key for key in sorted(made, key=lambda key: -made[key].get('x_money', {'minor': 0})['minor'])
                                            if 'x_money' in made[key]]
        assert ids('sort=x_text')[:3] == sorted((key for key in made if 'x_text' in made[key]), key=lambda key: made[key]['x_text'])
        for bad in ('x_nothing=1', 'x_number=x', 'x_text.min=1', 'x_when.min=1', 'x_when=1', 'sort=x_when', 'sort=x_set', 'sort=x_other',
                    'x_other=1', 'x_number.most=1'):
            assert do('GET', f'/v1/companies?{bad}')[0] == 400, bad
        # A field of another kind under the same name: what is there is none of its values.
        assert server.ask('DELETE', f'/v1/field_defs/{number}', headers={'If-Match': '*'})[0] == 204
        assert do('GET', '/v1/companies?x_number=1')[0] == 400
        define('x_number', 'money')
        assert ids('x_number.min=-1000000') == [] and len(ids('sort=x_number')) == len(everything)
    finally:
        assert server.stop() == 0


def forget_search(server):
    """Takes away what came with the search."""
    if server.store.startswith('sqlite:'):
        with contextlib.closing(sqlite3.connect(server.store[len('sqlite:'):])) as database:
            database.executescript('DROP TABLE search; DROP TABLE search_doc')
    else:
        subprocess.run(['psql', '-q', '-d', server.store, '-c', 'DROP TABLE search_doc'], check=True)


@case('records by words')
def search(folder):
    server = Server(folder)

    def do(method, path, body=None, token=True, **headers):
        status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None, token=token,
                                  headers={name.replace('_', '-'): value for name, value in headers.items()})
        return status, json.loads(text) if text else None

    def find(words, token=True, **more):
        status, answer = do('GET', '/v1/search?' + urllib.parse.urlencode({'q': words, **more}), token=token)
        assert status == 200, answer
        return [item['id'] for item in answer['items']]

    def make(plural, **fields):
        status, answer = do('POST', f'/v1/{plural}', {'fields': fields})
        assert status == 201, answer
        return answer['id']

    try:
        company = make('companies', name='Ёлочные шары Зюзино', phones=[{'raw': '8 (495) 765-43-21', 'e164': '+74957654321', 'ext': ''}],
                       emails=['sales.north@zyuzino.example'])
        deal = make('deals', title='Зюзино: гирлянды', company=company)
        note = make('activities', kind='note', subject='Зюзино', body='просили перезвонить зюзинцам', deal=deal)
        for words in ('зюзино', 'ЗЮЗ елоч', '4321', '7495765', '84957654', '+7 (495) 765-43-21', 'sales.north@zyu', 'шары'):
            assert company in find(words), words
        assert find('зюзино шары') == [company] and find('зюзино ничего') == [] == find('') == find('"*') and find('65432') == []
        # Whose name begins so first, notes last; only some types.
        assert find('зюзино')[:3] == [deal, company, note], find('зюзино')
        assert find('зюзино', limit=1) == [deal] and find('зюзино', types='deal') == [deal]
        assert find('зюзино', types='deal,activity') == [deal, note] and find('зюзино', types='role') == []
        # The index follows: other words, gone, back.
        assert do('PATCH', f'/v1/companies/{company}', {'fields': {'name': 'Мишура'}}, If_Match='*')[0] == 200
        assert company not in find('шары') and find('мишура') == [company] == find('4321', types='company')
        assert do('DELETE', f'/v1/activities/{note}', If_Match='*')[0] == 204
        assert note not in find('зюзин')
        for bad in ('', 'q=' + 'x' * 401, 'q=%FF', 'q=x&limit=0', 'q=x&limit=201', 'q=x&types=nothing', 'q=x&types='):
            assert do('GET', '/v1/search?' + bad)[0] == 400, bad
        assert do('POST', '/v1/search', {})[0] == 405 and do('GET', '/v1/search?q=x', token=None)[0] == 401
        # A field of the company's own, and another one of its name: what stood in the index for the first one goes.
        define = {'record_type': 'tag', 'name': 'x_word', 'label': 'Слово', 'kind': 'text', 'searchable': 1}
        first = make('field_defs', **define)
        tag = make('tags', name='Метка', x_word='фиалка')
        assert find('фиалка') == [tag] == find('ФИАЛ', types='tag')
        assert do('DELETE', f'/v1/field_defs/{first}', If_Match='*')[0] == 204 and find('фиалка') == []
        make('field_defs', **{**define, 'kind': 'email'})
        assert do('PATCH', f'/v1/tags/{tag}', {'fields': {'x_word': ['violet@example.ru']}}, If_Match='*')[0] == 200
        assert find('violet@') == [tag] and find('фиалка') == []
        # Nothing of what one may not see, nor by what is hidden.
        admin = make('roles', name='Администратор', rights='{"role": {"edit": "all"}, "*": '
                     '{"read": "all", "create": "all", "edit": "all", "assign": "all"}}')
        assert do('PATCH', f'/v1/users/{server.user}', {'fields': {'role': admin}}, If_Match='*')[0] == 200
        role = make('roles', name='Продавец', rights='{"*": {"read": "own", "create": "own", "edit": "own"}}',
                    hidden='{"company": ["phones", "name"]}')
        other = make('users', name='Борис', role=role)
        server.admin('user', 'add', 'boris', other, input='another password\n')
        boris = server.admin('token', 'boris').stdout.strip()
        assert find('мишура') == [company] and find('мишура', token=boris) == [] == find('4321', token=boris)
        own = make('companies', name='Дождик', owner=other, city='Тверь', emails=['a@dozhdik.example'], site='dozhdik.example',
                   phones=[{'raw': '+7 495 1112233', 'e164': '+74951112233', 'ext': ''}])
        assert find('a@dozh', token=boris) == [own] and find('a@dozh') == [own]
        assert find('дождик', token=boris) == [] == find('2233', token=boris) and find('дождик') == [own] == find('2233')
        status, answer = do('GET', '/v1/search?q=dozhdik', token=boris)
        assert [item['id'] for item in answer['items']] == [own] and 'name' not in answer['items'][0]['fields']
        # What goes to somebody else is found by them, with what carries its keys.
        child = make('activities', kind='note', subject='Дождикову', company=own, owner=server.user)
        assert find('дождикову', token=boris) == [child]
        assert do('PATCH', f'/v1/companies/{own}', {'fields': {'owner': server.user}}, If_Match='*')[0] == 200
        assert find('dozhdik', token=boris) == [] == find('дождикову', token=boris) and find('dozhdik') == [own]
        # A database from before there was an index: it is filled with what there is.
        assert server.stop() == 0
        forget_search(server)
        server.start()
        assert find('зюзино') == [deal] and find('dozhdik') == [own] and find('dozhdik', token=boris) == []
    finally:
        assert server.stop() == 0


@case('edits of integrations')
def edits(folder):
    server = Server(folder)

    def do(method, path, body=None, **headers):
        status, text, answered = server.ask_all(
            method, path, json.dumps(body).encode() if body is not None else None,
            headers={name.replace('_', '-'): value for name, value in headers.items()})
        return status, json.loads(text) if text else None, answered

    def problem(code, *arguments, **headers):
        status, answer, _ = do(*arguments, **headers)
        assert status >= 400 and answer['code'] == code and answer['status'] == status, (code, status, answer)
        return answer

    try:
        stages = {key: record for key, record in server.pull().items() if key.startswith('stage/')}
        # A deal that says only its title stands on top of the first stage, and is whose key was used.
        status, deal, answered = do('POST', '/v1/deals', {'fields': {'title': 'Насосы'}})
        assert status == 201 and answered['Location'] == f'/v1/deals/{deal["id"]}', (status, deal)
        fields, etag = deal['fields'], answered['ETag']
        assert fields['owner'] == server.user and fields['created'] and fields['stage_since'], fields
        first = stages['stage/' + fields['stage']]['fields']
        assert first['kind'] == 'open' and first['pipeline'] == fields['pipeline'], first
        assert server.pull()['deal/' + deal['id']] == deal
        history = [line for key, line in server.pull().items() if key.startswith('history/')
                   and line['fields'].get('record') == deal['id']]
        assert len(history) == 1 and history[0]['fields']['author'] == server.user, history

        # One says what one has seen, or that it does not matter.
        path = f'/v1/deals/{deal["id"]}'
        assert problem('precondition', 'PATCH', path, {'fields': {'title': 'Иначе'}})['status'] == 428
        assert problem('changed', 'PATCH', path, {'fields': {'title': 'Иначе'}}, If_Match='"1"')['status'] == 412
        problem('precondition', 'PATCH', path, {'fields': {}}, If_Match='W/"1"')
        amount = {'minor': 10000000, 'currency': 'RUB'}
        status, changed, answered = do('PATCH', path, {'fields': {'title': 'Иначе', 'amount': amount}}, If_Match=etag)
        assert status == 200 and changed['fields']['title'] == 'Иначе' and answered['ETag'] != etag, changed
        assert changed['fields']['amount'] == amount, changed
        problem('changed', 'PATCH', path, {'fields': {'title': 'Снова'}}, If_Match=etag)
        status, same, answered = do('PATCH', path, {'fields': {'title': 'Иначе'}}, If_Match='*')
        assert status == 200 and same == changed, same

        # Numbers and addresses are what they say they are; a Russian number is completed.
        company = do('POST', '/v1/companies', {'fields': {
            'name': 'Ромашка', 'phones': [{'raw': '8 916 123-45-67'}, {'raw': '02', 'e164': '', 'ext': ''}],
            'emails': ['a.b@example.ru']}})[1]
        assert company['fields']['phones'] == [{'raw': '8 916 123-45-67', 'e164': '+79161234567', 'ext': ''},
                                              {'raw': '02', 'e164': '', 'ext': ''}], company
        for field, wrong in (('phones', [None]), ('phones', [[]]), ('phones', ['x']), ('phones', [{'raw': 5}]), ('phones', [{'raw': ''}]),
                             ('phones', [{'raw': '1', 'e164': '1'}]), ('phones', [{'raw': '1', 'ext': 'x'}]), ('emails', [5]),
                             ('emails', ['a@b.c\nBcc: x']), ('emails', ['']), ('emails', [{'a': 1}])):
            answer = problem('invalid', 'PATCH', f'/v1/companies/{company["id"]}', {'fields': {field: wrong}}, If_Match='*')
            assert answer['field'] == field, (wrong, answer)

        # What one has already is not sent again: one of several ETags, weak ones too, as proxies make them.
        now = answered['ETag']
        for known in (now, f'W/{now}', f'"1", W/{now} ,"2"', '*'):
            status, _, answered = do('GET', path, If_None_Match=known)
            assert status == 304 and answered['ETag'] == now and 'Content-Type' not in answered, (known, status)
        for known in ('"1"', now.strip('"'), f'W/"1", "{now}"', ''):
            assert do('GET', path, If_None_Match=known)[0] == 200, known
        # HEAD says what GET would.
        for where in (path, '/v1/deals?limit=3', '/v1/search?q=%D0%B0', '/v1/people', '/v1/me', '/openapi.json',
                      '/.well-known/torg', '/oauth/authorize', '/v1/nothing'):
            asked, told = server.ask_all('GET', where), server.ask_all('HEAD', where)
            assert asked[0] == told[0] and told[1] == '' and told[2]['Content-Type'] == asked[2]['Content-Type'], where
            assert told[2]['Content-Length'] == asked[2]['Content-Length'] and told[2]['ETag'] == asked[2]['ETag'], where
        assert server.ask_all('HEAD', path, headers={'If-None-Match': now})[0] == 304
        # By the number of an answer it is found in the log.
        number = server.ask_all('GET', '/v1/deals/nothing')[2]['X-Request-Id']
        with open(os.path.join(folder, 'log'), encoding='utf8') as log:
            lines = [json.loads(line) for line in log]
        found = [line for line in lines if str(line.get('request')) == number]
        assert len(found) == 1 and found[0]['path'] == '/v1/deals/nothing' and found[0]['status'] == 404, found

        # The company's rules hold, and a move brings what it brings in the window.
        def stage(kind):
            return next(record['id'] for record in stages.values() if record['fields']['kind'] == kind
                        and record['fields']['pipeline'] == fields['pipeline'] and not record.get('deleted'))
        problem('rule', 'PATCH', path, {'fields': {'stage': stage('lost')}}, If_Match='*')
        problem('rule', 'PATCH', path, {'fields': {'stage': stage('won')}}, If_Match='*')
        status, won, _ = do('PATCH', path, {'fields': {'stage': stage('won'), 'closed': '2026-03-05'}}, If_Match='*')
        assert status == 200 and won['fields']['stage_since'] > fields['stage_since'], won
        problem('rule', 'PATCH', path, {'fields': {'amount': None}}, If_Match='*')
        status, back, _ = do('PATCH', path, {'fields': {'stage': fields['stage']}}, If_Match='*')
        assert status == 200 and back['fields'].get('closed') is None, back

        # What cannot be is refused in words, and nothing of it is done.
        before = server.pull()
        for bad, code, field in [({'nothing': 1}, 'unknown', 'nothing'), ({'title': 7}, 'invalid', 'title'),
                                 ({'next_at': 5}, 'derived', 'next_at'), ({'amount': 'много'}, 'invalid', 'amount'),
                                 ({'company': str(uuid.uuid4())}, 'dependency', 'company')]:
            answer = problem(code, 'POST', '/v1/deals', {'fields': {'title': 'Плохая', **bad}})
            assert answer['field'] == field, (bad, answer)
        # The title is the same each time, and English; what it is this time is told in the server's language.
        for given in ({}, {'title': None}):
            answer = problem('invalid', 'POST', '/v1/deals', {'fields': given})
            assert answer['title'] == 'A field cannot have this value.' and answer['field'] == 'title', answer
            assert answer['detail'].startswith('Заполните поле'), answer
        answer = problem('invalid', 'POST', '/v1/deals', {'fields': {'title': 'x', 'amount': {'minor': 1, 'currency': 'rub'}}})
        assert answer['field'] == 'amount' and '«rub»' in answer['detail'] and answer['title'].isascii(), answer
        answer = problem('rule', 'PATCH', path, {'fields': {'stage': stage('lost')}}, If_Match='*')
        assert answer['title'] == 'A rule of the company forbids it.' and not answer['detail'].isascii(), answer
        problem('invalid', 'POST', '/v1/deals', {'title': 'Насосы'})
        problem('invalid', 'POST', '/v1/deals', {'fields': {'title': 'Насосы'}, 'id': 'x'})
        # An id that is taken tells nothing of what has it.
        taken = problem('duplicate', 'POST', '/v1/deals', {'fields': {'title': 'Насосы'}, 'id': deal['id']})
        assert problem('duplicate', 'POST', '/v1/companies', {'fields': {'name': 'Насосы'}, 'id': deal['id']}) == taken
        assert problem('duplicate', 'POST', '/v1/deals', {'fields': {'title': 'Насосы'}, 'id': server.user}) == taken
        problem('forbidden', 'POST', '/v1/histories', {'fields': {'record_type': 'deal', 'record': deal['id'], 'at': 1}})
        for body in (b'', b'{', b'[]', b'{"fields": 1}', b'\xff'):
            assert server.ask('POST', '/v1/deals', body)[0] == 400, body
        assert server.ask('POST', '/v1/deals', b'{"fields": {"title": "' + b'x' * 300000 + b'"}}')[0] == 413
        for method, where in (('PUT', path), ('POST', path), ('PATCH', '/v1/deals'), ('DELETE', '/v1/deals')):
            problem('method', method, where, {'fields': {}}, If_Match='*')
        for where in ('/v1/deals/x', f'/v1/deals/{uuid.uuid4()}', f'/v1/companies/{deal["id"]}', '/v1/nothing/x'):
            problem('not_found', 'PATCH', where, {'fields': {}}, If_Match='*')
        assert server.ask('POST', '/v1/deals', b'{}', token=None)[0] == 401
        assert server.pull() == before

        # The same question has its effect once; another one under its key is a mistake.
        body = {'fields': {'title': 'Один раз'}}
        status, once, answered = do('POST', '/v1/deals', body, Idempotency_Key='order-1')
        assert status == 201, once
        again = do('POST', '/v1/deals', body, Idempotency_Key='order-1')
        assert again[:2] == (201, once) and again[2]['Location'] == answered['Location'], again
        assert len([1 for record in server.pull().values() if record['fields'].get('title') == 'Один раз']) == 1
        problem('reused', 'POST', '/v1/deals', {'fields': {'title': 'Два'}}, Idempotency_Key='order-1')
        problem('reused', 'POST', '/v1/companies', body, Idempotency_Key='order-1')
        problem('key', 'POST', '/v1/deals', body, Idempotency_Key='x' * 256)
        problem('key', 'POST', '/v1/deals', body, Idempotency_Key='a b')
        status, _, answered = do('DELETE', path, If_Match='*', Idempotency_Key='gone')
        assert status == 204 and 'Content-Type' not in answered, dict(answered)
        assert do('DELETE', path, If_Match='*', Idempotency_Key='gone')[0] == 204
        problem('not_found', 'DELETE', path, If_Match='*')
        assert server.pull()['deal/' + deal['id']]['deleted']

        # Nothing is hung on what is deleted; what others hung on it goes along, whatever the version that was meant.
        note = {'kind': 'note', 'subject': 'К сделке'}
        assert problem('dependency', 'POST', '/v1/activities', {'fields': {**note, 'deal': deal['id']}})['field'] == 'deal'
        status, other, answered = do('POST', '/v1/deals', {'fields': {'title': 'Вторая'}})
        assert status == 201
        made = {**create(1), 'type': 'activity', 'id': str(uuid.uuid4()),
                'fields': {name: {'new': value} for name, value in {**note, 'deal': other['id']}.items()}}
        assert json.loads(server.push(str(uuid.uuid4()), [made])[1])['results'][0]['status'] == 'applied'
        status, lone, _ = do('POST', '/v1/activities', {'fields': note})
        assert status == 201
        assert do('DELETE', f'/v1/deals/{other["id"]}', If_Match=answered['ETag'])[0] == 204
        assert server.pull()['activity/' + made['id']]['deleted']
        answer = problem('dependency', 'PATCH', f'/v1/activities/{lone["id"]}', {'fields': {'deal': other['id']}}, If_Match='*')
        assert answer['field'] == 'deal', answer
    finally:
        assert server.stop() == 0


@case('the description says what is there')
def description(folder):
    server = Server(folder)
    kinds = {'string': str, 'integer': int, 'number': (int, float), 'array': list, 'object': dict, 'null': type(None)}

    def resolve(schema):
        while '$ref' in schema:
            found = document
            for name in schema['$ref'].removeprefix('#/').split('/'):
                found = found[name]
            schema = found
        return schema

    def check(value, schema, where):
        schema = resolve(schema)
        if 'const' in schema:
            assert value == schema['const'], where
        if 'type' in schema:
            wanted = schema['type'] if isinstance(schema['type'], list) else [schema['type']]
            assert isinstance(value, tuple(kinds[name] for name in wanted)), (where, value, wanted)
        if 'enum' in schema:
            assert value in schema['enum'], (where, value)
        if isinstance(value, dict):
            assert set(schema.get('required', [])) <= set(value), (where, value)
            for name, one in value.items():
                if 'properties' in schema:
                    assert name in schema['properties'] or name == 'deleted', (where, name)
                    check(one, schema['properties'][name], f'{where}.{name}')
        if isinstance(value, list):
            for one in value:
                check(one, schema['items'], where)

    def walk(node):
        if isinstance(node, dict):
            if '$ref' in node:
                resolve(node)
            for one in node.values():
                walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    try:
        status, text = server.ask('GET', '/openapi.json', token=None)
        document = json.loads(text)
        form = server.admin('form', 'add', 'Форма', '--owner', 'anna').stdout.strip()
        assert status == 200 and document['openapi'] == '3.1.0'
        walk(document)
        operations = [operation for path in document['paths'].values() for operation in path.values()]
        names = [operation['operationId'] for operation in operations]
        assert len(names) == len(set(names)) > 100
        seen = set()
        assert {'/v1/me', '/v1/people', '/v1/people/{id}/invitation', '/v1/people/{id}/close', '/v1/people/{id}/open'} <= set(document['paths'])
        for path, methods in document['paths'].items():
            for method, operation in methods.items():
                # A key may be for something else, and ask too fast; a body may be too large.
                wanted = {'429', *(['403'] if path != '/v1/me' else []), *(['413'] if 'requestBody' in operation else [])}
                assert 'security' in operation or wanted <= set(operation['responses']), (method, path)
            # Every condition that is named can be asked, and every field is one.
            if 'sort' in str(methods.get('get', {}).get('parameters')):
                named = [one['name'] for one in methods['get']['parameters'] if '$ref' not in one]
                fields = {name.split('.')[0] for name in named}
                item = resolve(methods['get']['responses']['200']['content']['application/json']['schema']['properties']['items']['items'])
                unasked = set(resolve(item['properties']['fields'])['properties']) - fields
                assert unasked <= {'old', 'new', 'before', 'proposed', 'stayed', 'along'}, (path, unasked)
                query = '&'.join(f'{name}=' for name in named if '.' not in name)
                assert server.ask('GET', f'{path}?{query}')[0] == 200, path
                for name in named:
                    if '.' in name:
                        schema = next(one['schema'] for one in methods['get']['parameters'] if one.get('name') == name)
                        value = '5' if schema['type'] in ('integer', 'number') else '2026-01-31'
                        assert server.ask('GET', f'{path}?limit=1&{name}={value}')[0] == 200, (path, name)
            real = path.replace('{id}', str(uuid.uuid4())).replace('{key}', form)
            if 'get' in methods and '{' not in path and 'webhooks' not in path:
                status, text = server.ask('GET', real + '?limit=200' + ('&q=%D0%B0' if path == '/v1/search' else ''))
                assert status == 200, path
                page = json.loads(text)
                schema = methods['get']['responses']['200']['content']['application/json']['schema']
                check(page, schema, path)
                seen |= {item['type'] for item in page.get('items', []) if 'type' in item}
            for method in {'get', 'post', 'patch', 'delete', 'put'}:
                body = b'{"fields": {"nothing": 1}}' if method != 'get' else None
                status, text = server.ask(method.upper(), real, body, headers={'If-Match': '*'})
                if method in methods:
                    assert status != 405 and str(status) in methods[method]['responses'], (method, path, status, text)
                elif path != '/v1/bulk' and 'histories' not in path and 'conflicts' not in path:
                    assert status == 405, (method, path, status)
        assert {'deal', 'company', 'person', 'activity', 'history', 'stage', 'user'} <= seen, seen
    finally:
        assert server.stop() == 0


@case('rights hold for edits and questions')
def rights(folder):
    server = Server(folder)

    def do(method, path, fields=None, token=True):
        body = json.dumps({'fields': fields}).encode() if fields is not None else None
        status, text = server.ask(method, path, body, token=token, headers={'If-Match': '*'})
        return status, json.loads(text) if text else None

    try:
        boss = do('POST', '/v1/roles', {'name': 'Руководитель', 'rights': json.dumps(
            {'role': {'edit': 'all'}, '*': dict.fromkeys(('read', 'create', 'edit', 'delete', 'assign'), 'all')})})[1]
        seller = do('POST', '/v1/roles', {'name': 'Продавец', 'hidden': json.dumps({'deal': ['amount']}), 'rights': json.dumps(
            {'deal': {'read': 'own', 'create': 'own', 'edit': 'own'}, '*': {'read': 'all'}})})[1]
        boris = do('POST', '/v1/users', {'name': 'Борис', 'role': seller['id']})[1]
        server.admin('user', 'add', 'boris', boris['id'], input='a password\n')
        key = server.admin('token', 'boris').stdout.strip()
        assert do('PATCH', f'/v1/users/{server.user}', {'role': boss['id']})[0] == 200
        foreign = do('POST', '/v1/deals', {'title': 'Чужая', 'amount': {'minor': 100, 'currency': 'RUB'}})[1]
        own = do('POST', '/v1/deals', {'title': 'Своя', 'owner': boris['id'], 'amount': {'minor': 100, 'currency': 'RUB'}})[1]

        # One's own is there, without what is hidden; nobody can ask after that either.
        assert [item['id'] for item in do('GET', '/v1/deals', token=key)[1]['items']] == [own['id']]
        status, seen = do('GET', f'/v1/deals/{own["id"]}', token=key)
        assert status == 200 and 'amount' not in seen['fields'], seen
        # Nor by what is deleted.
        third = do('POST', '/v1/deals', {'title': 'Третья', 'owner': boris['id'], 'amount': {'minor': 100, 'currency': 'RUB'}})[1]
        fourth = do('POST', '/v1/deals', {'title': 'Четвёртая'})[1]
        assert [do('DELETE', f'/v1/deals/{one["id"]}')[0] for one in (third, fourth)] == [204, 204]
        gone = [item for item in do('GET', '/v1/deals?deleted=true', token=key)[1]['items'] if item.get('deleted')]
        assert [item['id'] for item in gone] == [third['id']] and 'amount' not in gone[0]['fields'], gone
        for question in ('amount.min=1', 'amount=', 'sort=amount', 'sort=-amount'):
            assert do('GET', f'/v1/deals?{question}', token=key)[0] == 400, question
        # What is not there cannot be changed; what is can, but not where it is not shown, and not given away.
        for method, fields in (('PATCH', {'title': 'Моя'}), ('DELETE', None)):
            assert do(method, f'/v1/deals/{foreign["id"]}', fields, token=key)[0] == 404, method
        assert do('PATCH', f'/v1/deals/{own["id"]}', {'amount': None}, token=key)[0] == 403
        assert do('PATCH', f'/v1/deals/{own["id"]}', {'owner': server.user}, token=key)[0] == 403
        assert do('DELETE', f'/v1/deals/{own["id"]}', token=key)[0] == 403
        assert do('PATCH', f'/v1/deals/{own["id"]}', {'title': 'Наша'}, token=key)[0] == 200
        assert do('POST', '/v1/deals', {'title': 'Новая'}, token=key)[0] == 201
        assert do('POST', '/v1/deals', {'title': 'Новая', 'owner': server.user}, token=key)[0] == 403
        assert do('POST', '/v1/companies', {'name': 'Ромашка'}, token=key)[0] == 403
        # By an id nobody learns whether there is something that they do not see.
        answers = []
        for taken in (own['id'], foreign['id'], server.user):
            status, text = server.ask('POST', '/v1/deals', json.dumps({'id': taken, 'fields': {'title': 'x'}}).encode(), token=key)
            answers.append((status, text))
        assert answers[0][0] == 409 and len(set(answers)) == 1, answers
        assert do('PATCH', f'/v1/users/{boris["id"]}', {'role': boss['id']}, token=key)[0] == 403
        # A key of one's own: what another user asked under the same one is nothing to me.
        body, headers = json.dumps({'fields': {'title': 'Ключ'}}).encode(), {'Idempotency-Key': 'same'}
        one = json.loads(server.ask('POST', '/v1/deals', body, headers=headers)[1])
        two = json.loads(server.ask('POST', '/v1/deals', body, headers=headers, token=key)[1])
        assert one['id'] != two['id'] and two['fields']['owner'] == boris['id']
    finally:
        assert server.stop() == 0


@case('exports are noted by whoever makes them, and nobody changes that')
def exports(folder):
    server = Server(folder)
    try:
        def ask(method, path, body=None, token=True, **headers):
            status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None, token,
                                      {name.replace('_', '-'): value for name, value in headers.items()})
            return status, json.loads(text) if text else None
        for words in (('add', 'Глава'), ('set', 'Глава', '*', '*', 'all'), ('set', 'Глава', 'role', 'edit', 'all'),
                      ('give', 'anna', 'Глава'), ('add', 'Продавец'), ('set', 'Продавец', 'company', 'read', 'own'), ('add', 'Стажёр')):
            server.admin('role', *words)
        people = {}
        for name, role in (('boris', 'Продавец'), ('vera', 'Стажёр')):
            user = ask('POST', '/v1/users', {'fields': {'name': name}})[1]['id']
            server.admin('user', 'add', name, user, input='a password\n')
            server.admin('role', 'give', name, role)
            people[name] = user, server.admin('token', name).stdout.strip()
        boris, token = people['boris']
        fields = {'what': 'company', 'records': 12, 'at': 1772442000000000, 'owner': boris}
        # Whatever the role allows; in nobody else's name.
        status, answer = ask('POST', '/v1/exports', {'fields': fields}, token)
        assert status == 201, answer
        made = answer['id']
        assert ask('POST', '/v1/exports', {'fields': {**fields, 'owner': server.user}}, token)[0] == 403
        assert ask('POST', '/v1/exports', {'fields': fields})[0] == 403
        # Not even by the head, who sees it; a colleague does not.
        assert ask('GET', f'/v1/exports/{made}')[1]['fields']['what'] == 'company'
        assert ask('GET', f'/v1/exports/{made}', token=people['vera'][1])[0] == 404
        for who in (True, token):
            assert ask('PATCH', f'/v1/exports/{made}', {'fields': {'records': 1}}, who, If_Match='*')[0] in (403, 404)
            assert ask('DELETE', f'/v1/exports/{made}', None, who, If_Match='*')[0] in (403, 404)
        answer = ask('GET', f'/v1/exports/{made}')[1]
        assert answer['fields']['records'] == 12 and 'deleted' not in answer, answer
        lines = server.admin('export', '--list').stdout.splitlines()
        assert len(lines) == 1 and lines[0].split('\t')[1:] == ['boris', '12', 'company'], lines
    finally:
        assert server.stop() == 0


@case('many edits at once')
def bulk(folder):
    server = Server(folder)

    def do(operations, **headers):
        status, text = server.ask('POST', '/v1/bulk', json.dumps({'operations': operations}).encode(),
                                  headers={name.replace('_', '-'): value for name, value in headers.items()})
        return status, json.loads(text)

    try:
        company, deal = str(uuid.uuid4()), str(uuid.uuid4())
        status, answer = do([
            {'op': 'create', 'type': 'company', 'id': company, 'fields': {'name': 'Ромашка'}},
            {'op': 'create', 'type': 'deal', 'id': deal, 'fields': {'title': 'Лепестки', 'company': company}},
            {'op': 'create', 'type': 'activity', 'fields': {'kind': 'task', 'subject': 'Позвонить', 'deal': deal}}])
        assert status == 200 and answer['ids'][:2] == [company, deal], answer
        records = server.pull()
        assert records['activity/' + answer['ids'][2]]['fields']['company'] == company
        seq = records['deal/' + deal]['seq']
        assert records['company/' + company]['seq'] == seq, 'one commit'
        # All or none.
        status, answer = do([{'op': 'patch', 'type': 'deal', 'id': deal, 'seq': seq, 'fields': {'title': 'Иначе'}},
                             {'op': 'patch', 'type': 'deal', 'id': deal, 'seq': seq, 'fields': {'title': None}}])
        assert status == 422 and answer['operation'] == 1, answer
        status, answer = do([{'op': 'delete', 'type': 'company', 'id': company, 'seq': None},
                             {'op': 'patch', 'type': 'deal', 'id': deal, 'seq': 1, 'fields': {'title': 'Иначе'}}])
        assert status == 412 and answer['operation'] == 1, answer
        assert server.pull() == records
        edit = [{'op': 'patch', 'type': 'deal', 'id': deal, 'seq': seq, 'fields': {'title': 'Иначе'}},
                {'op': 'create', 'type': 'company', 'fields': {'name': 'Василёк'}}]
        status, answer = do(edit, Idempotency_Key='bulk-1')
        assert status == 200, answer
        assert do(edit, Idempotency_Key='bulk-1') == (200, answer)
        names = [record['fields']['name'] for key, record in server.pull().items() if key.startswith('company/')]
        assert names.count('Василёк') == 1
        for bad in ([], [{'op': 'create', 'type': 'deal', 'fields': {'title': 'x'}}] * 201, [1], [{}],
                    [{'op': 'patch', 'type': 'deal', 'id': deal, 'fields': {}}],
                    [{'op': 'patch', 'type': 'deal', 'id': deal, 'seq': '1', 'fields': {}}],
                    [{'op': 'delete', 'type': 'deal', 'seq': 1}], [{'op': 'restore', 'type': 'deal', 'id': deal}],
                    [{'op': 'create', 'type': 'deal', 'id': 7, 'fields': {}}]):
            assert do(bad)[0] == 400, bad
        assert do([{'op': 'create', 'type': 'nothing', 'fields': {}}])[0] == 422
        # Writers of the same records never wait for each other.
        many = [{'op': 'create', 'type': 'company', 'id': str(uuid.uuid4()), 'fields': {'name': 'Т'}} for _ in range(8)]
        assert do(many)[0] == 200
        patches = [{'op': 'patch', 'type': 'company', 'id': one['id'], 'seq': None, 'fields': {'name': 'П'}}
                   for one in many]
        seen = []

        def work(operations):
            for _ in range(10):
                seen.append(do(operations)[0])
        threads = [threading.Thread(target=work, args=(which,)) for which in (patches, patches[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [200] * 20, seen
    finally:
        assert server.stop() == 0


@case('how deep and how fast')
def limits(folder):
    server = Server(folder)

    def problem(path, body):
        status, text = server.ask('POST', path, body)
        return status, json.loads(text)['code']

    try:
        for path in ('/v1/deals', '/v1/bulk', '/v1/sync/push'):
            assert problem(path, b'[' * 1000000) == (400, 'depth'), path
            assert problem(path, b'{"a":' * 65) == (400, 'depth') and problem(path, b'[' * 64) == (400, 'invalid'), path
        assert problem('/v1/deals', b'{"fields": {"title": "' + b'[' * 1000 + b'", "nothing": 1}}') == (422, 'unknown')
        # A key that asks too fast waits; others, and its replica, do not.
        other = server.admin('token', 'anna').stdout.strip()
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=60)
        statuses = []
        while statuses.count(429) < 3:
            connection.request('GET', '/v1/nothing', headers={'Authorization': f'Bearer {server.token}'})
            answer = connection.getresponse()
            text = answer.read()
            statuses.append(answer.status)
            assert len(statuses) < 3000
        connection.close()
        assert set(statuses) == {404, 429} and statuses.index(429) >= 900, len(statuses)
        assert answer.headers['Retry-After'] == '1' and answer.headers['Content-Type'] == 'application/problem+json'
        assert json.loads(text)['code'] == 'rate'
        assert server.ask('GET', '/v1/me', token=other)[0] == 200
        assert server.ask('GET', f'/v1/sync/changes?client={uuid.uuid4()}')[0] == 200
        time.sleep(1)
        assert server.ask('GET', '/v1/me')[0] == 200
    finally:
        assert server.stop() == 0


plan()
