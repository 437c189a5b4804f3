#!/usr/bin/env python3
"""The window and a server: edits go and come, wait without a connection, and a difference is settled."""
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

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


def connect_with_a_wrong_key(session):
    connect(session)
    os.environ['TORG_TOKEN'] = 'wrong'


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
    button = session.find_all('Отменить изменение', role='button')[1]
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


def signs_in_again(session):
    session.click('Войдите снова', role='toggle button', timeout=20)
    session.click('Войти снова…', role='button')
    session.find(contains='Сервер больше не знает этот компьютер', role='label')
    session.type('wrong-too')
    session.key('Return')
    session.find(contains='не знает этого ключа', role='label')
    session.key('ctrl+a')
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено')


def begins_with_a_server(session):
    session.click('Подключиться к серверу компании', role='list item')
    session.type('http://127.0.0.1:9')
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    session.find(contains='Нет связи с сервером', role='label')
    session.key('shift+Tab', 'ctrl+a')
    session.type(session.server.address)
    session.key('Return')
    state(session, 'Всё отправлено')
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    if session.json('count', 'deal')['count'] < 20:
        raise Failure('the company did not come')


def forget_contact(session):
    """The last one was fifteen days ago."""
    with sqlite3.connect(session.home / 'data/torg/replica.db') as db:
        db.execute("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'")
        if db.total_changes != 1:
            raise Failure('the contact was not noted down')


def begin_without_contact(session):
    connect(session)
    forget_contact(session)
    session.server.stop()


def begin_without_contact_or_key(session):
    connect_with_a_wrong_key(session)
    forget_contact(session)


def opens_after_contact(session):
    """Nothing of the company is shown, not in a terminal either, until the server was heard of."""
    session.find('Слишком долго не было связи', role='label')
    session.find(contains='больше 14 дней', role='label')
    try:
        session.ctl('list', 'company')
        raise AssertionError('the terminal shows it')
    except Failure as error:
        if '14' not in str(error):
            raise
    if session.has('Войти снова…', role='button'):
        raise Failure('it offers what the server does not ask for')
    session.server.start()
    session.click('Попробовать снова', role='button')
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    session.ctl('list', 'company')


def opens_after_signing_in(session):
    """A locked computer that the server does not know any more says so, and needs nothing but the key."""
    session.find('Слишком долго не было связи', role='label')
    session.click('Войти снова…', role='button', timeout=20)
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено', 30)


def begin_with_content(session):
    """A company of one's own, and a server that has another one."""
    begin(session)
    (session.home / 'data/torg').mkdir(parents=True)
    session.ctl('demo', '--records', '300', '--seed', '9', '--lang', 'ru')
    session.own = {deal['id'] for deal in session.json('list', 'deal', *ALL)}


def connects_with_content(session):
    """Who began alone brings everything along: the deals stand in the server's pipeline beside the colleagues' ones."""
    session.click(contains='Всё сохранено', role='toggle button')
    session.click('Подключить к серверу…', role='button')
    session.find(contains='Всё, что есть на этом компьютере, будет отправлено на сервер', role='label')
    session.type(session.server.address)
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено', 40)
    session.server.other('connect', session.server.address)
    session.server.other('sync')
    deals = json.loads(session.server.other('--json', 'list', 'deal', *ALL))
    if not session.own < {deal['id'] for deal in deals}:
        raise Failure('not all deals came to the server')
    if len(json.loads(session.server.other('--json', 'list', 'pipeline'))) != 2:
        raise Failure('the pipelines are there twice')
    one, other = (rows(path, 'SELECT hex(id), seq, title, amount, stage FROM deal ORDER BY id')
                  for path in (session.home / 'data/torg/replica.db', session.home / 'other.db'))
    if one != other:
        raise Failure(f'{set(one) ^ set(other)}')


BROWSER = """#!/usr/bin/python3
# What a browser and its user do with a page of the server: type the password, and go where it sends them.
import sys
import urllib.parse
import urllib.request
page = sys.argv[1]
open({log!r}, 'a').write(page + '\\n')
assert urllib.request.urlopen(page).status == 200
if {good!r}:
    form = urllib.parse.urlencode({{'login': 'anna', 'password': 'correct horse'}}).encode()
    assert 'Вернитесь в Torg' in urllib.request.urlopen(page, form).read().decode()
"""


def open_keyring(session):
    os.environ.pop('TORG_TOKEN', None)
    (session.home / 'run').mkdir(mode=0o700, exist_ok=True)
    keyring = subprocess.Popen(['gnome-keyring-daemon', '--unlock', '--foreground', '--components=secrets'],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    keyring.stdin.write(b'kr')
    keyring.stdin.close()
    session.processes.append(keyring)
    subprocess.run(['gdbus', 'wait', '--session', '--timeout', '10', 'org.freedesktop.secrets'], check=True)


def begin_with_a_browser(session, good=True):
    """A keyring that is open, and a browser that knows the password."""
    session.server = Server(session)
    open_keyring(session)
    browser = session.home / 'browser'
    browser.write_text(BROWSER.format(log=str(session.home / 'pages'), good=good))
    browser.chmod(0o755)
    applications = session.home / 'data/applications'
    applications.mkdir(parents=True)
    (applications / 'browser.desktop').write_text(
        f'[Desktop Entry]\nType=Application\nName=Browser\nExec={browser} %u\nMimeType=x-scheme-handler/http;\n')
    (session.home / 'config').mkdir(exist_ok=True)
    (session.home / 'config/mimeapps.list').write_text('[Default Applications]\nx-scheme-handler/http=browser.desktop\n')


def begin_with_a_slow_browser(session):
    begin_with_a_browser(session, good=False)


def connect_in_the_browser(session):
    session.click('Подключиться к серверу компании', role='list item')
    session.type(session.server.address)
    session.key('Return')


def signs_in_in_the_browser(session):
    """A password in the browser is enough; later, when the server has shut the computer out, once more."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    if session.json('count', 'deal')['count'] < 20:
        raise Failure('the company did not come')
    with sqlite3.connect(session.home / 'server.db') as db:
        db.execute('DELETE FROM token')
    session.key('ctrl+shift+y')
    session.click('Войдите снова', role='toggle button', timeout=20)
    session.click('Войти снова…', role='button')
    session.find(contains='Сервер больше не знает этот компьютер', role='label')
    session.key('Return')
    state(session, 'Всё отправлено', 30)
    if len((session.home / 'pages').read_text().splitlines()) != 2:
        raise Failure('the browser was not asked twice')


def ask_to_sign_out(session):
    session.key('F10', 'Down', 'Down', 'Return')
    session.find('Выйти на этом компьютере?', role='label')


def keep_in_a_file(session):
    """What the dialog offers; the file, which need not be there yet."""
    kept = session.home / 'kept.csv'
    session.click('Сохранить в файл…', role='button')
    session.settle(1)
    session.key('ctrl+a')
    session.type(str(kept))
    session.key('Return')
    return kept


def signs_out(session):
    """What only this computer has can be kept in a file; then nothing of the company is left here, and the session has ended."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    session.server.stop()
    deal = change_first_deal(session, '4321000')
    state(session, 'Нет связи с')
    ask_to_sign_out(session)
    session.find(contains='Только здесь осталось 1 изменение', role='label')
    kept = keep_in_a_file(session)
    session.wait(kept.exists, 'the file')
    if deal not in (text := kept.read_text()) or '4321000' not in text.replace('\u00a0', ''):
        raise Failure(text)
    session.find('Выйти на этом компьютере?', role='label')
    session.key('Escape')
    session.server.start()
    session.key('ctrl+shift+y')
    state(session, 'Всё отправлено', 30)
    ask_to_sign_out(session)
    if session.find_all(contains='Только здесь', role='label'):
        raise Failure('something is still only here')
    session.click('Выйти', role='button')
    session.find('Подключиться к серверу компании', role='list item', timeout=20)
    with sqlite3.connect(session.home / 'server.db') as db:
        if db.execute("SELECT count(*) FROM token WHERE kind <> 'personal'").fetchone() != (0,):
            raise Failure(db.execute('SELECT kind, expires FROM token').fetchall())
    if session.json('count', 'company')['count']:
        raise Failure('the company is still here')
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)


def keeps_what_it_can(session):
    """Of the files that only this computer has, one cannot be kept: the others are, it is named, and nothing is removed."""
    state(session, 'Всё отправлено')
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    session.server.stop()
    for name in ('Первый.txt', 'Второй.txt', 'Третий.txt'):
        path = session.home / name
        path.write_text(f'Содержимое: {name}')
        session.ctl('attach', 'deal', deal, str(path))
    lost = [file['sha256'] for file in session.json('files') if file['name'] == 'Второй.txt'][0]
    next(session.home.rglob(f'replica.db.files/{lost[:2]}/{lost[2:]}')).unlink()
    ask_to_sign_out(session)
    session.find(contains='3 файла есть только здесь', role='label')
    kept = keep_in_a_file(session)
    session.find('Не всё удалось сохранить', role='label')
    session.find(contains='Второй.txt: его больше нет', role='label')
    files = sorted(path.name for path in kept.with_name('kept.csv.files').iterdir())
    if files != ['1 Первый.txt', '3 Третий.txt']:
        raise Failure(files)
    session.key('Escape', pause=0.5)
    if session.has('Выйти на этом компьютере?', role='label') or len(session.json('files')) != 3:
        raise Failure('something was removed')


def begin_adopting(session):
    """A company of one's own that was connected, and has sent nothing yet."""
    begin_with_content(session)
    session.ctl('connect', session.server.address, '--with-content')
    session.server.stop()


def keeps_what_was_brought_along(session):
    """Before the server has the company that was here, signing out says so, and it can be kept in a file."""
    state(session, 'Нет связи с')
    unsent = [account['unsent'] for account in json.loads(session.ctl('--json', 'accounts'))][0]
    if unsent < len(session.own):
        raise Failure(f'{unsent} records wait')
    ask_to_sign_out(session)
    session.find(contains='на сервер ещё не отправлено', role='label')
    if session.has(contains='остаются на сервере', role='label'):
        raise Failure('it says that the data stays at the server')
    kept = keep_in_a_file(session)
    session.wait(kept.exists, 'the file')
    session.find('Выйти на этом компьютере?', role='label')
    text = kept.read_text()
    if any(deal not in text for deal in session.own):
        raise Failure('a deal is missing in the file')


def stops_answering(session):
    """The server takes the connection, and no more."""
    session.server.process.send_signal(signal.SIGSTOP)


def edits_while_leaving(session):
    """While the server is told, nothing can be edited; it can be stopped; what another process edits is asked about."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    stops_answering(session)
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    if 'TORG_SHOTS' in os.environ:
        session.shot(f'{os.environ["TORG_SHOTS"]}/leaving.png')
    if session.has(role='table cell'):
        raise Failure('the cards are still there')
    session.click('Отмена', role='button')
    session.wait(lambda: session.has(role='table cell'), 'the cards', 20)
    if list((session.home / 'data/torg').glob('*-leaving')):
        raise Failure('it is still to be removed')
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    session.ctl('set', deal, 'title=Changed meanwhile')
    session.server.process.send_signal(signal.SIGCONT)
    session.find(contains='Только здесь осталось 1 изменение', role='label', timeout=30)
    session.key('Escape')
    if session.json('show', deal)['fields']['title'] != 'Changed meanwhile':
        raise Failure('the edit is lost')


def quits_while_leaving(session):
    """Who ends the program while the server is told finds nothing of the company at the next start."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    stops_answering(session)
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    session.quit()
    if not (session.home / 'data/torg/replica.db-leaving').exists():
        raise Failure('that it is to be removed is forgotten')
    session.launch(wait=False)
    session.find('Подключиться к серверу компании', role='list item', timeout=20)
    if (session.home / 'data/torg/replica.db-leaving').exists() or session.json('count', 'company')['count']:
        raise Failure('the company is still here')


def windows():
    """What the display shows of the program, whether it answers or not."""
    found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'torg'], capture_output=True, text=True).stdout
    return found.split()


def hold_the_database(session):
    """As another process that imports; what is edited waits for it."""
    db = sqlite3.connect(session.home / 'data/torg/replica.db', isolation_level=None)
    db.execute('BEGIN IMMEDIATE')
    return db


def within_a_second(condition, what):
    end = time.monotonic() + 1
    while not condition():
        if time.monotonic() > end:
            raise Failure(f'{what} took longer than a second')
        time.sleep(0.02)


def closes_at_once(session):
    """The window closes while the server does not answer and the disk is waited for; what is edited is saved after
    that, and who asks for the window again gets it then."""
    state(session, 'Всё отправлено')
    test_client.open_first_deal(session)
    stops_answering(session)
    session.key('ctrl+shift+y')
    db = hold_the_database(session)
    test_client.type_amount(session, '7654000')
    session.key('ctrl+q')
    within_a_second(lambda: not windows(), 'closing')
    if session.app.poll() is not None:
        raise Failure('it ended before the edit was saved')
    again = subprocess.Popen([torgdisplay.APP], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    session.processes.append(again)
    session.settle(0.5)
    db.execute('ROLLBACK')
    db.close()
    session.wait(windows, 'the window', 10)
    session.wait(lambda: any(amount_of(deal) == 7654000 for deal in session.json('list', 'deal', *ALL)), 'the amount')
    session.key('ctrl+q')
    within_a_second(lambda: not windows(), 'closing again')
    session.app.wait(5)


def expires_at_once(session):
    """What may not be shown any more is closed although the disk is waited for."""
    state(session, 'Всё отправлено')
    test_client.open_first_deal(session)
    session.server.stop()
    session.key('ctrl+shift+y')
    state(session, 'Нет связи с')
    db = hold_the_database(session)
    test_client.type_amount(session, '7654000')
    for sql in ("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'", 'COMMIT', 'BEGIN IMMEDIATE'):
        db.execute(sql)
    session.key('ctrl+shift+y')
    within_a_second(lambda: not windows(), 'closing')
    # The program still answers.
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.torgcrm.Torg', '--object-path', '/org/torgcrm/Torg', '--method',
                    'org.gtk.Actions.List', '--timeout', '1'], check=True, capture_output=True)
    db.execute('ROLLBACK')
    db.close()
    session.find('Слишком долго не было связи', role='label', timeout=20)


def gives_up_connecting(session):
    """Who ends the program while a server is asked for the first time does not wait for it."""
    stops_answering(session)
    session.click('Подключиться к серверу компании', role='list item')
    session.find('Адрес', role='text')
    session.type(session.server.address)
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    session.find('Обращение к серверу…', role='label')
    # A dialog keeps the keys for itself.
    subprocess.run(['gapplication', 'action', 'org.torgcrm.Torg', 'quit'], check=True)
    within_a_second(lambda: not windows(), 'closing')
    session.app.wait(5)


def stops_waiting_for_the_browser(session):
    """Who comes back without having signed in can copy the link, or give up; nothing is changed by that."""
    connect_in_the_browser(session)
    session.find('Войдите на странице в браузере и вернитесь сюда.', role='label', timeout=20)
    session.find('Копировать ссылку', role='button')
    session.key('Escape')
    session.click('Подключиться к серверу компании', role='list item')
    session.find('Адрес', role='text')
    session.type('http://127.0.0.1:9')
    session.key('Return')
    session.find(contains='Нет связи с сервером', role='label')


for test in (edits_arrive, waits_without_a_connection, takes_back_what_waits, settles_a_difference, leaves_a_difference,
             brings_back_what_it_added_to, settles_with_another_value, owner_takes_a_proposal, owner_decides_about_deleting, owner_leaves_a_proposal, keeps_what_it_can, closes_at_once, expires_at_once):
    test.prepare = connect
tells_what_was_rejected.prepare = connect_with_few_rights
repeats_what_was_rejected.prepare = connect_with_few_rights
signs_in_again.prepare = connect_with_a_wrong_key
begins_with_a_server.prepare = begin
gives_up_connecting.prepare = begin
connects_with_content.prepare = begin_with_content
opens_after_contact.prepare = begin_without_contact
opens_after_signing_in.prepare = begin_without_contact_or_key
signs_in_in_the_browser.prepare = begin_with_a_browser
signs_out.prepare = begin_with_a_browser
edits_while_leaving.prepare = begin_with_a_browser
quits_while_leaving.prepare = begin_with_a_browser
keeps_what_was_brought_along.prepare = begin_adopting
stops_waiting_for_the_browser.prepare = begin_with_a_slow_browser

if __name__ == '__main__':
    torgdisplay.run(edits_arrive, waits_without_a_connection, takes_back_what_waits, settles_a_difference, leaves_a_difference,
                    brings_back_what_it_added_to, settles_with_another_value, owner_takes_a_proposal, owner_decides_about_deleting, owner_leaves_a_proposal, tells_what_was_rejected, repeats_what_was_rejected,
                    signs_in_again, begins_with_a_server, connects_with_content, opens_after_contact, opens_after_signing_in, signs_in_in_the_browser, signs_out, keeps_what_was_brought_along,
                    edits_while_leaving, quits_while_leaving, keeps_what_it_can, closes_at_once, expires_at_once, gives_up_connecting, stops_waiting_for_the_browser)
