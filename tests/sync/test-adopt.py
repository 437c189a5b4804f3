# SPDX-License-Identifier: GPL-3.0-or-later
"""A company of one's own is connected to a server that has content: nothing is lost, nothing comes twice. TAP."""
import json
import sqlite3
import subprocess
import time

import processes
from processes import DIR, ENV, SERVER, TORGCTL, check, run

# What the server's entries take the place of, and what each replica writes for itself.
SHARED = ('user', 'department', 'role', 'tag', 'dictionary', 'vat_rate', 'field_def', 'pipeline', 'stage', 'own_entity',
          'production_calendar')


def ctl(name, *args, **more):
    return run(TORGCTL, '--replica', DIR / name, *args, **more)


def records(name, kind):
    rows = json.loads(ctl(name, '--json', 'list', kind, '--limit', '1000000'))
    return {row['id']: row['fields'] for row in rows}


def dangling(name):
    """References to records that are not there."""
    found = []
    with sqlite3.connect(f'file:{DIR / name}?mode=ro', uri=True) as db:
        for column, table, target in (('stage', 'deal', 'stage'), ('pipeline', 'deal', 'pipeline'), ('owner', 'deal', 'user'),
                                      ('lost_reason', 'deal', 'dictionary'), ('source', 'lead', 'dictionary'),
                                      ('owner', 'company', 'user'), ('owner', 'activity', 'user')):
            count = db.execute(f'SELECT count(*) FROM "{table}" WHERE deleted IS NULL AND "{column}" IS NOT NULL AND '
                               f'"{column}" NOT IN (SELECT id FROM "{target}")').fetchone()[0]
            found += [(table, column, count)] * (count > 0)
    return found


def main():
    ctl('company.db', 'demo', '--records', 400, '--seed', 3)
    run(SERVER, 'import', DIR / 'company.db')
    boss = json.loads(ctl('company.db', '--json', 'list', 'user', '--limit', 1))[0]
    run(SERVER, 'user', 'add', 'anna', boss['id'], stdin='correct horse\n')
    ENV['TORG_TOKEN'] = run(SERVER, 'token', 'anna').strip()
    process = subprocess.Popen([SERVER, 'serve', '--listen', '127.0.0.1:0'], env=ENV, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        check_all(f'http://127.0.0.1:{process.stdout.readline().split()[1]}', boss)
    finally:
        process.terminate()
        process.wait(20)


def check_all(address, boss):
    ctl('other.db', 'connect', address)
    ctl('other.db', 'sync')
    before = {kind: len(records('other.db', kind)) for kind in ('company', 'deal', 'person', 'lead', *SHARED)}

    # Of one's own: custom fields, one of which the server has too, a stage of one's own, a record in the bin.
    ctl('mine.db', 'demo', '--records', 700, '--seed', 8)
    (DIR / 'companies.csv').write_text('Название,Этаж,Цвет\nАльфа-Этаж,7,синий\nБета-Этаж,9,белый\n')
    fields = {'columns': {'Название': 'name', 'Этаж': '+', 'Цвет': '+'}}
    (DIR / 'map.json').write_text(json.dumps(fields))
    ctl('mine.db', 'import', '--type', 'company', '--map', DIR / 'map.json', DIR / 'companies.csv')
    (DIR / 'other.csv').write_text('Название,Этаж\nГамма-Этаж,3\n')
    (DIR / 'map2.json').write_text(json.dumps({'columns': {'Название': 'name', 'Этаж': '+'}}))
    ctl('other.db', 'import', '--type', 'company', '--map', DIR / 'map2.json', DIR / 'other.csv')
    ctl('other.db', 'sync')
    mine = {kind: records('mine.db', kind) for kind in ('company', 'deal', 'person', 'lead', 'activity')}
    gone = next(iter(mine['company']))
    with sqlite3.connect(DIR / 'mine.db') as db:
        db.execute('DELETE FROM match_key WHERE type = \'company\' AND record = (SELECT rid FROM company WHERE '
                   'lower(hex(id)) = ?)', (gone.replace('-', ''),))
        db.execute('UPDATE company SET deleted = 1750000000000000 WHERE lower(hex(id)) = ?', (gone.replace('-', ''),))
    stages = records('mine.db', 'stage')
    mine = {kind: records('mine.db', kind) for kind in ('company', 'deal', 'person', 'lead', 'activity')}
    users = records('mine.db', 'user')

    check('content is not sent unasked', '--with-content' in ctl('mine.db', 'connect', address, code=1))
    check('and nothing was changed by asking', not json.loads(ctl('mine.db', '--json', 'outbox')))
    ctl('mine.db', 'connect', '--with-content', address)
    # Edits before the first sync are part of it.
    edited = next(iter(mine['deal']))
    ctl('mine.db', 'set', edited, 'title=Edited before the first sync')
    mine['deal'][edited]['title'] = 'Edited before the first sync'
    (DIR / 'new.csv').write_text('Название\nСделано до обмена\n')
    ctl('mine.db', 'import', '--type', 'company', DIR / 'new.csv')
    mine['company'] = records('mine.db', 'company')
    # Whatever it breaks off at, it goes on from there.
    for wait in (0.05, 0.1, 0.2, 0.4):
        with subprocess.Popen([TORGCTL, '--replica', DIR / 'mine.db', 'sync'], env=ENV, stdout=subprocess.DEVNULL) as torgctl:
            time.sleep(wait)
            torgctl.kill()
    ctl('mine.db', 'sync')
    check('all is sent', not json.loads(ctl('mine.db', '--json', 'outbox')))
    waiting = json.loads(ctl('mine.db', '--json', 'attention'))
    check('nothing was refused', not waiting, json.dumps(waiting, ensure_ascii=False)[:2000])
    check('the replica is whole', ctl('mine.db', 'check'))
    ctl('other.db', 'sync')
    names = {id: fields['name'] for kind in ('user', 'stage', 'pipeline', 'dictionary', 'tag')
             for id, fields in records('other.db', kind).items()}
    names |= {id: fields['name'] for id, fields in stages.items()} | {id: fields['name'] for id, fields in users.items()}
    for kind, old in mine.items():
        there = records('other.db', kind)
        check(f'every {kind} is at the server', set(old) <= set(there), sorted(set(old) - set(there))[:5])
        lost = [(id, name, value, there[id].get(name)) for id, fields in old.items() if id in there
                for name, value in fields.items() if isinstance(value, (str, int, float, dict)) and id in there and
                not name.startswith('cf_') and name not in ('at', 'number', 'owner', 'stage', 'pipeline', 'source', 'industry', 'own_entity',
                                                           'lost_reason', 'department', 'vat', 'unit', 'category') and
                there[id].get(name) != value]
        check(f'with all that was known of each {kind}', not lost, lost[:5])
    for kind in SHARED:
        have, theirs = records('other.db', kind), before[kind]
        labels = [json.dumps([fields.get('label') or fields.get('name') or fields['date'], fields.get('dictionary'), fields.get('pipeline'),
                              fields.get('record_type')]) for fields in have.values()]
        check(f'no {kind} is there twice', len(labels) == len(set(labels)) and len(have) >= theirs,
              [label for label in labels if labels.count(label) > 1][:4])
    deals = records('other.db', 'deal')
    check('a deal stands in the stage of the same name', all(names[deals[id]['stage']] == names[fields['stage']]
                                                              for id, fields in mine['deal'].items()))
    check('no reference is broken', not dangling('mine.db') and not dangling('other.db'),
          dangling('mine.db') + dangling('other.db'))
    floors = {fields['name']: [value for name, value in fields.items() if name.startswith('cf_')]
              for fields in records('other.db', 'company').values() if 'Этаж' in fields['name']}
    check('a custom field of the same name is the same', len(records('other.db', 'field_def')) == before['field_def'] + 2 and
          sorted(map(len, floors.values())) == [1, 2], floors)
    with sqlite3.connect(f'file:{DIR}/other.db?mode=ro', uri=True) as db:
        check('what was in the bin is in the bin', db.execute(
            'SELECT deleted IS NOT NULL FROM company WHERE lower(hex(id)) = ?', (gone.replace('-', ''),)).fetchone() == (1,))
    owners = [fields['owner'] for fields in records('other.db', 'company').values() if fields['name'] == 'Сделано до обмена']
    check('it is the user of the server who works here', owners == [boss['id']], owners)

    # What is done after connecting, before anything has come, is the work of whoever signed in.
    ctl('new.db', 'connect', address)
    ctl('new.db', 'add', 'company', 'name=До первого обмена')
    (DIR / 'first.csv').write_text('Название\nИз файла до обмена\n')
    ctl('new.db', 'import', '--type', 'company', DIR / 'first.csv')
    ctl('new.db', 'sync')
    waiting = json.loads(ctl('new.db', '--json', 'attention'))
    made = {fields['name']: fields.get('owner') for fields in records('new.db', 'company').values() if 'обмена' in fields['name']}
    check('edits before the first sync are taken', not waiting and made['До первого обмена'] == boss['id'] ==
          made['Из файла до обмена'], (waiting, made))
    check('and bring no company of their own', len(records('new.db', 'user')) == len(records('other.db', 'user')))

    # A server whose first content came from here: the same records under the same ids.
    ctl('company.db', 'connect', '--with-content', address)
    one = next(iter(records('company.db', 'deal')))
    ctl('company.db', 'set', one, 'title=Newer here')
    ctl('company.db', 'sync')
    ctl('company.db', 'sync')
    waiting = json.loads(ctl('company.db', '--json', 'attention'))
    check('of the same records only what differs is asked about',
          [item['fields']['proposed'] for item in waiting] == ['"Newer here"'], waiting)
    check('and they are there once', set(records('company.db', 'deal')) == set(records('other.db', 'deal')))


try:
    main()
finally:
    processes.finish()
