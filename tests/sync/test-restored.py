# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is put back to a backup: what was sent since comes again, however much it is, and nothing goes here. TAP."""
import json
import shutil

import processes
from processes import DIR, SERVER, TORGCTL, Replica, Server, run, test

N = 700
STORE = DIR / 'server.db'

run(TORGCTL, '--replica', DIR / 'demo.db', 'demo', '--records', 300, '--seed', 3)
run(SERVER, 'import', DIR / 'demo.db')
users = [user['id'] for user in json.loads(run(TORGCTL, '--replica', DIR / 'demo.db', '--json', 'list', 'user'))]
run(SERVER, 'user', 'add', 'anna', users[0], stdin='correct horse\n')
run(SERVER, 'user', 'add', 'boris', users[1], stdin='correct horse\n')
server = Server()
PORT = server.port
mine = Replica('mine.db', run(SERVER, 'token', 'anna').strip())
other = Replica('other.db', run(SERVER, 'token', 'boris').strip())
for replica in (mine, other):
    replica.ctl('connect', f'http://127.0.0.1:{PORT}')
    replica.ctl('sync')


def make_backup():
    """With the server stopped, all is in one file."""
    global server
    server.stop()
    shutil.copyfile(STORE, DIR / 'backup.db')
    server = Server(PORT)


def put_back():
    global server
    server.stop()
    for end in ('-wal', '-shm'):
        (DIR / f'server.db{end}').unlink(missing_ok=True)
    shutil.copyfile(DIR / 'backup.db', STORE)
    server = Server(PORT)


def get_fields(replica, record):
    return replica.json('show', record)['fields']


@test('what was sent after the backup, more than a batch and a page hold at once, is sent again and stays')
def sent_again():
    make_backup()
    table = DIR / 'companies.csv'
    table.write_text('Name,City\n' + ''.join(f'Firm {n},City {n}\n' for n in range(N)), encoding='utf-8')
    mine.ctl('import', '--type', 'company', table)
    mine.ctl('sync')
    firms = {row['fields']['name']: row['id'] for row in mine.json('list', 'company', '--limit', 5000)
             if row['fields']['name'].startswith('Firm ')}
    assert len(firms) == N and mine.json('outbox') == [], len(firms)
    mine.ctl('set', firms[f'Firm {N - 1}'], 'city=Edited')
    mine.ctl('sync')
    other.ctl('sync')
    assert get_fields(other, firms[f'Firm {N - 1}'])['city'] == 'Edited'
    put_back()
    waiting = mine.ctl('add', 'company', 'name=Firm that waits').strip()
    mine.ctl('sync')
    assert mine.json('attention') == [] and mine.json('outbox') == [], mine.json('attention')[:2]
    other.ctl('sync')
    for replica in (mine, other):
        rows = {row['id']: row['fields'] for row in replica.json('list', 'company', '--limit', 5000)}
        assert sum(record in rows for record in firms.values()) == N, 'a firm went'
        assert rows[firms[f'Firm {N - 1}']]['city'] == 'Edited' and waiting in rows
        replica.ctl('check')


@test('a deletion that waits asks about what somebody changed in the server that was put back')
def asks():
    make_backup()
    company = mine.json('list', 'company', '--limit', 1)[0]['id']
    for n in range(30):
        mine.ctl('set', company, f'city=City {n}')
        mine.ctl('sync')
    put_back()
    mine.ctl('delete', company)
    other.ctl('set', company, 'city=Of the other')
    other.ctl('sync')
    mine.ctl('sync')
    assert get_fields(mine, company)['city'] == get_fields(other, company)['city']
    assert any(item.get('field') == 'deleted' or item.get('fields', {}).get('field') == 'deleted'
               for item in mine.json('attention')), mine.json('attention')


@test('so does one whose number fits, since nothing else was sent from here')
def asks_before():
    make_backup()
    company = mine.json('list', 'company', '--limit', 3)[2]['id']
    for n in range(5):
        other.ctl('set', other.json('list', 'company', '--limit', 5)[4]['id'], f'city=Beside {n}')
        other.ctl('sync')
    mine.ctl('sync')
    n_before = len(mine.json('attention'))
    put_back()
    mine.ctl('delete', company)
    other.ctl('set', company, 'city=Newer')
    other.ctl('sync')
    mine.ctl('sync')
    assert get_fields(mine, company)['city'] == 'Newer' == get_fields(other, company)['city']
    assert len(mine.json('attention')) == n_before + 1, mine.json('attention')


@test('what was rejected is not sent again')
def rejected():
    for words in (('add', 'Reader'), ('set', 'Reader', '*', 'read', 'all'), ('give', 'anna', 'Reader')):
        run(SERVER, 'role', *words)
    company = other.json('list', 'company', '--limit', 1)[0]['id']
    before = get_fields(other, company).get('city')
    n_before = len(mine.json('attention'))
    make_backup()
    mine.ctl('set', company, 'city=Not allowed')
    mine.ctl('sync')
    assert len(mine.json('attention')) == n_before + 1, mine.json('attention')
    other.ctl('set', other.json('list', 'company', '--limit', 2)[1]['id'], 'city=Another')
    other.ctl('sync')
    put_back()
    run(SERVER, 'role', 'set', 'Reader', '*', 'edit', 'all')
    mine.ctl('sync')
    mine.ctl('sync')
    other.ctl('sync')
    assert get_fields(other, company).get('city') == before, 'what was rejected took effect'


server.stop()
processes.finish()
