# SPDX-License-Identifier: GPL-3.0-or-later
"""Each route, each type and each reach of a role: what may be seen is seen, nothing of anything else leaks, and what
may not be done is refused alike by sync and by REST. TAP."""
import hashlib
import json
import urllib.parse
import uuid

from serverprocess import Server, case, create, plan, records_of

REACHES = ('none', 'own', 'department', 'below', 'all')
# Type, plural, and what its title is; those below hang on a record of another type.
OWNED = (('company', 'companies', 'name'), ('person', 'persons', 'name'), ('lead', 'leads', 'title'),
         ('deal', 'deals', 'title'), ('activity', 'activities', 'subject'))
CHILDREN = (('legal_entity', 'legal_entities', 'company'), ('deal_line', 'deal_lines', 'deal'),
            ('attachment', 'attachments', 'person'))
PLURALS = {name: plural for name, plural, _ in OWNED + CHILDREN}
PARENTS = {name: parent for name, _, parent in CHILDREN}
TITLES = {**dict.fromkeys(PARENTS, 'name'), **{name: title for name, _, title in OWNED}}
ACTIONS = ('read', 'create', 'edit', 'delete', 'export', 'assign')
# A role that says something else of each type; what it leaves out of one is as of all the others.
MIXED = {'*': dict(zip(ACTIONS, ('all', 'own', 'own', 'none', 'none', 'own'))),
         'company': dict(zip(ACTIONS, ('below', 'none', 'all', 'own', 'own', 'department'))),
         'deal': dict(zip(ACTIONS, ('department', 'below', 'own', 'all', 'none', 'all'))),
         'person': dict(zip(ACTIONS, ('all', 'department', 'below', 'department', 'none', 'none'))),
         'lead': {'edit': 'all'}, 'activity': {'read': 'own', 'create': 'all'}}
COMMON = ('user', 'department', 'role', 'delegation', 'pipeline', 'stage', 'tag', 'dictionary', 'field_def', 'vat_rate', 'product')
SECRET_AMOUNT, SECRET_PHONE = 987612345, '+74959876123'


class Office:
    """People of each place and each reach, and records of theirs, each called by a word of its own."""

    def __init__(self, server):
        self.server, self.admin, self.marks = server, server.token, 0
        self.departments = [self.make('department', name='Отдел')]
        self.departments += [self.make('department', name='Группа', parent=self.departments[0]),
                             self.make('department', name='Другой')]
        self.places, self.tokens, self.rights = {}, {}, {}
        others = [self.person(place) for place in range(3)]
        self.actors = {}
        for sees_all in (False, True):
            for reach in REACHES[1:4] if sees_all else REACHES:
                rights = dict.fromkeys(ACTIONS, reach)
                if sees_all:
                    rights['read'] = 'all'
                self.add_actor({'*': rights}, others)
        self.add_actor(MIXED, others)
        rights = json.dumps({'*': dict.fromkeys(ACTIONS, 'all')})
        self.blind = self.person(0, self.make('role', name='Не всё', rights=rights, hidden=json.dumps(
            {'deal': ['amount'], 'company': ['site', 'phones'], 'person': ['surname']})))
        self.records, self.files = {}, {}
        self.make_records(list(self.actors) + others)
        self.product = self.make('product', name=self.mark())
        self.sharing = others[2]
        self.share = self.make('share', record_type='person', record=self.found['person', self.sharing][0], user=server.user)
        self.delegation = self.make('delegation', from_user=others[0], to_user=others[1], starts='2020-01-01', ends='2020-01-02')
        self.make_hidden()
        role = self.make('role', name='Глава', rights=json.dumps(
            {'role': {'edit': 'all'}, '*': dict.fromkeys(ACTIONS, 'all')}))
        for number, user in enumerate(list(self.actors) + [self.blind]):
            server.admin('user', 'add', f'user{number}', user, input='a password\n')
            self.tokens[user] = server.admin('token', f'user{number}').stdout.strip()
        status, text = server.ask('PATCH', f'/v1/users/{server.user}', json.dumps({'fields': {'role': role}}).encode(),
                                  headers={'If-Match': '*'})
        assert status == 200, text

    def mark(self):
        self.marks += 1
        return f'zq{self.marks:04d}kw'

    def make(self, name, /, **fields):
        return self.bulk([{'op': 'create', 'type': name, 'fields': fields}])[0]

    def bulk(self, operations):
        status, text = self.server.ask('POST', '/v1/bulk', json.dumps({'operations': operations}).encode())
        assert status == 200, text
        return json.loads(text)['ids']

    def person(self, place, role=None):
        user = self.make('user', name='Человек', department=self.departments[place], **({'role': role} if role else {}))
        self.places[user] = place
        return user

    def add_actor(self, rights, others):
        user = self.person(0, self.make('role', name='Роль', rights=json.dumps(rights)))
        self.rights[user] = rights
        self.actors[user] = [user] + others

    def make_records(self, owners):
        operations = []

        def add(name, whose, /, **fields):
            key = str(uuid.uuid4())
            mark = self.mark()
            self.records[key] = (name, whose, mark)
            fields = {title: mark for kind, _, title in OWNED if kind == name} | fields
            operations.append({'op': 'create', 'type': name, 'id': key, 'fields': fields})
            return key, mark
        for owner in owners:
            keys = {name: add(name, owner, owner=owner, **({'kind': 'note'} if name == 'activity' else {}))[0]
                    for name, _, _ in OWNED}
            for name, _, parent in CHILDREN:
                key, mark = add(name, owner, **{parent: keys[parent]})
                operations[-1]['fields']['name'] = mark
                if name == 'attachment':
                    self.files[key] = operations[-1]['fields']['file'] = self.send(mark.encode())
        self.bulk(operations)
        self.found = {(name, owner): (key, mark) for key, (name, owner, mark) in self.records.items()}

    def send(self, content):
        """The hash of a content that the server has from now on."""
        sha256 = hashlib.sha256(content).hexdigest()
        status, text, headers = self.server.ask_all('POST', '/v1/files', json.dumps(
            {'sha256': sha256, 'size': len(content)}).encode())
        assert status == 201, text
        status, text = self.server.ask('PATCH', headers['Location'], content, headers={
            'Upload-Offset': '0', 'Content-Type': 'application/partial-upload'})
        assert status == 200, text
        return sha256

    def make_hidden(self):
        """What the one who sees not everything must not see, a line of history and a difference about it too."""
        self.secrets = [self.mark(), self.mark(), str(SECRET_AMOUNT), SECRET_PHONE[2:]]
        self.company = self.make('company', name='Видно', site=self.secrets[0] + '.example', phones=[
            {'raw': SECRET_PHONE, 'e164': SECRET_PHONE}])
        self.hidden_person = self.make('person', name='Видно', surname=self.secrets[1])
        self.deal = self.make('deal', title='Видно', amount={'minor': 1, 'currency': 'RUB'})
        client = str(uuid.uuid4())
        results = [self.patch(client, number + 1, 'deal', self.deal, 'amount', {'minor': 1, 'currency': 'RUB'},
                              {'minor': SECRET_AMOUNT + number, 'currency': 'RUB'}) for number in range(2)]
        self.secrets.append(str(SECRET_AMOUNT + 1))
        assert [result['status'] for result in results] == ['applied', 'conflict'], results

    def patch(self, client, number, name, key, field, base, new):
        mutation = {**create(number), 'op': 'patch', 'type': name, 'id': key,
                    'fields': {field: {'base': base, 'new': new}}}
        status, text = self.server.push(client, [mutation])
        assert status == 200, text
        return json.loads(text)['results'][0]

    def reach(self, user, action, name):
        """How far a role lets its holder do something; what hangs on a record is as that."""
        return self.rights[user].get(PARENTS.get(name, name), {}).get(action) or self.rights[user]['*'][action]

    def may(self, user, action, name, owner):
        return {'none': False, 'own': owner == user, 'department': self.places[owner] == self.places[user],
                'below': self.places[owner] < 2, 'all': True}[self.reach(user, action, name)]

    def sees_all(self, user):
        return all(row.get('read', 'all') == 'all' for row in self.rights[user].values())

    def is_uniform(self, user):
        return len(self.rights[user]) == 1

    def visible(self, user):
        return {key for key, (name, owner, _) in self.records.items() if self.may(user, 'read', name, owner)}


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
    seen = office.visible(user)
    unseen = set(office.records) - seen
    # Of what the company began with a role that differs by type sees what hangs on something that it sees.
    ours = {key.split('/')[1] for key in everything} if office.is_uniform(user) else set(office.records)
    assert bool(unseen) != office.sees_all(user)
    server.token = office.tokens[user]
    texts, (pulled, client, cursor) = [], pull_text(server)
    lines = [record for line in pulled.splitlines() for record in records_of(json.loads(line))]
    check_verify(server, {line['id'] for line in lines}, client, cursor)
    check_files(server, office, seen)
    for plural in list(PLURALS.values()) + ['histories', 'conflicts']:
        ids, text = get_all(server, f'/v1/{plural}')
        texts.append(text)
        name = {'histories': 'history', 'conflicts': 'conflict'}.get(plural) or \
            next(key for key, value in PLURALS.items() if value == plural)
        assert ids == {line['id'] for line in lines if line['type'] == name and not line.get('deleted')}, plural
        if plural in ('histories', 'conflicts'):
            told = {line['id']: line['fields'] for line in everything.values() if line['type'] == name}
            common = {key for key, fields in told.items() if fields['record_type'] in COMMON}
            wanted = common | {key for key, fields in told.items() if not unseen or fields['record'] in seen}
            assert {key for key in ids if key in common or told[key]['record'] in ours} == wanted, (plural, office.rights[user])
        elif unseen:
            assert ids & ours == {key for key in seen if office.records[key][0] == name}, (plural, office.rights[user])
        else:
            assert ids >= {key for key in seen if office.records[key][0] == name}
    # By words: those that are seen, and nothing of others.
    for key in list(seen)[:7] + list(unseen)[:7]:
        status, text = server.ask('GET', f'/v1/search?q={office.records[key][2]}')
        assert status == 200
        if office.records[key][0] in ('company', 'person', 'lead', 'deal', 'activity', 'legal_entity'):
            assert [item['id'] for item in json.loads(text)['items']] == ([key] if key in seen else []), key
        texts.append(text)
    status, text = server.ask('GET', '/v1/search?q=zq')
    assert status == 200
    texts = ''.join(texts + [text, pulled])
    for key in unseen:
        assert key not in texts and office.records[key][2] not in texts, office.records[key]


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
        there = office.may(user, 'read', name, owner)
        acts += [('patch', name, key, {title: (mark, 'Иначе')}, may('edit') if there else 'not_found'),
                 ('patch', name, key, {'owner': (owner, admin)}, may('edit', 'assign') if there else 'not_found'),
                 ('delete', name, key, {}, may('delete') if there else 'not_found'),
                 ('create', name, bad(), {title: (None, 'Х'), 'owner': (None, owner), **needed.get(name, {})}, may('create'))]
    return acts


def list_hanging(office, user, owner):
    """The same of what hangs on them; and what hangs on one's own is hung on theirs, to be edited there."""
    acts = []
    for name, _, parent in CHILDREN:
        key, mark = office.found[name, owner]
        there = office.may(user, 'read', name, owner)
        hung = 'dependency' if not there else 'allowed' if office.may(user, 'create', name, owner) else 'forbidden'
        needed = {'file': (None, hashlib.sha256(mark.encode()).hexdigest())} if name == 'attachment' else {}
        acts += [(op, name, key, {'name': (mark, 'Иначе')} if op == 'patch' else {}, 'not_found' if not there else
                  'allowed' if office.may(user, action, name, owner) else 'forbidden')
                 for op, action in (('patch', 'edit'), ('delete', 'delete'))]
        acts.append(('create', name, bad(), {'name': (None, 'Х'), parent: (None, office.found[parent, owner][0]), **needed}, hung))
        if owner != user:
            own = 'not_found' if not office.may(user, 'read', name, user) else \
                'forbidden' if not office.may(user, 'edit', name, user) else 'dependency' if not there else \
                'allowed' if office.may(user, 'edit', name, owner) else 'forbidden'
            acts.append(('patch', name, office.found[name, user][0],
                         {parent: (office.found[parent, user][0], office.found[parent, owner][0])}, own))
    # What belongs to somebody oneself may hang anywhere that one sees.
    there = office.may(user, 'read', 'deal', owner)
    may = office.may(user, 'create', 'activity', user) or office.may(user, 'create', 'deal', owner)
    acts.append(('create', 'activity', bad(), {'kind': (None, 'note'), 'deal': (None, office.found['deal', owner][0]), 'owner': (None, user)},
                 'dependency' if not there else 'allowed' if may else 'forbidden'))
    # Who may edit a record shares it.
    acts.append(('create', 'share', bad(), {'record_type': (None, 'deal'), 'record': (None, office.found['deal', owner][0]), 'user': (None, user)},
                 'dependency' if not there else 'allowed' if office.may(user, 'edit', 'deal', owner) else 'forbidden'))
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
            ('delete', 'share', office.share, {}, 'not_found' if not office.may(user, 'read', 'person', office.sharing) else
             'allowed' if office.may(user, 'edit', 'person', office.sharing) else 'forbidden'),
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
    acts = list_common(office, user, server.user)
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
    """Whatever a role allows, a note of an export lands: it has happened. The log says where it should not have."""
    client = {user: str(uuid.uuid4()) for user in office.actors}
    for user in office.actors:
        server.token = office.tokens[user]
        fields = {'what': 'company', 'records': 3, 'at': 1772442000000000, 'owner': user}
        status, text = server.push(client[user], [{**create(1), 'type': 'export', 'id': str(uuid.uuid4()), 'fields': {
            name: {'base': None, 'new': value} for name, value in fields.items()}}])
        assert status == 200 and json.loads(text)['results'][0]['status'] == 'applied', text
    return {user for user in office.actors if office.reach(user, 'export', 'company') == 'none'}


def check_writes(server, office, everything):
    needed = {'activity': {'kind': (None, 'note')}}
    for name in ('deal', 'lead'):
        fields = everything[f'{name}/{next(key for key, record in office.records.items() if record[0] == name)}']['fields']
        needed[name] = {field: (None, fields[field]) for field in ('pipeline', 'stage')}
    for user in office.actors:
        check_writing(server, office, user, needed)


def check_hidden(server, office, everything):
    """A field that is hidden is not there: in no answer, as no condition or order, for no search."""
    server.token = office.tokens[office.blind]
    texts = [pull_text(server)[0]]
    for plural in list(PLURALS.values()) + ['histories', 'conflicts', f'companies/{office.company}',
                                            f'persons/{office.hidden_person}', f'deals/{office.deal}']:
        if '/' in plural:
            status, text = server.ask('GET', f'/v1/{plural}')
            assert status == 200
            texts.append(text)
        else:
            texts.append(get_all(server, f'/v1/{plural}')[1])
    for plural, field in (('deals', 'amount'), ('companies', 'site'), ('companies', 'phones'), ('persons', 'surname'),
                          ('histories', 'old'), ('histories', 'new'), ('conflicts', 'before'), ('conflicts', 'proposed'),
                          ('conflicts', 'stayed'), ('conflicts', 'along')):
        texts.append(get_all(server, f'/v1/{plural}?fields={field}')[1])
        for query in ('sort={}', 'sort=-{}', '{}=', '{}.min=1'):
            answers = [server.ask('GET', f'/v1/{plural}?{query.format(name)}') for name in (field, 'nothing')]
            assert answers[0][0] == 400 and answers[0][1].replace(field, 'X') == answers[1][1].replace('nothing', 'X'), answers
    for words in (office.secrets[0], office.secrets[1], SECRET_PHONE[2:], SECRET_PHONE[-7:]):
        status, text = server.ask('GET', f'/v1/search?q={words}')
        assert (status, json.loads(text)['items']) == (200, []), text
    lines = [(key, line) for key, line in everything.items()
             if line['type'] in ('history', 'conflict') and (line['fields']['record_type'], line['fields'].get('field'))
             in (('deal', 'amount'), ('company', 'site'), ('company', 'phones'), ('person', 'surname'))]
    assert {line['type'] for _, line in lines} == {'history', 'conflict'}
    texts = ''.join(texts)
    for key, line in lines:
        name, key = key.split('/')
        assert key not in texts
        plural = {'history': 'histories', 'conflict': 'conflicts'}[name]
        assert server.ask('GET', f'/v1/{plural}/{key}')[0] == 404
        assert json.loads(server.ask('GET', f'/v1/{plural}?record={line["fields"]["record"]}&field=amount')[1])['items'] == []
    for secret in office.secrets:
        assert secret not in texts, secret
    status, text = server.ask('PATCH', f'/v1/deals/{office.deal}', json.dumps(
        {'fields': {'amount': {'minor': 5, 'currency': 'RUB'}}}).encode(), headers={'If-Match': '*'})
    assert status == 403 and json.loads(text)['field'] == 'amount', text
    result = office.patch(str(uuid.uuid4()), 1, 'deal', office.deal, 'amount', None, {'minor': 5, 'currency': 'RUB'})
    assert (result['status'], result['code'], result['detail']) == ('rejected', 'forbidden', 'amount'), result


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
        check_hidden(server, office, everything)
        check_webhooks(server, office)
        check_people(server, office)
        check_uploads(server, office)
        server.token = office.admin
        after = server.pull()
        assert {key: after[key] for key in everything} == everything and len(after) - len(everything) == 0
        warned = check_exports(server, office)
        server.token = office.admin
        assert sum(key.startswith('export/') for key in server.pull()) == len(office.actors)
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
