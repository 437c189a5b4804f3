# SPDX-License-Identifier: GPL-3.0-or-later
"""What the people of test-faults.py do, as a seed says, and where each of their edits has to be found in the end."""
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter

TORGCTL = sys.argv[2]
ENV = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='en')
FIELDS = ('name', 'city', 'region', 'address')
# What is looked at of each type.
COLUMNS = {'company': (*FIELDS, 'site', 'tags', 'owner'), 'deal': ('stage', 'owner'), 'activity': ('body',), 'tag': ('name',)}
MISSING = 3


def as_text(value):
    """An id is sixteen bytes in the database."""
    return str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else value


class Client:
    """A replica, worked on by torgctl; @inside begins its commands."""

    def __init__(self, path, token, inside=()):
        self.path, self.token, self.inside = path, token, inside
        self.env = dict(ENV, TORG_TOKEN=token, XDG_DATA_HOME=os.path.dirname(path))

    def start(self, *args):
        return subprocess.Popen([*self.inside, TORGCTL, '--replica', self.path, *args], env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *args):
        """Its exit status, and all that it said."""
        process = self.start(*args)
        out, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1), (args, process.returncode, out, err)
        return process.returncode, out + err

    def ctl(self, *args):
        status, text = self.run(*args)
        assert status == 0, (args, text)
        return text

    def json(self, *args):
        return json.loads(self.ctl('--json', *args))

    def fields(self, record):
        return self.json('show', record)['fields']

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f'file:{self.path}?mode=ro', uri=True)) as db:
            return db.execute(sql, values).fetchall()


class Script:
    """What one person does: edits, moves, tags, notes and imports among what all know, creations, deletions, undone
    imports; and syncs that are killed."""

    def __init__(self, client, name, seed, shared):
        self.client, self.name, self.chance = client, name, random.Random(f'{seed} {name}')
        self.companies, self.deals = list(shared['company']), list(shared['deal'])
        self.stages, self.users = shared['stage'], shared['user']
        self.number, self.syncing, self.error, self.tags, self.imports = 0, None, None, [], {}
        self.acknowledged, self.unsure, self.sentences, self.undone, self.missed = [], set(), set(), set(), 0
        self.counts = Counter()

    def make_text(self):
        self.number += 1
        return f'{self.name}-{self.number:03}'

    def edit(self, *args, **said):
        """An edit that may be killed; what torgctl said is done is noted. None where it was not."""
        process = self.client.start(*args)
        if self.chance.random() < 0.1:
            time.sleep(self.chance.uniform(0, 0.06))
            process.kill()
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            if 'op' in said:
                self.acknowledged.append(dict(said, id=said.get('id') or out.strip()))
            return out.strip()
        # What it is about can have gone out of view since it was chosen.
        if process.returncode == MISSING:
            self.missed += 1
        else:
            assert process.returncode == -signal.SIGKILL, (args, process.returncode, out, err)
            self.unsure.add(said.get('value'))
        return None

    def create(self):
        text = self.make_text()
        record = self.edit('add', 'company', f'name={text}', f'site=https://{text}.example', op='create', type='company', value=text)
        if record:
            self.companies.append(record)

    def set(self):
        record, text, field = self.chance.choice(self.companies), self.make_text(), self.chance.choice(FIELDS)
        self.edit('set', record, f'{field}={text}', op='set', type='company', field=field, value=text, id=record)

    def move(self):
        record = self.chance.choice(self.deals)
        # What is so already is no edit.
        stage = self.chance.choice([stage for stage in self.stages if stage != self.look('deal', record, 'stage')])
        self.edit('set', record, f'stage={stage}', op='move', type='deal', field='stage', value=stage, id=record)

    def assign(self):
        """To another one, so that it can go out of somebody's view, or come into it."""
        name, records = self.chance.choice((('company', self.companies), ('deal', self.deals)))
        record = self.chance.choice(records)
        user = self.chance.choice([user for user in self.users if user != self.look(name, record, 'owner')])
        self.edit('set', record, f'owner={user}', op='assign', type=name, field='owner', value=user, id=record)

    def look(self, name, record, column):
        """What stands there in the replica now; None where nothing does, or where the record is not to be seen."""
        rows = self.client.query(f'SELECT {column} FROM {name} WHERE id = ?', uuid.UUID(record).bytes)
        return as_text(rows[0][0]) if rows else None

    def list_tags(self, record):
        return json.loads(self.look('company', record, 'tags') or '[]')

    def tag(self):
        """One more on a company, a new one."""
        record, text = self.chance.choice(self.companies), self.make_text()
        tag = self.edit('add', 'tag', f'name={text}', op='create', type='tag', value=text)
        if tag:
            said = self.edit('set', record, f'tags={",".join([*self.list_tags(record), tag])}', op='tag', type='company', field='tags', value=tag, id=record)
            if said is not None:
                self.tags.append((record, tag))

    def untag(self):
        """One less."""
        record = self.chance.choice(self.companies)
        there = self.list_tags(record)
        if there:
            tag = there.pop(self.chance.randrange(len(there)))
            self.edit('set', record, f'tags={",".join(there)}', op='untag', type='company', field='tags', value=tag, id=record)

    def note(self):
        kind = self.chance.choice(('company', 'deal'))
        record, text = self.chance.choice(self.companies if kind == 'company' else self.deals), self.make_text()
        self.edit('add', 'activity', 'kind=note', f'{kind}={record}', f'body={text}', op='create', type='activity', value=text)

    def delete(self):
        record = self.chance.choice(self.companies)
        if not self.look('company', record, 'deleted'):
            self.edit('delete', record, op='delete', type='company', id=record)

    def restore(self):
        record = self.chance.choice(self.companies)
        if self.look('company', record, 'deleted'):
            self.edit('restore', record, op='restore', type='company', id=record)

    def list_imports(self):
        return {item['import_id'] for item in self.client.json('imports') if item['undone'] == 'no'}

    def bring(self):
        """Several companies of one file."""
        texts = [self.make_text() for _ in range(3)]
        path = f'{self.client.path}.{texts[0]}.csv'
        with open(path, 'w', encoding='utf-8') as table:
            table.write('Name,Web site\n' + ''.join(f'{text},https://{text}.example\n' for text in texts))
        before = self.list_imports()
        self.unsure.update(texts)
        if self.edit('import', '--type', 'company', path) is None:
            return
        self.counts['import'] += 1
        key, = self.list_imports() - before
        ids = [as_text(self.client.query('SELECT id FROM company WHERE name = ?', text)[0][0]) for text in texts]
        self.imports[key] = ids
        self.unsure.difference_update(texts)
        self.acknowledged += [{'op': 'create', 'type': 'company', 'id': record, 'value': text} for record, text in zip(ids, texts)]
        self.companies.append(ids[0])

    def undo(self):
        """All that an import brought goes, but what was changed since."""
        if self.imports:
            key = self.chance.choice(list(self.imports))
            self.undone.update(self.imports.pop(key))
            if self.edit('undo-import', key) is not None:
                self.counts['undo'] += 1

    def end_sync(self):
        if not self.syncing:
            return
        if self.chance.random() < 0.25:
            time.sleep(self.chance.uniform(0, 0.2))
            self.syncing.kill()
        out, err = self.syncing.communicate(timeout=150)
        assert self.syncing.returncode in (0, 1, -signal.SIGKILL), (self.syncing.returncode, out, err)
        if self.syncing.returncode == 1:
            self.sentences.add(err.strip())
        self.syncing = None

    def sync(self):
        """In the background, beside the next edits."""
        self.end_sync()
        self.syncing = self.client.start('sync')

    def run(self, steps, enough):
        """Some steps, and as many more as it takes until every fault has come."""
        ways = {self.set: 7, self.create: 2, self.delete: 2, self.restore: 2, self.move: 3, self.assign: 2, self.tag: 2, self.untag: 1,
                self.note: 2, self.bring: 1, self.undo: 1, self.sync: 8}
        try:
            step = 0
            while step < steps or not enough() and step < 10 * steps:
                step += 1
                self.chance.choices(list(ways), ways.values())[0]()
            self.end_sync()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.error = error


class View:
    """What a replica holds of all that was done: the records, and what history and differences say of their fields."""

    def __init__(self, client):
        self.rows, self.lines = {}, {}
        for name, columns in COLUMNS.items():
            for key, *values in client.query(f'SELECT id, {", ".join(columns)}, deleted FROM {name}'):
                self.rows[as_text(key)] = dict(zip((*columns, 'deleted'), map(as_text, values)))
        for sql in ('SELECT record, field, old, new FROM history', 'SELECT record, field, before, proposed FROM conflict',
                    'SELECT record, field, NULL, along FROM conflict WHERE along IS NOT NULL'):
            for record, field, old, new in client.query(sql):
                self.lines.setdefault((as_text(record), field), []).append((old or '', new or ''))

    def has_trace(self, edit):
        """Whether an edit is in the value, in history or in a difference."""
        row, lines = self.rows.get(edit['id']), self.lines.get((edit['id'], edit.get('field', 'deleted')), [])
        if row is None or edit['op'] == 'create':
            return row is not None
        # Of a deletion that met a newer edit the difference says more than that it was one.
        whole = [new for _, new in self.lines.get((edit['id'], 'deleted'), []) if new.startswith('{')]
        if edit['op'] in ('delete', 'restore'):
            return bool(row['deleted']) == (edit['op'] == 'delete') or bool(lines)
        value = edit['value']
        if edit['op'] == 'untag':
            return value not in (row['tags'] or '') or any(value in old and value not in new for old, new in lines) or \
                any('"tags"' in text for text in whole)
        return value in (row[edit['field']] or '') or any(value in old + new for old, new in lines) or \
            any(value in text for text in whole)


def find_lost(scripts, clients, hidden):
    """The acknowledged edits that are nowhere: not in the value, nor in history, a difference or Requires attention. The
    first replica sees all; in each other one is what it sees of these, but for the fields that are @hidden there."""
    views, lost = [View(client) for client in clients], []
    for script, client in zip(scripts, clients):
        items = client.json('attention')
        attention = json.dumps(items, ensure_ascii=False)
        made = json.dumps([item for item in items if '"create"' in json.dumps(item)])
        for edit in script.acknowledged:
            if edit['id'] in made if edit['op'] == 'create' else edit.get('value', edit['id']) in attention:
                continue
            # What was imported, not sent and undone never was.
            if edit['id'] in script.undone and edit['id'] not in views[0].rows:
                continue
            for number, view in enumerate(views):
                concerns = number == 0 or edit['id'] in view.rows and edit.get('field') not in hidden[number]
                if concerns and not view.has_trace(edit):
                    lines = view.lines.get((edit['id'], edit.get('field', 'deleted')))
                    beside = [(other.name, each['op'], each.get('value')) for other in scripts for each in other.acknowledged if each['id'] == edit['id']]
                    told = [item for item in items if edit['id'] in json.dumps(item)]
                    lost.append((script.name, number, edit, view.rows.get(edit['id']), lines, beside, told))
    return lost
