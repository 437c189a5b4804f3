# SPDX-License-Identifier: GPL-3.0-or-later
"""Each route, each type and each reach of a role: what may be seen is seen, nothing of anything else leaks, and what
may not be done is refused alike by sync and by REST. TAP."""
import hashlib
import json
import urllib.parse
import uuid

from office import CHILDREN, COMMON, HIDDEN, OWNED, PARENTS, PLURALS, REACHES, TITLES, Office, money
from serverprocess import Server, case, create, plan, records_of


def get_all(server, path):
    """The ids that a list gives, and all its text."""
    found, texts, after = set(), [], ''
    while True:
        status, text = server.ask('GET', f'{path}{"&" if "?" in path else "?"}limit=200{after}')
        assert status == 200, (path, text)
        page = json.loads(text)
        texts.append(text)
        found |= {item['id'] for item in page['items']}
        if not page['next']:
            return found, ''.join(texts)
        after = f'&after={page["next"]}'


def pull_text(server):
    """All that a new client gets; who it is, and its cursor."""
    client, cursor, texts = str(uuid.uuid4()), '', []
    while True:
        status, text = server.ask('GET', f'/v1/sync/changes?client={client}{cursor}')
        assert status == 200, text
        texts.append(text)
        end = json.loads(text.splitlines()[-1])['end']
        cursor = f'&cursor={end["cursor"]}'
        if not end['more']:
            return ''.join(texts), client, cursor


def check_verify(server, seen, client, cursor):
    """What a replica that checks itself is told: of some buckets just what is seen."""
    buckets = range(0, 256, 8)
    status, text = server.ask('GET', f'/v1/sync/verify?client={client}{cursor}&buckets={",".join(map(str, buckets))}')
    assert status == 200, text
    told = {record['id'] for line in text.splitlines() for record in records_of(json.loads(line))}
    assert told == {key for key in seen if int(key[-2:], 16) in buckets}


def check_files(server, office, seen):
    """The content of an attachment that is not seen is as one that never was."""
    nothing = [server.ask(method, f'/v1/files/{hashlib.sha256(b"nothing").hexdigest()}') for method in ('GET', 'HEAD')]
    assert [status for status, _ in nothing] == [404, 404]
    for key, sha256 in office.files.items():
        answers = [server.ask(method, f'/v1/files/{sha256}') for method in ('GET', 'HEAD')]
        if key in seen:
            assert answers == [(200, office.records[key][2]), (200, '')], (office.rights, answers)
        else:
            assert answers == nothing, answers


def check_reading(server, office, user, everything):
    seen, others = office.visible(user), office.visible_otherwise(user)
    unseen = set(office.records) - seen
    # A role in a company names a person who is not seen: by the id, and by nothing else.
    named = {office.found['person', owner][0] for name, owner, _ in map(office.records.get, seen) if name == 'company_person'}
    # Of what the company began with a role that differs by type sees what hangs on something that it sees.
    ours = {key.split('/')[1] for key in everything} if office.is_uniform(user) else {*office.records, *office.shares, *office.deleted}
    assert bool(unseen) != office.sees_all(user)
    server.token = office.tokens[user]
    texts, (pulled, client, cursor) = [], pull_text(server)
    lines = [record for line in pulled.splitlines() for record in records_of(json.loads(line))]
    check_verify(server, {line['id'] for line in lines}, client, cursor)
    check_files(server, office, seen)
    for name, plural in {**PLURALS, 'share': 'shares', 'history': 'histories', 'conflict': 'conflicts'}.items():
        ids, text = get_all(server, f'/v1/{plural}')
        texts.append(text)
        assert ids == {line['id'] for line in lines if line['type'] == name and not line.get('deleted')}, plural
        if name == 'share':
            assert ids & set(office.shares) == others & set(office.shares), (office.rights[user], ids ^ others)
        elif name in ('history', 'conflict'):
            told = {line['id']: line['fields'] for line in everything.values() if line['type'] == name}
            common = {key for key, fields in told.items() if fields['record_type'] in COMMON}
            wanted = common | {key for key, fields in told.items() if not unseen or fields['record'] in seen | others}
            assert {key for key in ids if key in common or told[key]['record'] in ours} == wanted, (plural, office.rights[user])
        elif unseen:
            assert ids & ours == {key for key in seen if office.records[key][0] == name}, (plural, office.rights[user])
        else:
            assert ids >= {key for key in seen if office.records[key][0] == name}
    # By words: those that are seen, and nothing of others.
    shared = [key for key in seen if not office.may(user, 'read', *office.records[key][:2])]
    for key in list(seen)[:7] + list(unseen)[:7] + shared[:1]:
        status, text = server.ask('GET', f'/v1/search?q={office.records[key][2]}')
        assert status == 200
        if office.records[key][0] in ('company', 'person', 'lead', 'deal', 'activity', 'legal_entity'):
            assert [item['id'] for item in json.loads(text)['items']] == ([key] if key in seen else []), key
        texts.append(text)
    status, text = server.ask('GET', '/v1/search?q=zq')
    assert status == 200
    texts = ''.join(texts + [text, pulled])
    for key in unseen | (set(office.shares) | set(office.deleted)) - others:
        assert key not in texts or key in named, office.records.get(key)
    for key in unseen:
        assert office.records[key][2] not in texts, office.records[key]


def check_nowhere(server, office, user, everything):
    """Every way to a record that is not seen ends as the way to one that is not there; half of the types by turns."""
    server.token = office.tokens[user]
    seen = office.visible(user)
    company = next((key for key in seen if office.records[key][0] == 'company'), None)
    for name, plural in list(PLURALS.items())[list(office.actors).index(user) % 2::2]:
        foreign = next((key for key, (kind, owner, _) in office.records.items()
                        if kind == name and office.places[owner] == 2 and key not in seen), None)
        if foreign is None:
            assert office.reach(user, 'read', name) == 'all'
            continue
        etag = f'"{everything[name + "/" + foreign]["seq"]}"'
        title, answers = TITLES[name], []
        for key in (foreign, str(uuid.uuid4())):
            body = json.dumps({'fields': {title: 'Иначе'}}).encode()
            path = f'/v1/{plural}/{key}'
            asked = [('GET', path, None, {}), ('GET', path, None, {'If-None-Match': etag})]
            asked += [(method, path, content, {'If-Match': match}) for match in ('*', etag, '"1"')
                      for method, content in (('PATCH', body), ('DELETE', None))]
            asked += [('POST', '/v1/bulk', json.dumps({'operations': [
                {'op': op, 'type': name, 'id': key, 'seq': None, **({'fields': {title: 'Х'}} if op == 'patch' else {})}
            ]}).encode(), {}) for op in ('patch', 'delete')]
            if name in ('deal', 'company', 'person', 'lead'):
                asked += [('GET', f'/v1/activities?{name}={key}', None, {}),
                          ('POST', '/v1/activities', json.dumps(
                              {'fields': {'kind': 'note', 'subject': 'Х', name: key}}).encode(), {})]
            if name == 'company' and company:
                asked.append(('PATCH', f'/v1/companies/{company}', json.dumps({'fields': {'parent': key}}).encode(),
                              {'If-Match': '*'}))
            asked.append(('GET', f'/v1/histories?record={key}', None, {}))
            found = []
            for method, where, content, headers in asked:
                status, text, got = server.ask_all(method, where, content, headers=headers)
                found.append((method, status, text.replace(key, 'ID'), got['ETag']))
            answers.append(found)
        assert answers[0] == answers[1], [pair for pair in zip(*answers) if pair[0] != pair[1]]
        for method, status, _, tag in answers[0][:10]:
            assert status == 404 and tag is None, answers[0]


def check_ids(server, office, user):
    """An id that is taken tells nothing of what has it: whether one sees that, and what it is."""
    server.token = office.tokens[user]
    seen, taken = office.visible(user), {}
    for key, (name, _, _) in office.records.items():
        if name in ('company', 'deal'):
            taken[name, key in seen] = key
    answers = set()
    for key in taken.values():
        status, text = server.ask('POST', '/v1/companies', json.dumps({'id': key, 'fields': {'name': 'Х', 'owner': user}}).encode())
        answers.add((status, text.replace(key, 'ID')))
    assert len(taken) > 1 and len(answers) == 1 and next(iter(answers))[0] == 409, (office.rights[user], answers)


def bad():
    return str(uuid.uuid4())


def list_owned(office, user, owner, admin, needed):
    """What may be done with records of somebody, each kind and each way."""
    acts = []
    for name, _, title in OWNED:
        key, mark = office.found[name, owner]

        def may(*actions):
            return 'allowed' if all(office.may(user, action, name, owner) for action in actions) else 'forbidden'  # pylint: disable=cell-var-from-loop
        there = office.sees(user, name, owner)
        acts += [('patch', name, key, {title: (mark, 'Иначе')}, may('edit') if there else 'not_found'),
                 ('patch', name, key, {'owner': (owner, admin)}, may('edit', 'assign') if there else 'not_found'),
                 ('delete', name, key, {}, may('delete') if there else 'not_found'),
                 ('create', name, bad(), {title: (None, 'Х'), 'owner': (None, owner), **needed.get(name, {})}, may('create'))]
    return acts


def list_hanging(office, user, owner):
    """The same of what hangs on them; and what hangs on one's own is hung on theirs, to be edited there."""
    acts = []

    def judge_move(name, parent):
        if not office.sees(user, name, user):
            return 'not_found'
        if not office.may(user, 'edit', name, user):
            return 'forbidden'
        return 'dependency' if not office.sees(user, parent, owner) else \
            'allowed' if office.may(user, 'edit', name, owner) else 'forbidden'
    for name, _, parent in CHILDREN:
        key, mark = office.found[name, owner]
        there, title = office.sees(user, name, owner), TITLES[name]
        needed = {'attachment': {'file': (None, hashlib.sha256(mark.encode()).hexdigest())},
                  'company_person': {'person': (None, office.found['person', owner][0])}}.get(name, {})
        known = there and (name != 'company_person' or office.sees(user, 'person', owner))
        hung = 'dependency' if not known else 'allowed' if office.may(user, 'create', name, owner) else 'forbidden'
        acts += [(op, name, key, {title: (mark, 'Иначе')} if op == 'patch' else {}, 'not_found' if not there else
                  'allowed' if office.may(user, action, name, owner) else 'forbidden')
                 for op, action in (('patch', 'edit'), ('delete', 'delete'))]
        acts.append(('create', name, bad(), {title: (None, 'Х'), parent: (None, office.found[parent, owner][0]), **needed}, hung))
        if owner != user:
            acts.append(('patch', name, office.found[name, user][0],
                         {parent: (office.found[parent, user][0], office.found[parent, owner][0])}, judge_move(name, parent)))
    if owner != user:
        key = office.found['company_person', user][0]
        named = 'allowed' if office.sees(user, 'person', owner) else 'dependency'
        acts.append(('patch', 'company_person', key, {'person': (office.found['person', user][0], office.found['person', owner][0])},
                     'not_found' if not office.sees(user, 'company_person', user) else
                     named if office.may(user, 'edit', 'company_person', user) else 'forbidden'))
    # What belongs to somebody oneself may hang anywhere that one sees.
    there, deal = office.sees(user, 'deal', owner), office.found['deal', owner][0]
    may = office.may(user, 'create', 'activity', user) or office.may(user, 'create', 'deal', owner)
    acts.append(('create', 'activity', bad(), {'kind': (None, 'note'), 'deal': (None, deal), 'owner': (None, user)},
                 'dependency' if not there else 'allowed' if may else 'forbidden'))
    # Who may edit a record shares it; to take a share of something else takes that right of both.
    acts.append(('create', 'share', bad(), {'record_type': (None, 'deal'), 'record': (None, deal), 'user': (None, user)},
                 'dependency' if not there else 'allowed' if office.may(user, 'edit', 'deal', owner) else 'forbidden'))
    if owner != user:
        share = next(key for key, shared in office.shares.items() if shared[:2] == ('deal', user))
        acts.append(('patch', 'share', share, {'record': (office.found['deal', user][0], deal)}, judge_move('deal', 'deal')))
    return acts


def list_shares(office, user, admin):
    """What may be done with what others share, with oneself for one: to see it is not to edit it."""
    acts = []
    for key, (name, owner, whom) in office.shares.items():
        if whom in (user, admin) and owner not in office.actors:
            there = whom == user or office.sees(user, name, owner)
            verdict = 'not_found' if not there else 'allowed' if office.may(user, 'edit', name, owner) else 'forbidden'
            acts += [('delete', 'share', key, {}, verdict),
                     ('patch', 'share', key, {'user': (whom, office.others[0])}, verdict)]
    return acts


def list_common(office, user, admin):
    """What is everybody's, and what is for administrators alone."""
    def may(action, *reaches):
        return 'allowed' if office.reach(user, action, 'product') in reaches else 'forbidden'
    days = {'starts': (None, '2026-01-01'), 'ends': (None, '2026-01-02')}
    acts = [('patch', 'product', office.product, {'sku': (None, 'Х')}, may('edit', 'all')),
            ('delete', 'product', office.product, {}, may('delete', 'all')),
            ('create', 'product', bad(), {'name': (None, 'Х')}, may('create', 'all')),
            ('create', 'tag', bad(), {'name': (None, 'Х')}, may('create', *REACHES[1:])),
            ('create', 'delegation', bad(), {'from_user': (None, user), 'to_user': (None, admin), **days}, may('create', *REACHES[1:])),
            ('create', 'delegation', bad(), {'from_user': (None, admin), 'to_user': (None, user), **days}, 'forbidden'),
            ('patch', 'delegation', office.delegation, {'ends': ('2020-01-02', '2030-01-01')}, 'forbidden'),
            ('delete', 'delegation', office.delegation, {}, 'forbidden'),
            ('patch', 'user', user, {'job': (None, 'Х')}, 'forbidden'), ('create', 'user', bad(), {'name': (None, 'Х')}, 'forbidden'),
            ('delete', 'user', admin, {}, 'forbidden')]
    for name in ('role', 'department', 'pipeline'):
        acts.append(('create', name, bad(), {'name': (None, 'Х'), **({'kind': (None, 'deals')} if name == 'pipeline' else {})}, 'forbidden'))
    acts += [('patch', 'department', office.departments[0], {'name': ('Отдел', 'Х')}, 'forbidden'),
             ('delete', 'department', office.departments[2], {}, 'forbidden')]
    return acts


def check_writing(server, office, user, needed):
    """The verdict on each act, by REST and by sync; something that cannot be done comes with it, so that nothing is."""
    server.token = office.tokens[user]
    acts = list_common(office, user, server.user) + list_shares(office, user, server.user)
    for owner in office.actors[user]:
        acts += list_owned(office, user, owner, server.user, needed) + list_hanging(office, user, owner)
    mutations = []
    for op, name, key, fields, verdict in acts:
        operation = {'op': op, 'type': name, 'id': key}
        if op != 'create':
            operation['seq'] = None
        if op != 'delete':
            operation['fields'] = {field: new for field, (_, new) in fields.items()}
        wrong = {'op': 'delete', 'type': 'tag', 'id': bad(), 'seq': None}
        status, text = server.ask('POST', '/v1/bulk', json.dumps({'operations': [operation, wrong]}).encode())
        answer = json.loads(text)
        found = 'allowed' if answer['operation'] == 1 else answer['code']
        assert found == verdict and (found == 'allowed' or status == {'forbidden': 403, 'not_found': 404, 'dependency': 422}[found]), \
            (office.rights[user], op, name, fields, verdict, text)
        group = str(uuid.uuid4())
        mutations.append({**create(len(mutations) + 1), 'group_id': group, 'op': op, 'type': name, 'id': key,
                          'base_seq': 10 ** 9,
                          'fields': {field: {'base': base, 'new': new} for field, (base, new) in fields.items()}})
        mutations.append({**create(len(mutations) + 1), 'group_id': group, 'op': 'delete', 'type': 'tag', 'id': bad()})
    client, results = str(uuid.uuid4()), []
    for first in range(0, len(mutations), 200):
        status, text = server.push(client, mutations[first:first + 200])
        assert status == 200, text
        results += json.loads(text)['results']
    for (op, name, _, fields, verdict), result in zip(acts, results[::2], strict=True):
        assert result['code'] == {'allowed': 'group'}.get(verdict, verdict), \
            (office.rights[user], op, name, fields, verdict, result)


def check_exports(server, office):
    """Whatever a role allows, a note of an export lands: it has happened. The log says where it should not have. Who
    reads it is a matter of the role, but one's own one always sees; nobody changes it, nor notes it for another."""
    notes = {}

    def note(key, owner):
        fields = {'what': 'company', 'records': 3, 'at': 1772442000000000, 'owner': owner}
        status, text = server.push(str(uuid.uuid4()), [{**create(1), 'type': 'export', 'id': key, 'fields': {
            name: {'base': None, 'new': value} for name, value in fields.items()}}])
        assert status == 200, text
        return json.loads(text)['results'][0]
    for user in list(office.actors) + office.others:
        server.token, notes[user] = office.tokens[user], bad()
        assert note(notes[user], user)['status'] == 'applied', office.rights.get(user)
    for user in office.actors:
        server.token = office.tokens[user]
        assert note(bad(), office.others[0])['code'] == 'forbidden', office.rights[user]
        pulled, client, cursor = pull_text(server)
        records = [record for line in pulled.splitlines() for record in records_of(json.loads(line))]
        check_verify(server, {record['id'] for record in records}, client, cursor)
        ids, text = get_all(server, '/v1/exports')
        lines, text_of_lines = get_all(server, '/v1/histories?record_type=export')
        assert lines
        seen = {notes[owner] for owner in notes if owner == user or office.may(user, 'read', 'export', owner)}
        assert ids == seen == {record['id'] for record in records if record['type'] == 'export'}, (office.rights[user], ids ^ seen)
        for key in set(notes.values()) - seen:
            assert key not in pulled + text + text_of_lines, office.rights[user]
        for key in notes.values():
            verdict = 'forbidden' if key in seen else 'not_found'
            assert server.ask('GET', f'/v1/exports/{key}')[0] == (200 if key in seen else 404)
            for method, op, body in (('PATCH', 'patch', {'fields': {'records': 1}}), ('DELETE', 'delete', None)):
                status, text = server.ask(method, f'/v1/exports/{key}', json.dumps(body).encode() if body else None, headers={'If-Match': '*'})
                assert (status, json.loads(text)['code']) == (403 if key in seen else 404, verdict), (office.rights[user], method, text)
                fields = {'records': (3, 1)} if body else {}
                assert office.send_edit(str(uuid.uuid4()), 1, op, 'export', key, **fields)['code'] == verdict, (office.rights[user], op)
    return {user for user in notes if user in office.others or office.reach(user, 'export', 'company') == 'none'}


def check_writes(server, office, everything):
    needed = {'activity': {'kind': (None, 'note')}}
    for name in ('deal', 'lead'):
        fields = everything[f'{name}/{next(key for key, record in office.records.items() if record[0] == name)}']['fields']
        needed[name] = {field: (None, fields[field]) for field in ('pipeline', 'stage')}
    for user in office.actors:
        check_writing(server, office, user, needed)


def check_hidden(server, office, everything, hidden):
    """A field that is hidden is not there: in no answer, as no condition or order, for no search."""
    server.token = office.tokens[hidden.user]
    pulled, client, cursor = pull_text(server)
    records = [record for line in pulled.splitlines() for record in records_of(json.loads(line))]
    check_verify(server, {record['id'] for record in records}, client, cursor)
    texts = [pulled]
    for plural in list(PLURALS.values()) + ['histories', 'conflicts']:
        texts.append(get_all(server, f'/v1/{plural}')[1])
    for path in (f'companies/{hidden.company}', f'persons/{hidden.person}', f'deals/{hidden.deal}'):
        status, text = server.ask('GET', f'/v1/{path}')
        assert status == 200 and path.split('/')[1] in pulled, path
        texts.append(text)
    for plural, field in (('deals', 'amount'), ('companies', 'site'), ('companies', 'phones'), ('persons', 'surname'),
                          ('histories', 'old'), ('histories', 'new'), ('conflicts', 'before'), ('conflicts', 'proposed'),
                          ('conflicts', 'stayed'), ('conflicts', 'along')):
        texts.append(get_all(server, f'/v1/{plural}?fields={field}')[1])
        for query in ('sort={}', 'sort=-{}', '{}=', '{}.min=1'):
            answers = [server.ask('GET', f'/v1/{plural}?{query.format(name)}') for name in (field, 'nothing')]
            assert answers[0][0] == 400 and answers[0][1].replace(field, 'X') == answers[1][1].replace('nothing', 'X'), answers
    for words in (hidden.site, hidden.surname, hidden.phone[2:], hidden.phone[-7:]):
        status, text = server.ask('GET', f'/v1/search?q={words}')
        assert (status, json.loads(text)['items']) == (200, []), text
    check_hidden_lines(server, office, everything, hidden, texts)
    check_hidden_edits(server, office, hidden, texts)
    texts = ''.join(texts)
    for secret in hidden.secrets:
        assert secret not in texts, secret


def check_hidden_lines(server, office, everything, hidden, texts):
    """Lines of history and differences about it are not there; of one about more, the rest is."""
    lines = [(key.split('/')[1], line) for key, line in everything.items()
             if line['type'] in ('history', 'conflict') and line['fields'].get('field') in HIDDEN.get(line['fields']['record_type'], ())]
    assert {line['type'] for _, line in lines if line['fields']['record'] == hidden.deal} == {'history', 'conflict'}
    for key, line in lines:
        assert not any(key in text for text in texts)
        plural = {'history': 'histories', 'conflict': 'conflicts'}[line['type']]
        assert server.ask('GET', f'/v1/{plural}/{key}')[0] == 404
    for plural in ('histories', 'conflicts'):
        assert json.loads(server.ask('GET', f'/v1/{plural}?record={hidden.deal}&field=amount')[1])['items'] == []
    rest = [(line['fields']['field'], line['fields'].get('along') or line['fields']['proposed']) for line in everything.values()
            if line['type'] == 'conflict' and any(amount in json.dumps(line['fields']) for amount in hidden.amounts[2:])]
    assert sorted(field for field, _ in rest) == ['deleted', 'deleted', 'stage'] and all('amount' in text for _, text in rest), rest
    told = [item['fields'] for item in json.loads(server.ask('GET', '/v1/conflicts?limit=200')[1])['items']]
    assert any('Иначе' in fields.get('proposed', '') for fields in told) and not any('amount' in json.dumps(fields) for fields in told), told


def check_hidden_edits(server, office, hidden, texts):
    """An edit of it is refused, and what is said is the same for whoever guesses right."""
    for plural, key, field, guesses in (('deals', hidden.deal, 'amount', (money(hidden.amount), money(5))),
                                        ('companies', hidden.company, 'site', (hidden.site + '.example', 'https://other.example')),
                                        ('persons', hidden.person, 'surname', (hidden.surname, 'Другая'))):
        name = next(kind for kind, value in PLURALS.items() if value == plural)
        answers = []
        for guess in guesses:
            body = {'fields': {field: guess}}
            created = {'fields': {TITLES[name]: 'Новое', field: guess, 'owner': hidden.user}}
            found = [server.ask('PATCH', f'/v1/{plural}/{key}', json.dumps(body).encode(), headers={'If-Match': match}) for match in ('*', '"1"')]
            found += [server.ask('POST', f'/v1/{plural}', json.dumps(created).encode()),
                      server.ask('POST', '/v1/bulk', json.dumps({'operations': [
                          {'op': 'patch', 'type': name, 'id': key, 'seq': None, **body}]}).encode())]
            for base, new in ((guess, guess), (None, guess), (guess, None)):
                result = office.send_edit(str(uuid.uuid4()), 1, 'patch', name, key, **{field: (base, new)})
                assert (result['status'], result['code'], result['detail']) == ('rejected', 'forbidden', field), result
            assert [status for status, _ in found] == [403, 412, 403, 403], found
            assert all(json.loads(text)['field'] == field for status, text in found if status == 403), found
            answers.append(found)
        assert answers[0] == answers[1], answers
        texts += [text for _, text in answers[0]]


def check_hidden_duplicates(server, office):
    """That somebody else has a number tells the one that is hidden: no task about it where it is tried, for whomever."""
    for hidden in office.hidden:
        server.token = office.tokens[hidden.user]
        before = get_all(server, '/v1/activities')[0]
        for owner in {hidden.user, hidden.owner}:
            phones = [{'raw': hidden.phone, 'e164': hidden.phone}]
            status, text = server.ask('POST', '/v1/leads', json.dumps({'fields': {'title': 'Новый', 'phones': phones, 'owner': owner}}).encode())
            assert status == 201, text
        assert get_all(server, '/v1/activities')[0] == before, hidden.reach


def check_webhooks(server, office):
    """They are an administrator's; to others one that is there is as one that is not."""
    server.token = office.admin
    status, text = server.ask('POST', '/v1/webhooks', json.dumps({'url': 'https://example.org/hook'}).encode())
    assert status == 201, text
    hook = json.loads(text)['id']
    for user in office.actors:
        server.token = office.tokens[user]
        assert server.ask('GET', '/v1/webhooks')[0] == 403
        assert server.ask('POST', '/v1/webhooks', json.dumps({'url': 'https://example.org/h'}).encode())[0] == 403
        for method, path in (('DELETE', ''), ('GET', '/deliveries')):
            answers = [server.ask(method, f'/v1/webhooks/{key}{path}') for key in (hook, bad())]
            assert answers[0] == answers[1] and answers[0][0] in (403, 404), answers


def check_people(server, office):
    """Accounts are those of who may edit employees; to others one that is there is as one that is not."""
    admin = server.user
    for user in office.actors:
        server.token = office.tokens[user]
        for method, body in (('GET', None), ('POST', {'name': 'Новый', 'email': 'new@example.ru'})):
            status, text = server.ask(method, '/v1/people', json.dumps(body).encode() if body else None)
            assert status == 403 and admin not in text, (method, status, text)
        for method, act in (('POST', 'close'), ('POST', 'open'), ('POST', 'invitation'), ('DELETE', 'invitation')):
            answers = [server.ask(method, f'/v1/people/{key}/{act}', b'{}' if method == 'POST' else None) for key in (admin, user, bad())]
            assert answers[0] == answers[1] == answers[2] and answers[0][0] == 403, (act, answers)


def check_uploads(server, office):
    """Who may make anything sends files; an upload is its owner's, and to others as one that is not there."""
    content = b'Of somebody else.'

    def begin(content):
        return server.ask_all('POST', '/v1/files', json.dumps({'sha256': hashlib.sha256(content).hexdigest(), 'size': len(content)}).encode())
    headers = {'Upload-Offset': '0', 'Content-Type': 'application/partial-upload'}
    server.token = office.admin
    status, _, got = begin(content)
    assert status == 201
    for user in office.actors:
        server.token = office.tokens[user]
        for method, body in (('HEAD', None), ('PATCH', content)):
            answers = [server.ask(method, path, body, headers=headers if body else {})
                       for path in (got['Location'], f'/v1/files/uploads/{bad()}')]
            assert answers[0] == answers[1] and answers[0][0] == 404, (method, answers)
        makes = any(office.reach(user, 'create', name) != 'none' for name in ('deal', 'company', 'person', 'lead', 'activity'))
        own = f'Of {user}.'.encode()
        status, text, mine = begin(own)
        assert status == (201 if makes else 403), (office.rights[user], status, text)
        assert not makes or server.ask('PATCH', mine['Location'], own, headers=headers)[0] == 200
        # What nothing that one sees has is not there, sent by oneself or not.
        assert server.ask('GET', f'/v1/files/{hashlib.sha256(own).hexdigest()}')[0] == 404
    server.token = office.admin
    assert server.ask('PATCH', got['Location'], content, headers=headers)[0] == 200


@case('what a role reaches is seen, and nothing else leaks')
def reading(folder):
    server = Server(folder, '--files', f'{folder}/files')
    try:
        office = Office(server)
        everything = server.pull()
        for user in office.actors:
            check_reading(server, office, user, everything)
            check_ids(server, office, user)
            if not office.sees_all(user):
                check_nowhere(server, office, user, everything)
        server.token = office.admin
        check_writes(server, office, everything)
        for hidden in office.hidden:
            check_hidden(server, office, everything, hidden)
        check_webhooks(server, office)
        check_people(server, office)
        check_uploads(server, office)
        server.token = office.admin
        after = server.pull()
        assert {key: after[key] for key in everything} == everything and len(after) - len(everything) == 0
        check_hidden_duplicates(server, office)
        warned = check_exports(server, office)
        server.token = office.admin
        assert sum(key.startswith('export/') for key in server.pull()) == len(office.actors) + len(office.others)
    finally:
        assert server.stop() == 0
    with open(f'{server.folder}/log', encoding='utf-8') as log:
        said = [line for line in log if 'has exported' in line]
    assert warned and len(said) == len(warned) and all(any(user in line for line in said) for user in warned), said


@case('scopes of tokens: each route, each type')
def scopes(folder):
    """What a token is for narrows what the role allows, wherever it asks; what is missing is said."""
    server = Server(folder)
    try:
        def token(*scopes):
            return server.admin('token', 'create', 'anna', '--scope', ','.join(scopes), '--name', 'Сайт').stdout.strip()

        def ask(method, path, body=None, **options):
            status, text = server.ask(method, path, json.dumps(body).encode() if body is not None else None, headers={'If-Match': '*'}, **options)
            return status, json.loads(text) if text[:1] == '{' and 'sync/changes' not in path or status >= 400 else text
        everything = [(name, plural) for name, plural, _ in OWNED + CHILDREN] + [
            (name, name + 's') for name in ('user', 'department', 'role', 'delegation', 'pipeline', 'stage', 'tag', 'field_def', 'vat_rate', 'product')]
        everything += [('dictionary', 'dictionaries'), ('history', 'histories'), ('conflict', 'conflicts'), ('share', 'shares')]
        ids = {name: page['items'][0]['id'] for name, plural in everything
               if (page := ask('GET', f'/v1/{plural}?limit=1')[1]).get('items')}
        assert len(ids) > 8, ids
        client, link = uuid.uuid4(), uuid.uuid4()
        # A route, and what it needs.
        routes = [('GET', '/v1/sync/changes?client=%s' % client, None, {'sync'}), ('GET', '/v1/sync/wait', None, {'sync'}), ('GET', f'/v1/sync/verify?client={client}', None, {'sync'}),
                  ('POST', '/v1/sync/push', {'client': str(client), 'mutations': []}, {'sync'}),
                  ('GET', '/v1/people', None, {'people'}), ('POST', '/v1/people', {}, {'people'}),
                  ('POST', f'/v1/people/{link}/close', None, {'people'}), ('POST', f'/v1/people/{link}/invitation', None, {'people'}),
                  ('GET', '/v1/webhooks', None, {'webhooks'}), ('DELETE', f'/v1/webhooks/{link}', None, {'webhooks'}),
                  ('POST', '/v1/webhooks', {'url': 'https://example.ru/', 'types': ['deals']}, {'webhooks', 'read:deal'}),
                  ('POST', '/v1/webhooks', {'url': 'https://example.ru/'}, {'webhooks', 'read'}),
                  ('GET', '/v1/search?q=%D0%B0&types=deal,person', None, {'read:deal', 'read:person'})]
        for name, plural in everything:
            routes += [('GET', f'/v1/{plural}', None, {f'read:{name}'}), ('GET', f'/v1/{plural}/{ids.get(name, link)}', None, {f'read:{name}'}),
                       ('POST', f'/v1/{plural}', {'fields': {'nothing': 1}}, {f'write:{name}'}),
                       ('PATCH', f'/v1/{plural}/{link}', {'fields': {}}, {f'write:{name}'}),
                       ('DELETE', f'/v1/{plural}/{link}', None, {f'write:{name}'}),
                       ('POST', '/v1/bulk', {'operations': [{'op': 'delete', 'type': plural, 'id': str(link), 'seq': None}]}, {f'write:{name}'})]

        def allows(given, needed):
            return needed in given or needed.split(':')[0] in given
        sets = [('read',), ('write',), ('read:deal',), ('write:deal',), ('read:deal', 'read:person', 'webhooks'), ('sync',), ('people',), ('webhooks',),
                ('webhooks', 'read'), ('read', 'write', 'sync', 'people', 'webhooks')]
        for given in sets:
            key = token(*given)
            assert ask('GET', '/v1/me', token=key)[0] == 200
            for method, path, body, needed in routes:
                status, answer = ask(method, path, body, token=key)
                missing = {scope for scope in needed if not allows(given, scope)}
                refused = status == 403 and isinstance(answer, dict) and answer['code'] == 'scope'
                assert refused == bool(missing), (given, method, path, status, answer)
                assert not refused or answer['scope'] in missing, (given, method, path, answer)
                assert refused or status not in (401, 403), (given, method, path, status, answer)
            # A replica has the files of its records; other programs as they have attachments.
            for method, needed, body in (('GET', 'read', None), ('POST', 'write', {})):
                path = '/v1/files' if body is not None else f'/v1/files/{hashlib.sha256(b"nothing").hexdigest()}'
                status, answer = ask(method, path, body, token=key)
                assert (answer['code'] == 'scope') == (not {'sync', needed} & set(given)), (given, method, status, answer)
        # Search finds what may be read, and what is written is not read back.
        key = token('read:deal')
        words = ask('GET', '/v1/deals?limit=1')[1]['items'][0]['fields']['title'].split()[0].lower()
        found = ask('GET', f'/v1/search?q={urllib.parse.quote(words)}&limit=200', token=key)[1]['items']
        assert found and {item['type'] for item in found} == {'deal'}, found
        assert ask('GET', f'/v1/search?q={urllib.parse.quote(words)}', token=token('sync'))[1]['scope'] == 'read'
        company, secret = ids['company'], ask('GET', f'/v1/companies/{ids["company"]}')[1]['fields']['name']
        status, text = server.ask('PATCH', f'/v1/companies/{company}', json.dumps({'fields': {'city': 'Пермь'}}).encode(), token=token('write:company'),
                                  headers={'If-Match': '*'})
        assert status == 204 and secret not in text, (status, text)
        assert ask('GET', f'/v1/companies/{company}')[1]['fields']['city'] == 'Пермь'
        # One operation of many out of scope, and nothing is done.
        before = ask('GET', '/v1/companies?limit=200')[1]
        operations = [{'op': 'create', 'type': 'company', 'fields': {'name': 'Новая'}}, {'op': 'create', 'type': 'person', 'fields': {'name': 'Новый'}}]
        status, answer = ask('POST', '/v1/bulk', {'operations': operations}, token=token('write:company'))
        assert (status, answer['scope']) == (403, 'write:person') and ask('GET', '/v1/companies?limit=200')[1] == before
        # Scopes never give more than the role does.
        other = next(item['id'] for item in ask('GET', '/v1/users?limit=50')[1]['items'] if item['id'] != server.user)
        server.admin('user', 'add', 'boris', other, input='a password\n')
        for command in (('add', 'Глава'), ('set', 'Глава', '*', '*', 'all'), ('set', 'Глава', 'role', 'edit', 'all'), ('give', 'anna', 'Глава'),
                        ('add', 'Никто'), ('give', 'boris', 'Никто')):
            server.admin('role', *command)
        key = server.admin('token', 'create', 'boris', '--scope', 'read,write,people,webhooks,sync').stdout.strip()
        assert ask('GET', '/v1/deals', token=key)[1]['items'] == [] and ask('GET', '/v1/people', token=key)[1]['code'] == 'forbidden'
        # The list says what each is for, and one is ended by its id.
        lines = [line.split('\t') for line in server.admin('token', 'list').stdout.splitlines()]
        line = next(line for line in lines if line[1] == 'boris')
        assert line[3] == 'read,write,people,webhooks,sync' and any(line[3:] == ['read:deal', 'Сайт'] for line in lines) and ['*', ''] in [line[3:] for line in lines]
        server.admin('token', 'revoke', line[0])
        assert ask('GET', '/v1/me', token=key)[0] == 401 and ask('GET', '/v1/me')[0] == 200
        for command in (('revoke', line[0]), ('revoke', '%'), ('create', 'anna', '--scope', 'read:nothing'), ('create', 'anna', '--scope', 'sync:deal'),
                        ('create', 'anna', '--scope', ''), ('create', 'anna', '--scope', 'read,,write'), ('create', 'nobody', '--scope', 'read'), ('create',)):
            try:
                server.admin('token', *command)
            except RuntimeError:
                continue
            raise AssertionError(command)
        # Names in the plural are the same types.
        assert ask('GET', '/v1/deals', token=token('read:deals'))[0] == 200
    finally:
        assert server.stop() == 0


plan()
