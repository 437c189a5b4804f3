# SPDX-License-Identifier: GPL-3.0-or-later
"""Two replicas and a server, as real processes: what is edited offline comes together, and a difference is told. TAP."""
import json
import signal
import sqlite3

import processes
from processes import DIR, SERVER, TORGCTL, Server, check, run


class Replica(processes.Replica):
    def rows(self, table, columns='*'):
        with sqlite3.connect(f'file:{self.path}?mode=ro', uri=True) as db:
            return db.execute(f'SELECT {columns} FROM "{table}" ORDER BY id').fetchall()


def user_names():
    demo = run(TORGCTL, '--replica', DIR / 'demo.db', '--json', 'list', 'user', '--limit', '2')
    return [record['fields']['name'] for record in json.loads(demo)]


def main():
    run(TORGCTL, '--replica', DIR / 'demo.db', 'demo', '--records', 1000, '--seed', 3)
    run(SERVER, 'import', DIR / 'demo.db')
    check('a server with content takes no other', 'already' in run(SERVER, 'import', DIR / 'demo.db', code=1))
    tokens = []
    for login, name in zip(('anna', 'boris'), user_names()):
        run(SERVER, 'user', 'add', login, name, stdin='correct horse\n')
        tokens.append(run(SERVER, 'token', login).strip())
    check('logins are listed', run(SERVER, 'user', 'list').split('\n')[0].startswith('anna\t'))
    server = Server()
    address = f'http://127.0.0.1:{server.port}'
    one, two = Replica('one.db', tokens[0]), Replica('two.db', tokens[1])
    for replica in (one, two):
        replica.ctl('connect', address)
        replica.ctl('sync')
    count = one.json('count', 'deal')['count']
    check('the first sync brings the company', count > 50 and count == two.json('count', 'deal')['count'], count)
    check('and is whole', one.ctl('check') and two.ctl('check'))

    deal = one.json('list', 'deal', '--limit', 1)[0]['id']
    anna = next(user for user in one.json('list', 'user') if user['fields']['name'] == user_names()[0])
    one.ctl('set', deal, f"owner={anna['id']}")
    one.ctl('sync')
    two.ctl('sync')
    port = server.port
    check('the server stops when asked to', server.stop() == 0)
    one.ctl('set', deal, 'title=From one')
    two.ctl('set', deal, 'title=From two', 'note=Kept')
    text = one.ctl('sync', code=1)
    check('without a server nothing is lost, and it says so', 'nothing is lost' in text, text)
    check('the edit waits', len(one.json('outbox')) == 1, one.json('outbox'))

    server = Server(port)
    one.ctl('sync')
    two.ctl('sync')
    one.ctl('sync')
    waiting = two.json('attention')
    check('a difference needs a decision', len(waiting) == 1 and waiting[0]['fields']['proposed'] == '"From two"', waiting)
    check('and the owner of the record sees it too', one.json('attention') == waiting and
          'proposes for “Title”: From two' in one.ctl('attention') and 'you wrote From two' in two.ctl('attention'),
          one.ctl('attention'))
    check('the first to arrive stays', two.json('show', deal)['fields']['title'] == 'From one')
    check('what does not differ is merged', one.json('show', deal)['fields']['note'] == 'Kept')
    check('both are equal', one.rows('deal', 'hex(id), seq, title, note, stage') == two.rows('deal', 'hex(id), seq, title, note, stage'))
    check('history is the same on both', one.rows('history', 'hex(id), seq, field, old, new') == two.rows('history', 'hex(id), seq, field, old, new'))

    one.ctl('set', waiting[0]['id'], 'state=kept')
    check('what the owner has settled is settled there at once', one.json('attention') == [])
    one.ctl('sync')
    two.ctl('sync')
    check('and for who proposed it after a sync', two.json('attention') == [], two.json('attention'))

    check('a dead server loses nothing', server.stop(signal.SIGKILL) != 0)
    server = Server(port)
    two.ctl('set', deal, 'title=After the crash')
    two.ctl('sync')
    one.ctl('sync')
    check('and goes on', one.json('show', deal)['fields']['title'] == 'After the crash')

    check('a wrong key asks to sign in', 'Sign in again' in run(TORGCTL, '--replica', one.path, 'sync', token='x', code=1))
    check('plain http is for this machine alone', 'https' in
          run(TORGCTL, '--replica', DIR / 'three.db', 'connect', 'http://example.com', token='x', code=1))
    check('no address is no address', 'no address' in
          run(TORGCTL, '--replica', DIR / 'three.db', 'connect', 'example', token='x', code=1))
    check('a replica with content is not connected', 'Connect new data' in
          run(TORGCTL, '--replica', DIR / 'demo.db', 'connect', address, token=tokens[0], code=1))
    server.stop()
    log = (DIR / 'log').read_text()
    check('the log is JSON without secrets', all(json.loads(line) for line in log.splitlines() if line.startswith('{'))
          and not any(token in log for token in tokens) and 'From one' not in log)


try:
    main()
finally:
    processes.finish()
