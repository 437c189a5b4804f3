#!/usr/bin/env python3
"""The window and a server: edits go and come, wait without a connection, and a difference is settled."""
import json
import os
import pathlib
import signal
import sqlite3
import subprocess

import test_client
import torgdisplay
from torgdisplay import BUILD, CTL, Failure

SERVER = BUILD / 'src/server/torg-server'
ALL = ('--limit', '5000')


def amount_of(deal):
    return deal['fields'].get('amount', {'minor': 0})['minor'] // 100


class Server:
    """A server with the demo company, its two users' keys, and the replica of the second one."""

    def __init__(self, session, rights=None, records=600, name='server', seed=3):
        self.session = session
        self.env = dict(os.environ, TORG_STORE=f'sqlite:{session.home}/{name}.db')
        demo = session.home / f'{name}-demo.db'
        self.run(CTL, '--replica', demo, 'demo', '--records', records, '--seed', seed, '--lang', 'ru')
        users = json.loads(self.run(CTL, '--replica', demo, '--json', 'list', 'user', '--limit', 2))
        if rights is not None:
            self.add_role(demo, users[0]['id'], rights)
        self.run(SERVER, 'import', demo)
        self.keys = []
        for login, user in zip(('anna', 'boris'), users):
            self.run(SERVER, 'user', 'add', login, user['fields']['name'], stdin='correct horse\n')
            self.keys.append(self.run(SERVER, 'token', login).strip())
        self.names = [user['fields']['name'] for user in users]
        self.port = 0
        self.start()
        self.address = f'http://127.0.0.1:{self.port}'

    def run(self, program, *arguments, stdin=None):
        done = subprocess.run([program, *map(str, arguments)], env=self.env, input=stdin, capture_output=True, text=True,
                              timeout=60)
        if done.returncode:
            raise Failure(f'{arguments}: {done.stderr}')
        return done.stdout

    def add_role(self, demo, user, rights):
        """Gives a user a role; the window has no place for that yet."""
        table = self.session.home / 'role.csv'
        table.write_text('Название\nПродавец\n')
        self.run(CTL, '--replica', demo, 'import', '--type', 'role', table)
        role = json.loads(self.run(CTL, '--replica', demo, '--json', 'list', 'role'))[0]['id']
        with sqlite3.connect(demo) as db:
            db.execute('UPDATE role SET rights = ?', (json.dumps(rights),))
        self.run(CTL, '--replica', demo, 'set', user, f'role={role}')

    def start(self):
        self.process = subprocess.Popen([SERVER, 'serve', '--listen', f'127.0.0.1:{self.port}'], env=self.env, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline().split()[1])
        self.session.processes.append(self.process)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def other(self, *arguments):
        """What the second user does with another replica."""
        self.env['TORG_TOKEN'] = self.keys[1]
        return self.run(CTL, '--replica', self.session.home / 'other.db', *arguments)

    def other_amount(self, deal):
        return amount_of(json.loads(self.other('--json', 'show', deal)))


def begin(session, rights=None, **options):
    session.server = Server(session, rights, **options)
    os.environ['TORG_TOKEN'] = session.server.keys[0]


def connect(session, rights=None, **options):
    begin(session, rights, **options)
    (session.home / 'data/torg').mkdir(parents=True)
    for ctl in (session.ctl, session.server.other):
        ctl('connect', session.server.address)
        ctl('sync')


def connect_with_few_rights(session):
    connect(session, {'company': {'read': 'all', 'edit': 'none'}, '*': {'read': 'all', 'edit': 'all'}})


def state(session, words, timeout=20):
    """The button at the sidebar's foot says so."""
    return session.find(contains=words, role='toggle button', timeout=timeout)


def change_first_deal(session, amount):
    """Changes the amount of a deal in the window; its id."""
    test_client.open_first_deal(session)
    test_client.change_amount(session, amount)
    found = []

    def look():
        found[:] = [deal['id'] for deal in session.json('list', 'deal', *ALL) if amount_of(deal) == int(amount)]
        return len(found) == 1

    session.wait(look, 'the amount in the replica')
    return found[0]


def rows(path, sql):
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as db:
        return db.execute(sql).fetchall()


def must_be_equal(session):
    """What both replicas have, as both users may see all of it."""
    for sql in ('SELECT hex(id), seq, title, amount, stage FROM deal ORDER BY id', 'SELECT hex(id), seq, state FROM conflict ORDER BY id',
                'SELECT hex(id), seq, field, old, new FROM history ORDER BY id'):
        one, other = rows(session.home / 'data/torg/replica.db', sql), rows(session.home / 'other.db', sql)
        if one != other:
            raise Failure(f'{sql}: {set(one) ^ set(other)}')


def edits_arrive(session):
    state(session, 'Всё отправлено')
    deal = change_first_deal(session, '4321000')

    def arrived():
        session.server.other('sync')
        return session.server.other_amount(deal) == 4321000

    session.wait(arrived, 'the amount on the other side')
    session.server.other('set', deal, 'amount=1234000 RUB')
    session.server.other('sync')
    session.key('ctrl+shift+y')
    session.wait(lambda: '1\u00a0234\u00a0000' in test_client.amount_row(session), 'what the other one changed', 20)
    session.click(contains='Всё отправлено', role='toggle button')
    session.find(contains='Обновлено', role='label')
    session.find(session.server.address, role='label')
    session.find('Начать обмен', role='button')


def waits_without_a_connection(session):
    server = session.server
    state(session, 'Всё отправлено')
    server.stop()
    deal = change_first_deal(session, '4321000')
    # How many changes wait stands beside it.
    button = state(session, ' · 1 не отправлено')
    session.find('1', role='label', within=button)
    session.click(contains='Нет связи с', role='toggle button', timeout=20)
    session.click('Не отправлено', role='list item')
    session.find(contains='Сумма: 4\u00a0321\u00a0000', role='label')
    server.start()
    session.key('ctrl+shift+y')
    session.find('Всё отправлено', role='label', timeout=20)
    session.key('Escape')
    state(session, 'Всё отправлено')
    server.other('sync')
    if server.other_amount(deal) != 4321000:
        raise Failure('what waited was not sent')


def takes_back_what_waits(session):
    """One change of two is taken back before it was sent; the other one goes."""
    server = session.server
    state(session, 'Всё отправлено')
    server.stop()
    deal = change_first_deal(session, '4321000')
    before = server.other_amount(deal)
    company = session.json('list', 'company', '--limit', '1')[0]['id']
    session.ctl('set', company, 'name=Другое имя')
    state(session, 'Нет связи с')
    session.key('ctrl+shift+o')
    session.find(contains='Сумма: 4\u00a0321\u00a0000', role='label')
    # The newest one comes first.
    button = session.find('Отменить изменение', role='button', place=1)
    session.atspi.Action.do_action(button, 0)
    session.find('Отменить это изменение?', role='label')
    session.key('Escape')
    if len(session.json('outbox')) != 2:
        raise Failure('it was taken back unasked')
    session.atspi.Action.do_action(button, 0)
    session.find('Отменить это изменение?', role='label')
    session.atspi.Action.do_action(session.find_all('Отменить изменение', role='button')[-1], 0)
    session.find(contains='Отменено', role='label')
    session.wait(lambda: len(session.json('outbox')) == 1, 'one change less')
    if amount_of(session.json('show', deal)) != before:
        raise Failure('the amount is not as it was')
    server.start()
    session.click('Отправить сейчас', role='button')
    session.find('Всё отправлено', role='label', timeout=20)
    server.other('sync')
    if server.other_amount(deal) != before or json.loads(server.other('--json', 'show', company))['fields']['name'] != 'Другое имя':
        raise Failure('what was sent is not what was left')


def make_a_difference(session, change=change_first_deal):
    server = session.server
    state(session, 'Всё отправлено')
    server.stop()
    deal = change(session, '4321000')
    state(session, 'Нет связи с')
    # The other one comes first for certain.
    session.app.send_signal(signal.SIGSTOP)
    server.other('set', deal, 'amount=1234000 RUB')
    server.start()
    server.other('sync')
    session.app.send_signal(signal.SIGCONT)
    session.key('ctrl+shift+y')
    state(session, '1 требует решения')
    return deal


def settles_a_difference(session):
    server = session.server
    deal = make_a_difference(session)
    session.key('ctrl+shift+r')
    session.find(contains=f'Поле «Сумма» изменили двое: {server.names[1]} (сегодня в', role='label')
    session.find('4\u00a0321\u00a0000\u00a0₽', role='label')
    session.find('1\u00a0234\u00a0000\u00a0₽', role='label')
    session.click('Взять моё', role='button')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    server.other('sync')
    if server.other_amount(deal) != 4321000:
        raise Failure('what was taken is not on the other side')
    session.ctl('sync')
    must_be_equal(session)


def settles_with_another_value(session):
    """In place, by keys alone: it begins with what one had written, and is checked as on the card."""
    server = session.server
    deal = make_a_difference(session)
    session.key('ctrl+shift+r')
    session.find('Взять моё', role='button')
    tab_to(session, 'Изменить…')
    session.key('Return')
    entry = session.find('Сумма', role='text')
    if not session.text_of(entry).replace('\u00a0', '').startswith('4321000'):
        raise Failure(f'it begins with {session.text_of(entry)}')
    keep_picture(session, 'edit-difference')
    session.key('Escape')
    session.find('Взять моё', role='button')
    session.wait(lambda: any(node.get_name() == 'Изменить…' for node in session.focused()), 'the focus back')
    session.key('Return')
    session.find('Сумма', role='text')
    session.key('ctrl+a')
    session.type('nonsense')
    session.key('Return')
    session.find(contains='nonsense', role='label')
    session.key('ctrl+a')
    session.type('5000000')
    session.key('Return')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    server.other('sync')
    if server.other_amount(deal) != 5000000:
        raise Failure('what was written instead is not on the other side')
    session.ctl('sync')
    must_be_equal(session)


def undo_in_the_dialog(session):
    """Its toast comes after the window's own ones, which it covers."""
    session.find('Отменить', role='button')
    session.atspi.Action.do_action(session.find_all('Отменить', role='button')[-1], 0)


def leaves_a_difference(session):
    """As it is; and the toast takes that back."""
    deal = make_a_difference(session)
    session.key('ctrl+shift+r')
    session.click('Оставить как есть', role='button')
    session.find('Расхождений нет', role='label')
    undo_in_the_dialog(session)
    session.click('Оставить как есть', role='button')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    session.server.other('sync')
    if session.server.other_amount(deal) != 1234000:
        raise Failure('what was to stay did not')
    session.ctl('sync')
    must_be_equal(session)


def brings_back_what_it_added_to(session):
    """A note on a deal that somebody deleted meanwhile: one click brings both back."""
    server = session.server
    state(session, 'Всё отправлено')
    server.stop()
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    note = session.ctl('add', 'activity', 'kind=note', 'subject=Звонил директор', f'deal={deal}').strip()
    state(session, 'Нет связи с')
    session.app.send_signal(signal.SIGSTOP)
    server.other('delete', deal)
    server.start()
    server.other('sync')
    session.app.send_signal(signal.SIGCONT)
    session.key('ctrl+shift+y')
    state(session, '1 требует решения')
    session.key('ctrl+shift+r')
    session.find(contains='Запись удалили раньше, чем дошло то, что вы к ней добавили (сегодня в', role='label')
    session.find(contains='Тема: Звонил директор', role='label')
    session.click('Взять моё', role='button')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    server.other('sync')
    for key in (deal, note):
        if json.loads(server.other('--json', 'show', key)).get('deleted'):
            raise Failure(f'{key} is not back on the other side')
    session.ctl('sync')
    must_be_equal(session)


def keep_picture(session, name):
    if os.environ.get('TORG_SHOTS'):
        session.settle()
        session.shot(pathlib.Path(os.environ['TORG_SHOTS']) / f'{name}.png')


def tab_to(session, name, most=12):
    """Goes on with Tab until something of this name has the focus."""
    for _ in range(most):
        if any(node.get_name() == name for node in session.focused()):
            return
        session.key('Tab')
    raise Failure(f'Tab does not come to {name}')


def own_deals(session):
    """The deals of the user in the window that have an amount."""
    anna = next(user['id'] for user in session.json('list', 'user') if user['fields']['name'] == session.server.names[0])
    return [deal['id'] for deal in session.json('list', 'deal', *ALL) if deal['fields'].get('owner') == anna and amount_of(deal)]


def get_a_proposal(session):
    """A colleague changes the amount of the user's deal, too late; the deal."""
    server = session.server
    state(session, 'Всё отправлено')
    deal = own_deals(session)[0]
    server.other('set', deal, 'amount=4321000 RUB')
    session.ctl('set', deal, 'amount=1234000 RUB')
    session.key('ctrl+shift+y')
    session.wait(lambda: not session.json('outbox'), 'the amount sent', 20)
    server.other('sync')
    session.key('ctrl+shift+y')
    state(session, '1 требует решения')
    session.key('ctrl+shift+r')
    session.find(contains=f'{server.names[1]} (сегодня в', role='label')
    session.find(contains='предлагает для поля «Сумма»: 4\u00a0321\u00a0000\u00a0₽ вместо', role='label')
    session.find(contains='Сейчас там: 1\u00a0234\u00a0000\u00a0₽. Ответственный\u00a0— вы.', role='label')
    session.find('Предложено', role='label')
    return deal


def must_be_settled(session, deal, amount):
    """In the window, and for who proposed it after a sync."""
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    session.server.other('sync')
    if json.loads(session.server.other('--json', 'attention')):
        raise Failure('who proposed it is still asked')
    if session.server.other_amount(deal) != amount or amount_of(session.json('show', deal)) != amount:
        raise Failure('the amount is another one')
    session.ctl('sync')
    must_be_equal(session)


def owner_takes_a_proposal(session):
    deal = get_a_proposal(session)
    keep_picture(session, 'proposal')
    session.click('Принять предложение', role='button')
    must_be_settled(session, deal, 4321000)


def owner_decides_about_deleting(session):
    """A colleague has deleted what the owner changed, and changed what the owner deleted."""
    server = session.server
    state(session, 'Всё отправлено')
    changed, deleted = own_deals(session)[:2]
    server.other('delete', changed)
    server.other('set', deleted, 'title=Всё-таки нужна')
    session.ctl('set', changed, 'note=Звонили')
    session.ctl('delete', deleted)
    session.key('ctrl+shift+y')
    session.wait(lambda: not session.json('outbox'), 'it sent', 20)
    server.other('sync')
    session.key('ctrl+shift+y')
    state(session, '2 требуют решения')
    session.key('ctrl+shift+r')
    session.find(contains='предлагает удалить запись, но её тем временем изменили', role='label')
    session.find(contains='Запись удалили, а ', role='label')
    session.find(contains='Всё-таки нужна', role='label')
    if session.has('Удалено', role='label'):
        raise Failure('it says that what stayed is deleted')
    keep_picture(session, 'proposals-of-deleting')
    session.click('Принять предложение', role='button')
    session.wait(lambda: len(session.find_all('Принять предложение', role='button')) == 1, 'one left')
    session.click('Принять предложение', role='button')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    server.other('sync')
    there = {deal['id']: deal['fields']['title'] for deal in json.loads(server.other('--json', 'list', 'deal', *ALL))}
    if changed in there or there.get(deleted) != 'Всё-таки нужна' or json.loads(server.other('--json', 'attention')):
        raise Failure('what was taken is not on the other side')
    session.ctl('sync')
    must_be_equal(session)


def owner_leaves_a_proposal(session):
    """By keys alone."""
    deal = get_a_proposal(session)
    tab_to(session, 'Оставить как есть')
    session.key('Return')
    must_be_settled(session, deal, 1234000)


def tells_what_was_rejected(session):
    """The reason and the whole content; the toast brings it back."""
    state(session, 'Всё отправлено')
    company = session.json('list', 'company', '--limit', '1')[0]['id']
    session.ctl('set', company, 'name=Новое имя')
    session.key('ctrl+shift+y')
    state(session, '1 требует решения')
    session.key('ctrl+shift+r')
    session.find(contains='На это у вас нет прав', role='label')
    session.find(contains='Название: Новое имя', role='label')
    session.click('Убрать', role='button')
    session.find('Расхождений нет', role='label')
    undo_in_the_dialog(session)
    session.click('Убрать', role='button')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    state(session, 'Всё отправлено')
    if session.json('attention'):
        raise Failure('it is still there')


def repeats_what_was_rejected(session):
    """When what stood in the way is gone; taken back before it is sent, it is listed again."""
    server = session.server
    state(session, 'Всё отправлено')
    company = session.json('list', 'company', '--limit', '1')[0]
    session.ctl('set', company['id'], 'name=Новое имя')
    session.key('ctrl+shift+y')
    state(session, '1 требует решения')
    session.key('ctrl+shift+r')
    # What doing it again would write over stands beside it.
    session.find(contains=f"Название: Новое имя (сейчас {company['fields']['name']})", role='label')
    keep_picture(session, 'rejected')
    session.click('Копировать', role='button')
    session.find('Скопировано', role='label')
    # The toast goes first.
    session.key('Escape', 'Escape', pause=0.8)
    session.key('ctrl+k', pause=0.8)
    session.key('ctrl+v')
    session.wait(lambda: any('На это у вас нет прав' in text and 'Название: Новое имя' in text for text in map(session.text_of, session.focused())),
                 'what was copied')
    server.stop()
    session.key('Escape')
    session.key('ctrl+shift+y')
    session.key('ctrl+shift+r')
    session.click('Повторить', role='button')
    session.find('Расхождений нет', role='label')
    if [change['record'] if 'record' in change else change['id'] for change in session.json('outbox')] != [company['id']]:
        raise Failure('it does not wait to be sent')
    undo_in_the_dialog(session)
    session.find(contains='Название: Новое имя', role='label')
    if session.json('outbox') or session.json('show', company['id'])['fields']['name'] != company['fields']['name']:
        raise Failure('it was not taken back')
    # The administrator gives the right, and it goes.
    server.run(SERVER, 'role', 'set', 'Продавец', 'company', 'edit', 'all')
    server.start()
    tab_to(session, 'Повторить')
    session.key('Return')
    session.find('Расхождений нет', role='label')
    session.key('Escape')
    session.key('ctrl+shift+y')
    state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'it sent')
    server.other('sync')
    if json.loads(server.other('--json', 'show', company['id']))['fields']['name'] != 'Новое имя' or session.json('attention'):
        raise Failure('what was done once more is not on the other side')


for test in (edits_arrive, waits_without_a_connection, takes_back_what_waits, settles_a_difference, leaves_a_difference,
             brings_back_what_it_added_to, settles_with_another_value, owner_takes_a_proposal, owner_decides_about_deleting,
             owner_leaves_a_proposal):
    test.prepare = connect
tells_what_was_rejected.prepare = connect_with_few_rights
repeats_what_was_rejected.prepare = connect_with_few_rights

if __name__ == '__main__':
    torgdisplay.run(edits_arrive, waits_without_a_connection, takes_back_what_waits, settles_a_difference, leaves_a_difference,
                    brings_back_what_it_added_to, settles_with_another_value, owner_takes_a_proposal,
                    owner_decides_about_deleting, owner_leaves_a_proposal, tells_what_was_rejected, repeats_what_was_rejected)
