#!/usr/bin/env python3
"""Several accounts in one program: each its own data, server, window and trouble."""
import json
import os
import sqlite3
import subprocess

import torgdisplay
from test_signing import open_keyring
from test_sync import Server
from torgdisplay import APP, CTL, Failure


def host(server):
    return server.address.removeprefix('http://')


def ctl(session, account, *arguments, code=0):
    """What a terminal does with an account."""
    done = subprocess.run([CTL, '--account', str(account), *arguments], capture_output=True, text=True)
    if done.returncode != code:
        raise Failure(f'{arguments}: {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout


def accounts():
    return {account['account']: account
            for account in json.loads(subprocess.run([CTL, '--json', 'accounts'], capture_output=True, text=True, check=True).stdout)}


def titles(session, account):
    return {deal['title'] if 'title' in deal else deal['fields']['title']
            for deal in json.loads(ctl(session, account, '--json', 'list', 'deal', '--limit', '5000'))}


def frames(session):
    return {frame.get_name(): frame for frame in session.frames()}


def frame(session, words, timeout=20):
    """The window whose title has these words."""
    found = []

    def look():
        found[:] = [node for name, node in frames(session).items() if words in name]
        return bool(found)

    session.wait(look, f'a window {words}', timeout)
    return found[0]


def active_title():
    return subprocess.run(['xdotool', 'getactivewindow', 'getwindowname'], capture_output=True, text=True).stdout.strip()


def state(session, words, title, timeout=30):
    return session.find(contains=words, role='toggle button', within=frame(session, title), timeout=timeout)


def connect(session, server, key=0):
    """On the page of the first run, whose window may still be on its way to the screen."""
    for _ in range(3):
        session.click('Подключиться к серверу компании', role='list item')
        try:
            session.find('Адрес', role='text', timeout=4)
            break
        except Failure:
            continue
    session.find('Адрес', role='text')
    session.type(server.address)
    session.key('Tab')
    session.type(server.keys[key])
    session.key('Return')


def open_dialog(session):
    session.key('ctrl+u')
    session.find(contains='своё окно', role='label')


def add(session, server, key=0):
    open_dialog(session)
    session.click('Добавить…', role='button')
    connect(session, server, key)
    session.wait(lambda: host(server) in active_title(), 'the second window', 30)


def go_to(session, words):
    open_dialog(session)
    session.click(contains=words, role='list item')
    session.wait(lambda: words in active_title(), f'the window of {words}')
    session.settle()


def add_deal(session, title):
    """By the keyboard, so in the window in front."""
    session.key('alt+1', 'ctrl+n', pause=0.6)
    session.type(title)
    session.key('Return', pause=1.0)
    session.key('Escape', pause=0.5)


def as_colleague(session, server, *arguments):
    """What the server's second user sees now."""
    path = session.home / f'{server.port}.db'
    server.env['TORG_TOKEN'] = server.keys[1]
    if not path.exists():
        server.run(CTL, '--replica', path, 'connect', server.address)
    server.run(CTL, '--replica', path, 'sync')
    return server.run(CTL, '--replica', path, *arguments)


def two_servers(session):
    open_keyring(session)
    session.servers = [Server(session), Server(session, name='second', seed=9, records=400)]


def two_accounts(session):
    """Connected before, as a terminal can do it too."""
    two_servers(session)
    folder = session.home / 'data/torg'
    (folder / 'accounts/2').mkdir(parents=True)
    for server, path in zip(session.servers, (folder / 'replica.db', folder / 'accounts/2/replica.db')):
        subprocess.run([CTL, '--replica', path, 'connect', server.address], input=server.keys[0] + '\n', text=True, check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([CTL, '--replica', path, 'sync'], check=True, stdout=subprocess.DEVNULL)
    session.settings['accounts'] = ['1', '2']
    session.write_settings()


def menu(session, words, place):
    """Opens the menu of an account, and chooses what stands at a place; a menu's items have no names for AT-SPI."""
    session.click(f'Действия: {words}', role='toggle button')
    session.settle(0.5)
    session.key(*['Down'] * place, 'Return')


def shot(session, name):
    if 'TORG_SHOTS' in os.environ:
        session.settle(0.8)
        session.shot(f'{os.environ["TORG_SHOTS"]}/{name}.png')


def adds_a_second_one(session):
    """Both sync at once, neither shows anything of the other, and both are there after a new start."""
    one, two = session.servers
    connect(session, one)
    state(session, 'Всё отправлено', 'Torg')
    add(session, two)
    for server in session.servers:
        state(session, 'Всё отправлено', host(server))
    if len(frames(session)) != 2:
        raise Failure(f'not two windows: {list(frames(session))}')
    shot(session, 'second')
    add_deal(session, 'Only in the second')
    session.wait(lambda: 'Only in the second' in titles(session, 2), 'the deal')
    go_to(session, host(one))
    shot(session, 'first')
    add_deal(session, 'Only in the first')
    session.wait(lambda: 'Only in the first' in titles(session, 1), 'the deal')
    for server, name in zip(session.servers, ('Only in the first', 'Only in the second')):
        state(session, 'Всё отправлено', host(server))
        session.wait(lambda: not any(account['unsent'] for account in accounts().values()), 'all of it sent', 20)
        if not json.loads(as_colleague(session, server, '--json', 'search', name)):
            raise Failure(f'{name} did not come to its server')
    if 'Only in the first' in titles(session, 2) or 'Only in the second' in titles(session, 1):
        raise Failure('the accounts know of each other')
    session.quit()
    session.launch()
    for server in session.servers:
        state(session, 'Всё отправлено', host(server))
    open_dialog(session)
    for server in session.servers:
        row = session.find(contains=host(server), role='list item')
        if 'Всё отправлено' not in session.find(contains=server.names[0], role='label', within=row).get_name():
            raise Failure(f'{server.address} does not say how it is')
    shot(session, 'dialog')


def signs_out_of_one(session):
    """The other one goes on, with what it has not sent; names are the user's own."""
    one, two = session.servers
    for server in session.servers:
        state(session, 'Всё отправлено', host(server))
    two.stop()
    company = json.loads(ctl(session, 2, '--json', 'list', 'company', '--limit', '1'))[0]['id']
    ctl(session, 2, 'set', company, 'name=Another name')
    state(session, 'Нет связи с', host(two), 40)
    open_dialog(session)
    row = session.find(contains=host(two), role='list item')
    session.find(contains='1 не отправлено · Нет связи с', role='label', within=row, timeout=20)
    shot(session, 'unsent')
    menu(session, host(two), 0)
    session.find('Название учётной записи', role='label')
    session.type('Other company')
    session.key('Return')
    session.find(contains='Other company', role='list item')
    frame(session, 'Other company – Torg')
    menu(session, host(one), 1)
    session.find('Выйти на этом компьютере?', role='label')
    if session.has(contains='Только здесь', role='label'):
        raise Failure('what the other one has not sent is told of here')
    shot(session, 'sign-out')
    session.click('Выйти', role='button')
    session.wait(lambda: len(frames(session)) == 1, 'one window', 20)
    frame(session, 'Torg')
    if (session.home / 'data/torg/replica.db').exists():
        raise Failure('the data is still here')
    if list(accounts()) != ['2'] or accounts()['2']['unsent'] != 1 or accounts()['2']['title'] != 'Other company':
        raise Failure(accounts())
    two.start()
    session.key('ctrl+shift+y')
    session.wait(lambda: accounts()['2']['unsent'] == 0, 'what waited sent', 30)
    # The place is free again.
    open_dialog(session)
    session.click('Добавить…', role='button')
    session.find('Подключиться к серверу компании', role='list item', timeout=20)
    if (session.home / 'data/torg/accounts/3').exists():
        raise Failure('an account too many')
    shot(session, 'added')


def one_closes(session):
    """The other window goes on, and is the one that opens next time; the terminal opens the first one there."""
    one, two = session.servers
    for server in session.servers:
        state(session, 'Всё отправлено', host(server))
    go_to(session, host(one))
    session.key('alt+F4')
    session.wait(lambda: len(frames(session)) == 1, 'one window')
    frame(session, host(two))
    add_deal(session, 'After the other one')
    session.wait(lambda: 'After the other one' in titles(session, 2) and accounts()['2']['unsent'] == 0, 'the deal sent', 20)
    session.quit()
    session.launch()
    frame(session, host(two))
    if len(frames(session)) != 1:
        raise Failure(list(frames(session)))
    for text in ('1', host(one), str(session.home / 'data/torg/replica.db')):
        if subprocess.run([APP, '--account', text], timeout=20).returncode:
            raise Failure(f'--account {text} failed')
        session.wait(lambda: host(one) in active_title(), 'the first one')
        go_to(session, host(two))
    if len(frames(session)) != 2:
        raise Failure(list(frames(session)))
    unknown = subprocess.run([APP, '--account', 'nobody'], timeout=20, capture_output=True, text=True)
    if unknown.returncode != 1 or 'nobody' not in unknown.stderr:
        raise Failure(f'{unknown.returncode} {unknown.stderr}')
    session.quit()
    unknown = subprocess.run([APP, '--account', 'nobody'], timeout=20, capture_output=True, text=True)
    if unknown.returncode != 1 or 'nobody' not in unknown.stderr:
        raise Failure(f'alone: {unknown.returncode} {unknown.stderr}')
    session.launch('--account', '2')
    frame(session, host(two))
    if len(frames(session)) != 1:
        raise Failure(list(frames(session)))
    # Signing out of one that is not open shows it first.
    open_dialog(session)
    session.find(contains='Не открыта · Всё отправлено', role='label', within=session.find(contains=host(one), role='list item'))
    menu(session, host(one), 1)
    frame(session, host(one))
    session.find('Выйти на этом компьютере?', role='label')
    session.key('Escape')
    if '1' not in accounts():
        raise Failure('it was removed unasked')


def hand_over_a_key(session):
    """As a service does, for the account that it names."""
    two_accounts(session)
    os.environ['TORG_TOKEN'] = session.servers[1].keys[0]
    session.arguments = ['--account', '2']


def keys_are_not_shared(session):
    """A key that is handed over is that account's; the other one uses its own."""
    one, two = session.servers
    state(session, 'Всё отправлено', host(two))
    go_to(session, host(one))
    state(session, 'Всё отправлено', host(one))
    add_deal(session, 'With its own key')
    session.wait(lambda: 'With its own key' in titles(session, 1) and accounts()['1']['unsent'] == 0, 'the deal sent', 20)


def lock_second(session):
    two_accounts(session)
    session.servers[1].stop()
    with sqlite3.connect(session.home / 'data/torg/accounts/2/replica.db') as db:
        db.execute("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'")


def one_is_locked(session):
    """What is too old to be shown is one account's trouble."""
    one, two = session.servers
    state(session, 'Всё отправлено', host(one))
    session.find('Слишком долго не было связи', role='label', within=frame(session, host(two)))
    go_to(session, host(one))
    add_deal(session, 'Still works')
    session.wait(lambda: 'Still works' in titles(session, 1), 'the deal')
    open_dialog(session)
    row = session.find(contains=host(two), role='list item')
    session.find(contains='Слишком долго не было связи', role='label', within=row)
    shot(session, 'locked')
    session.key('Escape')
    two.start()
    session.click('Попробовать снова', role='button', within=frame(session, host(two)))
    state(session, 'Всё отправлено', host(two))


def twins_are_refused(session):
    """Who is here already is not connected once more; a colleague at the same server is."""
    one, _ = session.servers
    connect(session, one)
    state(session, 'Всё отправлено', 'Torg')
    open_dialog(session)
    session.click('Добавить…', role='button')
    connect(session, one)
    session.find(contains='уже есть на этом компьютере', role='label')
    session.key('ctrl+a')
    session.type(one.keys[1])
    session.key('Return')
    session.wait(lambda: len([a for a in accounts().values() if a['server'] == one.address]) == 2, 'both users', 30)
    session.wait(lambda: {a['user'] for a in accounts().values()} == set(one.names), 'their names', 30)
    open_dialog(session)
    for name in one.names:
        session.find(contains=f'{name}\n', role='label')


def removes_a_demo(session):
    """What has no server can be removed too; then the other account is what is left."""
    open_dialog(session)
    session.click('Добавить…', role='button')
    session.find('Осмотреться в демо-компании', role='list item', timeout=20)
    welcome = [window for window in frames(session).values()
               if session.has('Осмотреться в демо-компании', role='list item', within=window)]
    session.click('Начать с чистого листа', role='list item', within=welcome[0])
    session.wait(lambda: '2' in accounts(), 'the second company', 20)
    session.settle(1)
    open_dialog(session)
    session.click('Действия: На этом компьютере', role='toggle button', place=1)
    session.settle(0.5)
    session.key('Return')
    session.find('Название учётной записи', role='label')
    session.type('Mine')
    session.key('Return')
    session.find(contains='Mine', role='list item')
    menu(session, 'Mine', 1)
    session.find('Удалить с этого компьютера?', role='label')
    session.find(contains='потеряно навсегда', role='label')
    session.click('Удалить', role='button')
    session.wait(lambda: list(accounts()) == ['1'], 'the second company gone', 20)
    session.wait(lambda: len(frames(session)) == 1, 'one window')
    if (session.home / 'data/torg/accounts/2').exists():
        raise Failure('its folder is still here')
    frame(session, 'Torg')
    session.key('alt+1', 'ctrl+n', pause=0.6)
    session.find('О чём речь?', role='text')


def spoil_second(session):
    two_accounts(session)
    for path in (session.home / 'data/torg/accounts/2').glob('replica.db*'):
        path.unlink() if path.is_file() else None
    (session.home / 'data/torg/accounts/2/replica.db').write_text('This is no database, but longer than its header. ' * 90)


def removes_what_cannot_be_read(session):
    """Nobody knows what there is; the user may remove it all the same, and the other account goes on."""
    open_dialog(session)
    session.find(contains='Этот файл данных повреждён', role='label')
    # The list is made anew while the first account comes to rest.
    session.settle(1)
    session.atspi.Action.do_action(session.find('Действия: На этом компьютере', role='toggle button'), 0)
    session.settle(0.5)
    session.key('Down', 'Return')
    session.find(contains='Данные на этом компьютере не читаются', role='label')
    shot(session, 'unread')
    session.click('Удалить', role='button')
    session.wait(lambda: not (session.home / 'data/torg/accounts/2').exists(), 'it to be gone', 20)
    if list(accounts()) != ['1']:
        raise Failure(accounts())


adds_a_second_one.prepare = two_servers
signs_out_of_one.prepare = two_accounts
one_closes.prepare = two_accounts
one_is_locked.prepare = lock_second
keys_are_not_shared.prepare = hand_over_a_key
removes_what_cannot_be_read.prepare = spoil_second
twins_are_refused.prepare = two_servers

if __name__ == '__main__':
    torgdisplay.run(adds_a_second_one, signs_out_of_one, one_closes, one_is_locked, keys_are_not_shared, twins_are_refused, removes_a_demo,
                    removes_what_cannot_be_read)
