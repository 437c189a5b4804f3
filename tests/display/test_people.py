#!/usr/bin/env python3
"""Employees in the window: somebody is invited, sets a password on the server's page, and leaves; others go on with the work."""
import json
import os
import sqlite3
import urllib.parse
import urllib.request

import test_client
import test_sync
import torgdisplay
from test_sync import state
from torgdisplay import CTL, Failure

def open_people(session):
    state(session, 'Всё отправлено')
    session.wait(lambda: 'Сотрудники' in menu_of(session), 'the item')
    session.key('Down', 'Down', 'Down', 'Return')
    session.find('Сотрудники', role='list')


def menu_of(session):
    """Opens the menu; a menu's items have no names for AT-SPI, so that they are counted."""
    session.key('F10', pause=0.5)
    items = session.find_all(role='menu item')
    if len(items) == 12:
        return 'Сотрудники'
    session.key('Escape')
    return ''


def menu(session, name, place):
    """Opens the menu of somebody's row, and chooses what stands at a place."""
    session.click(name, role='toggle button')
    session.settle(0.5)
    session.key(*['Down'] * place, 'Return')


def read_clipboard_row(session):
    """The link that is shown."""
    def look():
        return [text for node in session.find_all(contains='/invite/torg_', role='label') if (text := session.text_of(node) or node.get_name())]
    session.wait(look, 'the link')
    return look()[0]


def people(session):
    request = urllib.request.Request(f'{session.server.address}/v1/people', headers={'Authorization': f'Bearer {session.server.keys[0]}'})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return {item.get('login'): item for item in json.load(answer)['items']}


def set_password(link):
    form = urllib.parse.urlencode({'password': 'correct horse battery', 'again': 'correct horse battery'}).encode()
    with urllib.request.urlopen(link, form, timeout=20) as answer:
        return answer.read().decode()


def invites_somebody(session):
    """By keyboard alone; the link's page takes a password, with which the new colleague gets the data."""
    open_people(session)
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/people.png')
    session.click('Пригласить…', role='button')
    session.find('Имя и фамилия', role='text')
    session.type('Вера Новая')
    session.key('Tab')
    session.type('vera@example.ru')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/invite.png')
    session.key('Return')
    link = read_clipboard_row(session)
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/link.png')
    if not link.startswith(session.server.address + '/invite/'):
        raise Failure(link)
    session.key('Escape')
    session.find(contains='Приглашение до', role='label')
    session.find('Вера Новая', role='label', timeout=20)
    if 'Пароль сохранён' not in set_password(link):
        raise Failure('the page')
    if people(session)['vera@example.ru']['state'] != 'active':
        raise Failure(people(session))
    key = session.server.run(test_sync.SERVER, 'token', 'vera@example.ru').strip()
    session.server.env['TORG_TOKEN'] = key
    new = session.home / 'new.db'
    session.server.run(CTL, '--replica', new, 'connect', session.server.address)
    session.server.run(CTL, '--replica', new, 'sync')
    if json.loads(session.server.run(CTL, '--replica', new, '--json', 'count', 'deal'))['count'] < 20:
        raise Failure('nothing came')


def refuses_what_is_wrong(session):
    """An address that somebody has is told in words, and what was typed stays; without a network it is told too."""
    open_people(session)
    session.click('Пригласить…', role='button')
    session.find('Имя и фамилия', role='text')
    session.type('Анна Вторая')
    session.key('Tab')
    session.type('anna@')
    session.key('Return')
    session.find(contains='написаны неверно', role='label')
    session.server.stop()
    session.type('example.ru')
    session.key('Return')
    session.find(contains='Нет связи с сервером', role='label', timeout=20)
    session.key('Escape', 'Escape')
    session.key('F10', 'Down', 'Down', 'Down', 'Return')
    session.find(contains='Нет связи с сервером', role='label', timeout=20)
    session.server.start()
    session.click('Попробовать снова', role='button')
    session.find('Работает', role='label', timeout=20)


def closes_and_hands_over(session):
    """Somebody leaves: the account is closed, the work goes to a colleague, also at the server, and one undo brings it back."""
    name, other = session.server.names[1], session.server.names[0]
    user = next(item['id'] for item in session.json('list', 'user', '--limit', '50') if item['fields']['name'] == name)

    def count(kind):
        return session.json('count', kind, '--where', f'owner={user}')['count']
    before = {kind: count(kind) for kind in ('deal', 'company', 'person', 'activity')}
    if not before['deal'] or not before['company']:
        raise Failure(before)
    open_people(session)
    menu(session, name, 1)
    session.find(contains='закрыть вход?', role='label')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/close.png')
    session.click('Закрыть и передать дела…', role='button')
    session.find('Передать дела', role='label', timeout=20)
    session.click('Кому', role='list item')
    session.type(other)
    session.key('Return')
    session.wait(lambda: session.find_all(contains='Будет передано', role='label') or session.find_all(contains='Будут переданы', role='label') or
                 session.find_all(contains='Будет передана', role='label'), 'the sum')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/hand-over.png')
    session.click('Передать', role='button')
    session.find(contains='Дела переданы', role='label', timeout=20)
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/handed.png')
    if count('company') or count('person'):
        raise Failure('clients stayed')
    if people(session)['boris']['state'] != 'closed':
        raise Failure(people(session))
    session.key('Escape')
    state(session, 'Всё отправлено', 30)
    with sqlite3.connect(session.home / 'server.db') as db:
        if db.execute("SELECT count(*) FROM company WHERE deleted IS NULL AND owner = ?", (bytes.fromhex(user.replace('-', '')),)).fetchone() != (0,):
            raise Failure('the server has them still')
    # Closed deals stay where they are unless that is chosen; one undo brings all of it back.
    if session.json('outbox'):
        raise Failure('something waits')
    session.key('ctrl+z')
    session.wait(lambda: {kind: count(kind) for kind in before} == before, 'all of it is back', 30)
    open_people(session)
    menu(session, name, 0)
    session.wait(lambda: people(session)['boris']['state'] == 'active', 'the account is open', 20)


def closes_and_gives_forms(session):
    """Whose forms of the site are named at the closing: a colleague takes them on with the work, and no lead is lost."""
    name, other = session.server.names[1], session.server.names[0]
    key = session.server.run(test_sync.SERVER, 'form', 'add', 'Заявка с сайта', '--owner', 'boris', '--plain').strip()
    session.server.run(test_sync.SERVER, 'webhook', 'add', 'boris', 'https://hook.example/secret')

    def owners():
        return {line.split('\t')[-1] for what in ('form', 'webhook') for line in session.server.run(test_sync.SERVER, what, 'list').splitlines()}
    open_people(session)
    menu(session, name, 1)
    session.find(contains='«Заявка с сайта»', role='label')
    session.find(contains='«https://hook.example»', role='label')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/close-forms.png')
    session.click('Закрыть и передать дела…', role='button')
    session.find('Кому формы и вебхуки', role='label')
    session.settle(0.5)
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/taker.png')
    # Whoever thinks better of it has changed nothing.
    session.key('Escape')
    session.settle(0.5)
    if people(session)['boris']['state'] != 'active' or owners() != {'boris'}:
        raise Failure((people(session), owners()))
    menu(session, name, 1)
    session.click('Закрыть и передать дела…', role='button')
    session.find('Кому формы и вебхуки', role='label')
    session.type(other)
    session.key('Return')
    session.find('Передать дела', role='label', timeout=20)
    # Whoever takes them on is who takes the work on.
    session.find(other, role='label')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/hand-over-after.png')
    if people(session)['boris']['state'] != 'closed' or owners() != {'anna'}:
        raise Failure((people(session), owners()))
    session.key('Escape')
    form = urllib.parse.urlencode({'phone': '+79120000001'}).encode()
    with urllib.request.urlopen(f'{session.server.address}/intake/{key}', form, timeout=20) as answer:
        if json.load(answer) != {'ok': True}:
            raise Failure('the lead')
    # Given to a colleague without closing anything.
    user = rest(session, 'POST', 'users', {'fields': {'name': 'Вера Третья'}})
    session.server.run(test_sync.SERVER, 'user', 'add', 'vera', user['id'], stdin='correct horse\n')
    session.find('Вера Третья', role='label', timeout=30)
    menu(session, other, 2)
    session.find('Кому формы и вебхуки', role='label')
    session.type('Вера Третья')
    session.key('Return')
    session.find(contains='Формы и вебхуки переданы', role='label', timeout=20)
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/given.png')
    if owners() != {'vera'}:
        raise Failure(owners())


def says_who_exported(session):
    """What a colleague wrote to a file is there for the head, with the amount."""
    open_people(session)
    session.click('Выгрузки', role='button')
    session.find('Выгрузок не было', role='label')
    session.key('Escape')
    session.server.other('export', '--type', 'company', session.home / 'taken.csv')
    n = json.loads(session.server.other('--json', 'count', 'company'))['count']
    session.server.other('sync')
    session.wait(lambda: session.json('exports'), 'the note', 30)
    session.click('Выгрузки', role='button')
    session.find(contains=f'Компании · {n} ', role='label')
    session.find(contains=session.server.names[1], role='label')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/exports.png')


def rest(session, method, path, body):
    request = urllib.request.Request(f'{session.server.address}/v1/{path}', json.dumps(body).encode(), method=method, headers={
        'Authorization': f'Bearer {session.server.keys[0]}', 'Content-Type': 'application/json', 'If-Match': '*'})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def open_sharing(session):
    """Of the first deal, from its menu."""
    test_client.open_first_deal(session)
    session.press(session.find_all('Меню', role='toggle button')[-1])
    session.settle(0.5)
    session.key(*['Down'] * 5, 'Return')
    session.find('Доступ коллегам', role='label')


def shares_a_card(session):
    """A deal is shown to a colleague whose role shows him none, and no longer."""
    name = session.server.names[1]
    user = next(item['id'] for item in session.json('list', 'user', '--limit', '50') if item['fields']['name'] == name)
    rights = {'role': {'edit': 'none'}, 'deal': {'read': 'none'}, '*': {'read': 'all'}}
    role = rest(session, 'POST', 'roles', {'fields': {'name': 'Склад', 'rights': json.dumps(rights)}})['id']
    rest(session, 'PATCH', f'users/{user}', {'fields': {'role': role}})

    def seen():
        session.server.other('sync')
        return [deal['id'] for deal in json.loads(session.server.other('--json', 'list', 'deal', *test_sync.ALL))]
    if seen():
        raise Failure('he sees deals')
    open_sharing(session)
    session.find('Пока никто', role='label')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/share.png')
    session.click('Добавить…', role='button')
    session.type(name)
    session.key('Return')
    session.find(f'Закрыть доступ: {name}', role='button')
    session.shot(f'{os.environ.get("TORG_SHOTS", session.home)}/shared.png')
    session.wait(lambda: len(seen()) == 1, 'the deal', 30)
    session.click(f'Закрыть доступ: {name}', role='button')
    session.find('Пока никто', role='label')
    session.wait(lambda: not seen(), 'no deal', 30)
    session.key('Escape')
    session.key('ctrl+z')
    session.wait(lambda: len(seen()) == 1, 'the deal again', 30)


def hides_it_from_others(session):
    """Who may not edit employees has no such item in the menu."""
    state(session, 'Всё отправлено')
    session.key('F10', pause=0.5)
    if len(session.find_all(role='menu item')) != 9:
        raise Failure('it is offered')


def connect_as_a_seller(session):
    test_sync.connect(session, {'role': {'edit': 'none'}, '*': {'read': 'all', 'create': 'all', 'edit': 'all'}})


def locks_while_open(session):
    """A window that stays open without contact shows nothing any more, until the server was heard of."""
    state(session, 'Всё отправлено')
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    session.server.stop()
    session.key('ctrl+shift+y')
    state(session, 'Нет связи с')
    if session.find_all('Слишком долго не было связи', role='label'):
        raise Failure('it is locked already')
    with sqlite3.connect(session.home / 'data/torg/replica.db') as db:
        db.execute("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'")
    session.key('ctrl+shift+y')
    session.find('Слишком долго не было связи', role='label', timeout=20)
    if session.find_all(role='table cell'):
        raise Failure('cards are shown')
    session.server.start()
    session.click('Попробовать снова', role='button')
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')


for test in (locks_while_open, invites_somebody, refuses_what_is_wrong, closes_and_hands_over, closes_and_gives_forms, says_who_exported, shares_a_card):
    test.prepare = test_sync.connect
hides_it_from_others.prepare = connect_as_a_seller

if __name__ == '__main__':
    torgdisplay.run(invites_somebody, refuses_what_is_wrong, closes_and_hands_over, closes_and_gives_forms, says_who_exported, shares_a_card, hides_it_from_others, locks_while_open)
