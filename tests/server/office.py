# SPDX-License-Identifier: GPL-3.0-or-later
"""An office for the matrix of rights: people of each place and each reach of a role, and what is theirs; what a role
allows is reckoned here as the README has it, apart from the server."""
import hashlib
import json
import uuid

from serverprocess import create

REACHES = ('none', 'own', 'department', 'below', 'all')
# Type, plural, and what its title is; those below hang on a record of another type.
OWNED = (('company', 'companies', 'name'), ('person', 'persons', 'name'), ('lead', 'leads', 'title'),
         ('deal', 'deals', 'title'), ('activity', 'activities', 'subject'))
CHILDREN = (('legal_entity', 'legal_entities', 'company'), ('deal_line', 'deal_lines', 'deal'),
            ('attachment', 'attachments', 'person'), ('company_person', 'company_persons', 'company'))
PLURALS = {name: plural for name, plural, _ in OWNED + CHILDREN}
PARENTS = {name: parent for name, _, parent in CHILDREN}
TITLES = {**dict.fromkeys(PARENTS, 'name'), 'company_person': 'role', **{name: title for name, _, title in OWNED}}
ACTIONS = ('read', 'create', 'edit', 'delete', 'export', 'assign')
# A role that says something else of each type; what it leaves out of one is as of all the others.
MIXED = {'*': dict(zip(ACTIONS, ('all', 'own', 'own', 'none', 'none', 'own'))),
         'company': dict(zip(ACTIONS, ('below', 'none', 'all', 'own', 'own', 'department'))),
         'deal': dict(zip(ACTIONS, ('department', 'below', 'own', 'all', 'none', 'all'))),
         'person': dict(zip(ACTIONS, ('all', 'department', 'below', 'department', 'none', 'none'))),
         'lead': {'edit': 'all'}, 'activity': {'read': 'own', 'create': 'all'}}
# One that sees who has a role in any company, and of these people only its own.
NAMED = {'*': dict.fromkeys(ACTIONS, 'own'), 'company': dict.fromkeys(ACTIONS, 'all')}
COMMON = ('user', 'department', 'role', 'delegation', 'pipeline', 'stage', 'tag', 'dictionary', 'field_def', 'vat_rate', 'product')
HIDDEN = {'deal': ['amount'], 'company': ['site', 'phones'], 'person': ['surname']}


class Office:
    """People of each place and each reach, and records of theirs, each called by a word of its own."""

    def __init__(self, server):
        self.server, self.admin, self.marks = server, server.token, 0
        self.departments = [self.make('department', name='Отдел')]
        self.departments += [self.make('department', name='Группа', parent=self.departments[0]),
                             self.make('department', name='Другой')]
        self.places, self.tokens, self.rights = {}, {}, {}
        self.others = others = [self.person(place) for place in range(3)]
        self.actors = {}
        for sees_all in (False, True):
            for reach in REACHES[1:4] if sees_all else REACHES:
                rights = dict.fromkeys(ACTIONS, reach)
                if sees_all:
                    rights['read'] = 'all'
                self.add_actor({'*': rights}, others)
        self.add_actor(MIXED, others)
        self.add_actor(NAMED, others)
        self.records, self.deleted, self.files = {}, {}, {}
        # Of somebody at each place things are shared, and of one more in the last nothing is.
        self.make_records(list(self.actors) + others + [self.person(2)])
        self.product = self.make('product', name=self.mark())
        self.make_shares(others[2])
        self.delegation = self.make('delegation', from_user=others[0], to_user=others[1], starts='2020-01-01', ends='2020-01-02')
        self.hidden = [Hidden(self, reach, owner) for reach, owner in
                       (('own', None), ('department', others[0]), ('below', others[1]), ('all', others[2]))]
        role = self.make('role', name='Глава', rights=json.dumps(
            {'role': {'edit': 'all'}, '*': dict.fromkeys(ACTIONS, 'all')}))
        for number, user in enumerate(list(self.actors) + [each.user for each in self.hidden] + others):
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
            operations.append({'op': 'create', 'type': name, 'id': key, 'fields': {TITLES[name]: mark, **fields}})
            return key, mark
        for owner in owners:
            keys = {name: add(name, owner, owner=owner, **({'kind': 'note'} if name == 'activity' else {}))[0]
                    for name, _, _ in OWNED}
            for name, _, parent in CHILDREN:
                key, mark = add(name, owner, **{parent: keys[parent]})
                if name == 'attachment':
                    self.files[key] = operations[-1]['fields']['file'] = self.send(mark.encode())
                elif name == 'company_person':
                    operations[-1]['fields']['person'] = keys['person']
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

    def make_shares(self, owner):
        """To the administrator something of each, and to each something of somebody else's."""
        admin = self.server.user
        shares = [('person', owner, admin)]
        for number, user in enumerate(self.actors):
            shares += [('deal', user, admin), (OWNED[number % len(OWNED)][0], owner, user)]
        ids = self.bulk([{'op': 'create', 'type': 'share', 'fields': {
            'record_type': name, 'record': self.found[name, whose][0], 'user': user}} for name, whose, user in shares])
        self.shares = dict(zip(ids, shares))
        self.shown = {(user, self.found[name, whose][0]) for name, whose, user in shares}

    def send_edit(self, client, number, op, name, key, **fields):
        """The result of an edit as a replica sends it; each field's base and new value."""
        mutation = {**create(number), 'op': op, 'type': name, 'id': key,
                    'fields': {field: {'base': base, 'new': new} for field, (base, new) in fields.items()}}
        if op == 'command':
            mutation['command'] = 'move'
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

    def sees(self, user, name, owner):
        """By a role or a share, of the record or of what it hangs on."""
        return self.may(user, 'read', name, owner) or (user, self.found[PARENTS.get(name, name), owner][0]) in self.shown

    def visible(self, user):
        return {key for key, (name, owner, mark) in self.records.items() if self.may(user, 'read', name, owner) or
                self.found.get((name, owner)) == (key, mark) and self.sees(user, name, owner)}

    def visible_otherwise(self, user):
        """Shares, and what is deleted: that has its history, and differences."""
        return {key for key, (name, owner, _) in self.deleted.items() if self.may(user, 'read', name, owner)} | \
             {key for key, (name, owner, whom) in self.shares.items() if whom == user or self.sees(user, name, owner)}


def money(minor):
    return {'minor': minor, 'currency': 'RUB'}


class Hidden:
    """Somebody from whom fields are hidden, and records within the reach of a role: own ones, or of a colleague."""

    def __init__(self, office, reach, owner):
        self.office = office
        rights = json.dumps({'*': dict.fromkeys(ACTIONS, reach)})
        self.user = office.person(0, office.make('role', name='Не всё', rights=rights, hidden=json.dumps(HIDDEN)))
        self.owner, self.reach = owner or self.user, reach
        digit = REACHES.index(reach)
        self.amount, self.phone = 987_610_345 + 1_000 * digit, f'+7495987612{digit}'
        self.site, self.surname = office.mark(), office.mark()
        self.amounts = [str(self.amount + number) for number in range(5)]
        self.secrets = [self.site, self.surname, self.phone[2:], *self.amounts]
        self.company = self.make('company', site=self.site + '.example', phones=[{'raw': self.phone, 'e164': self.phone}])
        self.person = self.make('person', surname=self.surname)
        self.make_differences()

    def make(self, name, /, **fields):
        mark = self.office.mark()
        key = self.office.make(name, **{TITLES[name]: mark}, owner=self.owner, **fields)
        self.office.records[key] = (name, self.owner, mark)
        return key

    def make_differences(self):
        """About a hidden field, about a deletion and about a move that was to change it too."""
        office, client = self.office, str(uuid.uuid4())
        self.deal, gone, moved = (self.make('deal', amount=money(1)) for _ in range(3))
        office.bulk([{'op': 'delete', 'type': 'deal', 'id': gone, 'seq': None}])
        office.deleted[gone] = office.records.pop(gone)
        fields = json.loads(office.server.ask('GET', f'/v1/deals/{moved}')[1])['fields']
        stages = [item['id'] for item in json.loads(office.server.ask(
            'GET', f'/v1/stages?pipeline={fields["pipeline"]}&limit=50')[1])['items'] if item['id'] != fields['stage']]
        edits = [('patch', self.deal, {'amount': (money(1), money(self.amount))}),
                 ('patch', self.deal, {'amount': (money(1), money(self.amount + 1))}),
                 ('patch', gone, {'amount': (money(1), money(self.amount + 2)), 'title': (office.deleted[gone][2], 'Иначе')}),
                 ('patch', gone, {'amount': (money(1), money(self.amount + 3))}),
                 ('command', moved, {'stage': (stages[0], stages[1]), 'amount': (money(1), money(self.amount + 4))})]
        results = [office.send_edit(client, number + 1, op, 'deal', key, **fields)['status']
                   for number, (op, key, fields) in enumerate(edits)]
        assert results == ['applied', 'conflict', 'conflict', 'conflict', 'conflict'], results
