"""The part of the tour that needs a server: accounts, employees, files, history, differences, signing out."""
import json
import signal
import time

import test_accounts
import test_client
import test_files
import test_people
import test_signing
import test_sync
from torgdisplay import Session
from tourguide import DARK, NARROW, Tour, in_child


def visit_accounts(folder, prefix, **options):
    """Two companies, one of which cannot be reached and has something unsent."""
    with Session(**options) as session:
        test_accounts.two_accounts(session)
        session.launch()
        tour = Tour(session, folder, prefix)
        one, two = session.servers
        for server in session.servers:
            test_accounts.state(session, 'Всё отправлено', test_accounts.host(server))
        two.stop()
        company = json.loads(test_accounts.ctl(session, 2, '--json', 'list', 'company', '--limit', '1'))[0]['id']
        test_accounts.ctl(session, 2, 'set', company, 'name=Другое имя')
        tour.step('accounts', lambda: (test_accounts.open_dialog(session), session.find(contains='1 не отправлено', role='label', timeout=20)))

        def menu():
            session.click(f'Действия: {test_accounts.host(two)}', role='toggle button')

        tour.step('accounts-menu', menu)
        tour.step('accounts-rename', lambda: (session.key('Return'), session.find('Название учётной записи', role='label')))
        session.key('Escape', 'Escape')

        def leave():
            test_accounts.open_dialog(session)
            test_accounts.menu(session, test_accounts.host(two), 1)
            session.find('Выйти на этом компьютере?', role='label')

        tour.step('accounts-sign-out', leave)
        session.key('Escape')
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_people(folder, prefix, **options):
    with Session(**options) as session:
        test_sync.connect(session)
        session.launch()
        tour = Tour(session, folder, prefix)
        name, other = session.server.names[1], session.server.names[0]
        if prefix == 'ru-narrow':
            session.key('alt+Left', pause=0.8)
        tour.step('people', lambda: test_people.open_people(session))

        def invite():
            session.click('Пригласить…', role='button')
            session.find('Имя и фамилия', role='text')
            session.type('Вера Новая')
            session.key('Tab')
            session.type('vera@example.ru')

        tour.step('invitation', invite)
        tour.step('invitation-link', lambda: (session.key('Return'), test_people.read_clipboard_row(session)))
        session.key('Escape', pause=0.6)
        tour.step('people-invited', lambda: session.find(contains='Приглашение до', role='label'))
        tour.step('exports-none', lambda: session.click('Выгрузки', role='button'))
        session.key('Escape', pause=0.6)
        session.server.other('export', '--type', 'company', session.home / 'taken.csv')
        session.server.other('export', '--type', 'deal', session.home / 'deals.csv')
        session.server.other('sync')
        session.wait(lambda: session.json('exports'), 'the note', 30)
        tour.step('exports', lambda: (session.click('Выгрузки', role='button'), session.find(contains='Компании ·', role='label')))
        session.key('Escape', pause=0.6)
        tour.step('people-menu', lambda: session.click(name, role='toggle button'))
        tour.step('people-close', lambda: (session.key('Down', 'Return'), session.find(contains='закрыть вход?', role='label')))

        def hand_over():
            session.click('Закрыть и передать дела…', role='button')
            session.find('Передать дела', role='label', timeout=20)
            session.click('Кому', role='list item')
            session.type(other)
            session.key('Return')
            session.wait(lambda: any(session.find_all(contains=words, role='label') for words in ('Будет передан', 'Будут переданы')), 'the sum')

        tour.step('hand-over', hand_over)
        tour.step('people-handed', lambda: (session.click('Передать', role='button'), session.find(contains='Дела переданы', role='label', timeout=20)))
        session.key('Escape', pause=0.6)
        tour.step('share-none', lambda: test_people.open_sharing(session))
        tour.step('share', lambda: (session.click('Добавить…', role='button'), session.settle(0.5), session.key('Return'),
                                    session.find(contains='Закрыть доступ:', role='button')))
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_files(folder, prefix, **options):
    """The files of a deal in each state, and the history of a field."""
    with Session(**options) as session:
        test_sync.connect(session)
        deal = session.json('list', 'deal', '--limit', '1')[0]
        for amount in ('1200000', '1350000'):
            session.ctl('set', deal['id'], f'amount={amount} RUB')
        session.ctl('sync')
        session.launch()
        tour = Tour(session, folder, prefix)
        test_sync.state(session, 'Всё отправлено')
        session.key('ctrl+k', pause=0.8)
        session.type(deal['fields']['title'])
        session.settle(1)
        session.key('Return', pause=1.5)
        if prefix == 'ru-narrow':
            session.press(session.find('Данные', role='label'))
        test_files.attach_there(session, deal['id'], 'Смета.xlsx', b's' * 120000)
        test_files.attach_here(session, deal['id'], 'Договор.pdf', b'd' * 340000)
        for name, words in (('Договор.pdf', 'на этом компьютере'), ('Смета.xlsx', 'в облаке')):
            test_files.wait_words(session, name, words)
        session.wait(lambda: not session.json('outbox'), 'all sent', 30)
        session.settle(3)
        session.server.process.send_signal(signal.SIGSTOP)
        test_files.attach_here(session, deal['id'], 'Презентация.pdf', b'x' * 40000000)
        test_files.attach_here(session, deal['id'], 'Акт.pdf', b'a' * 90000)
        test_files.wait_words(session, 'Презентация.pdf', 'отправляется')
        test_files.wait_words(session, 'Акт.pdf', 'ещё не отправлен')

        def show():
            test_files.file_row(session, 'Смета.xlsx')
            test_client.scroll_down(session)

        tour.step('files', show)
        session.server.process.send_signal(signal.SIGCONT)

        def history():
            row = session.find(contains='Сумма:', role='list item', showing=False)
            session.atspi.Action.do_action(session.find('История', role='button', within=row, showing=False), 0)
            session.find('Вернуть', role='button')

        tour.step('history', history)
        session.key('Escape')
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_decisions(folder, prefix, **options):
    """One of each kind: a field and a stage that two changed, what one deleted and the other edited, both ways, and what
    the server does not take."""
    with Session(**options) as session:
        test_sync.connect(session, {'company': {'read': 'all', 'edit': 'none'}, '*': {'read': 'all', 'edit': 'all', 'delete': 'all'}})
        session.launch()
        tour = Tour(session, folder, prefix)
        test_sync.state(session, 'Всё отправлено')
        server = session.server
        stages = {stage['id']: stage['fields'] for stage in session.json('list', 'stage', '--limit', '50')}
        deals = [deal for deal in session.json('list', 'deal', '--limit', '200') if stages[deal['fields']['stage']]['kind'] == 'open']
        company = session.json('list', 'company', '--limit', '1')[0]['id']
        amount, stage, gone, kept = (deal['id'] for deal in deals[:4])
        now = deals[1]['fields']['stage']
        others = [item for item, fields in stages.items()
                  if item != now and fields['kind'] == 'open' and fields['pipeline'] == stages[now]['pipeline']]
        server.stop()
        session.ctl('set', amount, 'amount=4321000 RUB')
        session.ctl('set', stage, f'stage={others[1]}')
        session.ctl('set', gone, 'title=Поставка насосов, второй этап')
        session.ctl('delete', kept)
        session.ctl('set', company, 'name=Новое имя')
        session.app.send_signal(signal.SIGSTOP)
        server.start()
        server.other('set', amount, 'amount=1234000 RUB')
        server.other('set', stage, f'stage={others[0]}')
        server.other('delete', gone)
        server.other('set', kept, 'title=Переименована коллегой')
        server.other('sync')
        session.app.send_signal(signal.SIGCONT)
        session.key('ctrl+shift+y')
        session.find(contains='требу', role='toggle button', timeout=30)
        time.sleep(2)
        tour.step('decisions', lambda: session.key('ctrl+shift+r', pause=1.0))

        def lower():
            session.key('Tab', 'Tab', 'Tab', 'End', 'Page_Down', 'Page_Down')

        tour.step('decisions-lower', lower)
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_connect(folder, prefix, **options):
    """An address at which nothing answers, and one at which something else does."""
    with Session(**options) as session:
        session.launch()
        tour = Tour(session, folder, prefix)

        def connect(address):
            session.key('ctrl+a')
            session.type(address)
            session.key('Return')

        session.click('Подключиться к серверу компании', role='list item')
        session.find('Адрес', role='text')
        tour.step('connect-unreachable', lambda: (connect('http://127.0.0.1:9'), session.find(contains='Нет связи с сервером', role='label')))
        session.press(session.find('Адрес', role='text'))
        tour.step('connect-plain', lambda: (connect('http://example.ru'), session.find(contains='https', role='label')))
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_leaving(folder, prefix, **options):
    """Signing out with edits and a file that only this computer has."""
    with Session(**options) as session:
        test_sync.connect(session)
        session.launch()
        tour = Tour(session, folder, prefix)
        test_sync.state(session, 'Всё отправлено')
        session.server.stop()
        deal = session.json('list', 'deal', '--limit', '1')[0]['id']
        session.ctl('set', deal, 'amount=7654000 RUB')
        test_files.attach_here(session, deal, 'Акт.pdf', 'a' * 90000)
        session.key('ctrl+shift+y')
        test_sync.state(session, 'Нет связи с')
        tour.step('unsent', lambda: session.key('ctrl+shift+o', pause=1.0))
        session.key('Escape', pause=0.6)
        if prefix == 'ru-narrow':
            session.key('alt+Left', pause=0.8)
        tour.step('sign-out-unsent', lambda: test_signing.ask_to_sign_out(session))
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


VISITS = {'accounts': visit_accounts, 'people': visit_people, 'files': visit_files, 'decisions': visit_decisions, 'connect': visit_connect,
          'leaving': visit_leaving}


def visit_all(folder, only):
    """Each in light and dark, and narrow."""
    failed = 0
    for name, visit in VISITS.items():
        for prefix, options in (('ru', {}), ('ru-dark', DARK), ('ru-narrow', NARROW)):
            if not only or name in only:
                failed += in_child(visit, folder, prefix, **options)
    return failed
