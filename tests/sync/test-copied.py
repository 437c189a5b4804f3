# SPDX-License-Identifier: GPL-3.0-or-later
"""A replica that lives twice, since somebody copied its folder to another computer: both go on, nothing is lost, and one of
them is another client from then on. TAP."""
import json
import shutil
import sqlite3

import processes
from processes import DIR, SERVER, TORGCTL, Replica, Server, run, test

run(TORGCTL, '--replica', DIR / 'demo.db', 'demo', '--records', 300, '--seed', 3)
run(SERVER, 'import', DIR / 'demo.db')
users = [user['id'] for user in json.loads(run(TORGCTL, '--replica', DIR / 'demo.db', '--json', 'list', 'user'))]
run(SERVER, 'user', 'add', 'anna', users[0], stdin='correct horse\n')
run(SERVER, 'user', 'add', 'boris', users[1], stdin='correct horse\n')
server = Server()
TOKENS = [run(SERVER, 'token', login).strip() for login in ('anna', 'boris')]
other = Replica('other.db', TOKENS[1])
other.ctl('connect', f'http://127.0.0.1:{server.port}')
other.ctl('sync')


def pair(name):
    """A replica with something that waits and something that was sent, and a copy of its files."""
    one = Replica(f'{name}.db', TOKENS[0])
    one.ctl('connect', f'http://127.0.0.1:{server.port}')
    one.ctl('sync')
    add(one, f'{name} was sent')
    one.ctl('sync')
    add(one, f'{name} waited')
    twin = Replica(f'{name}-twin.db', TOKENS[0])
    for file in DIR.glob(f'{name}.db*'):
        if file.is_file():
            shutil.copyfile(file, DIR / file.name.replace(f'{name}.db', f'{name}-twin.db'))
    assert client(one) == client(twin)
    return one, twin


def ask(replica, sql):
    with sqlite3.connect(f'file:{replica.path}?mode=ro', uri=True) as db:
        return db.execute(sql).fetchall()


def client(replica):
    return ask(replica, "SELECT value FROM sync_state WHERE name = 'client'")[0][0]


def add(replica, name):
    return replica.ctl('add', 'company', f'name={name}').strip()


def names(replica, start):
    return sorted(row['fields']['name'] for row in replica.json('list', 'company', '--limit', 5000) if row['fields']['name'].startswith(start))


def same(*replicas):
    """All have the same, unsent is nothing, and each is whole."""
    for _ in range(2):
        for replica in replicas:
            replica.ctl('sync')
    rows = [[ask(replica, f'SELECT hex(id), seq, deleted, {fields} FROM "{table}" ORDER BY id') for table, fields in (
        ('company', 'name, city'), ('deal', 'title, note'), ('history', 'field, old, new'), ('conflict', 'proposed, state'))] for replica in replicas]
    assert all(row == rows[0] for row in rows)
    for replica in replicas:
        assert replica.json('outbox') == []
        replica.ctl('check')


@test('both send what waited in both, once, and what each wrote since')
def both():
    one, twin = pair('Pair')
    wanted = ['Pair waited', 'Pair was sent']
    for n in range(3):
        wanted.append(f'Pair of one {n}')
        add(one, wanted[-1])
    for n in range(5):
        wanted.append(f'Pair of the twin {n}')
        add(twin, wanted[-1])
    twin.ctl('sync')
    one.ctl('sync')
    assert client(one) != client(twin)
    same(one, twin, other)
    assert names(other, 'Pair') == sorted(wanted), names(other, 'Pair')
    assert [replica.json('attention') for replica in (one, twin)] == [[], []]


@test('and go on side by side, each under an id of its own that it keeps')
def go_on():
    one, twin = pair('Turns')
    wanted, ids = ['Turns waited', 'Turns was sent'], []
    for n in range(6):
        for replica, whose in ((one, 'one'), (twin, 'the twin')):
            for i in range(1 + (n + (replica is twin)) % 3):
                wanted.append(f'Turns {n}.{i} of {whose}')
                add(replica, wanted[-1])
            replica.ctl('sync')
        ids.append({client(one), client(twin)})
    assert len(ids[-1]) == 2 and all(pair_of == ids[1] for pair_of in ids[1:]), ids
    same(one, twin, other)
    assert names(other, 'Turns') == sorted(wanted), names(other, 'Turns')


@test('what both change of the same is a difference, as between any two')
def differ():
    one, twin = pair('Differs')
    deal = one.json('list', 'deal', '--limit', 1)[0]['id']
    one.ctl('set', deal, 'title=Of one', 'note=Of one')
    twin.ctl('set', deal, 'title=Of the twin')
    one.ctl('sync')
    twin.ctl('sync')
    same(one, twin)
    waiting = twin.json('attention')
    assert [item['fields']['proposed'] for item in waiting if item['fields'].get('record') == deal] == ['"Of the twin"'], waiting
    fields = twin.json('show', deal)['fields']
    assert (fields['title'], fields['note']) == ('Of one', 'Of one'), fields


@test('one that only reads takes nothing from the other: not what became of its edits')
def reads():
    one, twin = pair('Reads')
    company = other.json('list', 'company', '--limit', 1)[0]['id']
    run(SERVER, 'role', 'add', 'Head')
    for words in (('set', 'Head', '*', '*', 'all'), ('set', 'Head', 'role', 'edit', 'all'), ('give', 'boris', 'Head'), ('add', 'Reader'),
                  ('set', 'Reader', '*', 'read', 'all'), ('give', 'anna', 'Reader')):
        run(SERVER, 'role', *words)
    one.ctl('set', company, 'city=Refused')
    # The copy asks first and after, with what waits in both refused too.
    twin.ctl('sync')
    one.ctl('sync')
    twin.ctl('sync')
    same(one, twin, other)
    assert names(other, 'Reads') == ['Reads was sent'], names(other, 'Reads')
    said = json.dumps(one.json('attention'))
    assert 'Refused' in said and 'Reads waited' in said, said
    assert 'Reads waited' in json.dumps(twin.json('attention')), twin.json('attention')


server.stop()
processes.finish()
