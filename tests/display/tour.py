#!/usr/bin/env python3
"""Opens every pane, dialog and state on the demo company and writes pictures: tour.py DIR [PART…].

Russian light 1280×800 of all; dark and 420×800 of the main ones and of what needs a server; English of the main ones.
"""
import os
import pathlib
import subprocess
import sys
import time

import test_start
import test_signing
import test_sync
import tour_company
from torgdisplay import APP, Session
from tourguide import Tour, in_child


def words(lang):
    ru = {'board': 'Доска', 'list': 'Список', 'filter': 'Поиск и фильтр', 'pipeline': 'Воронка', 'menu': 'Главное меню',
          'leads': 'Лиды', 'sales': 'Продажи', 'facts': 'Данные', 'new': 'Новая сделка здесь', 'search': 'насос', 'card': 'Сделка для обзора',
          'changes': 'Изменения', 'columns': 'Столбцы', 'view': 'Вид', 'move': 'Переместить…', 'persons': 'Люди',
          'owner': 'Ответственный', 'won': 'Успешно', 'staff': 'Сотрудники'}
    en = {'board': 'Board', 'list': 'List', 'filter': 'Search and Filter', 'pipeline': 'Pipeline', 'menu': 'Main Menu',
          'leads': 'Leads', 'sales': 'Sales', 'facts': 'Facts', 'new': 'New Deal Here', 'search': 'pump', 'card': 'A deal for the tour',
          'changes': 'Changes', 'columns': 'Columns', 'view': 'View', 'move': 'Move…', 'persons': 'People',
          'owner': 'Responsible', 'won': 'Won', 'staff': 'Staff'}
    return ru if lang == 'ru' else en


def first_cards(session):
    """The cards on the screen, the topmost of each column."""
    columns = {}
    for role in ('list item', 'table cell', 'grid cell'):
        for node in session.find_all(role=role):
            extents = session.atspi.Component.get_extents(node, session.atspi.CoordType.WINDOW)
            if extents.width > 100 and extents.x > 210:
                columns.setdefault(extents.x, []).append((extents.y, node))
    return [min(nodes, key=lambda pair: pair[0])[1] for _, nodes in sorted(columns.items())]


def main_stops(session, tour, w):
    tour.shot('board', 1.0)
    tour.step('clients', lambda: session.key('alt+2', pause=1.0))
    tour.step('client-card', lambda: (session.key('alt+2', 'Return', pause=1.0)))
    session.key('alt+Left')
    tour.step('catalog', lambda: session.key('alt+3', pause=1.0))
    session.key('alt+1', pause=0.6)
    tour.step('deal-card', lambda: session.key('alt+1', 'Return', pause=1.0))
    session.key('alt+Left')
    tour.step('search', lambda: (session.key('ctrl+k', pause=0.6), session.type(w['search'])))
    session.key('Escape', pause=0.5)


def all_stops(session, tour, w):
    tour.step('search-empty', lambda: session.key('ctrl+k', pause=0.6))
    session.key('Escape')
    tour.step('board-quick-add', lambda: (session.key('ctrl+n', pause=0.6), session.type(w['card'])))
    session.key('Escape')
    tour.step('board-filter', lambda: session.key('ctrl+f', pause=0.8))
    tour.step('board-filtered', lambda: (session.type(w['search']), time.sleep(0.8)))
    tour.step('filter-owner', lambda: session.click(w['owner'], role='button'))
    session.key('Escape')
    session.click(w['filter'])
    session.settle()
    tour.step('board-menu', lambda: session.press(first_cards(session)[0], button=3))
    session.key('Escape')

    def select():
        session.key('alt+1', 'space', 'Down', 'space', 'Down', 'space')

    tour.step('board-selected', select)
    tour.step('move-to-stage', lambda: session.click(w['move'], role='button'))
    session.key('Escape', 'Escape')

    def close(kind):
        session.key('alt+1', pause=0.5)
        session.key('Menu', 'Down', 'Down', 'Return', pause=0.5)
        session.type(kind)
        session.key('Return', pause=0.8)

    tour.step('deal-lost', lambda: close('Отказ' if session.lang.startswith('ru') else 'Lost'))
    session.key('Escape', 'Escape')
    tour.step('deal-won', lambda: close('Успешно' if session.lang.startswith('ru') else 'Won'))
    session.key('Escape', 'Escape')
    tour.step('toast', lambda: (session.key('alt+1', pause=0.5), session.key('ctrl+shift+Right', pause=0.6)))
    session.key('ctrl+z')
    tour.step('pipelines', lambda: session.click(w['pipeline'], role='toggle button'))
    session.key('Escape')
    tour.step('deals-list', lambda: (session.click(w['list'], role='radio button'), time.sleep(1)))
    tour.step('columns', lambda: session.key('ctrl+shift+c', pause=0.8))
    session.key('Escape', 'Escape')
    session.click(w['board'], role='radio button')

    session.settle()
    session.press(first_cards(session)[1])
    session.settle()
    tour.step('deal-card-changes', lambda: session.click(w['changes'], role='radio button'))
    session.key('alt+Left')
    tour.step('persons', lambda: (session.key('alt+2', pause=0.6), session.click(w['persons'], role='radio button')))
    tour.step('person-card', lambda: session.key('alt+2', 'Return', pause=1.0))
    session.key('alt+Left')
    tour.step('new-person', lambda: session.key('ctrl+n', pause=0.6))
    session.key('Escape')
    tour.step('reports', lambda: session.key('alt+4', pause=1.5))
    tour.step('reports-won', lambda: session.click(w['won'], role='radio button'))
    tour.step('reports-plans', lambda: session.key('ctrl+shift+g', pause=0.8))
    session.key('Escape')
    tour.step('reports-staff', lambda: session.click(w['staff'], role='radio button'))
    tour.step('preferences', lambda: session.key('ctrl+comma', pause=0.8))
    session.key('Escape')
    tour.step('shortcuts', lambda: session.key('ctrl+question', pause=0.8))
    session.key('Escape')
    session.key('F10', pause=0.5)
    tour.step('menu', lambda: None)
    session.key('Escape')


def active_window():
    return subprocess.run(['xdotool', 'getactivewindow'], capture_output=True, text=True).stdout.strip()


def more_stops(session, tour, w):
    """Dialogs and states that need a way to them; in Russian."""
    session.key('alt+1', pause=0.8)
    tour.step('postpone', lambda: session.key('ctrl+d', pause=0.8))
    session.key('Escape', pause=0.5)
    session.key('alt+1', pause=0.5)
    tour.step('tag-picker', lambda: session.key('ctrl+t', pause=0.8))
    session.key('Escape', pause=0.5)
    session.key('alt+1', pause=0.5)
    tour.step('owner-picker', lambda: session.key('ctrl+o', pause=0.8))
    session.key('Escape', pause=0.5)
    tour.step('state', lambda: session.click('Всё сохранено', role='toggle button'))
    session.key('Escape', pause=0.5)
    session.key('alt+1', 'Return', pause=1.0)

    def history():
        row = session.find(contains='Сумма:', role='list item')
        session.click('История', role='button', within=row)

    tour.step('field-history', history)
    session.key('Escape', pause=0.5)
    session.key('alt+Left', 'alt+1', pause=0.8)

    def window():
        session.key('ctrl+Return', pause=1.5)

    tour.step('record-window', window)
    session.key('ctrl+w', pause=0.8)

    def deleted():
        main = active_window()
        session.key('alt+1', 'ctrl+Return', pause=1.5)
        record = active_window()
        session.xdotool('windowactivate', '--sync', main)
        session.key('Delete', pause=1.0)
        session.xdotool('windowactivate', '--sync', record)
        session.find('Запись удалена', role='label')

    tour.step('deleted-record', deleted)
    session.key('ctrl+w', pause=0.8)
    session.key('ctrl+z', pause=0.8)
    tour.step('product-card', lambda: session.key('alt+3', 'Return', pause=1.0))
    session.key('alt+Left', pause=0.8)
    tour.step('new-product', lambda: session.key('alt+3', 'ctrl+n', pause=0.8))
    session.key('Escape', pause=0.5)
    session.key('alt+2', pause=0.6)
    session.click('Компании', role='radio button')
    tour.step('new-company', lambda: session.key('ctrl+n', pause=0.8))
    session.key('Escape', pause=0.5)

    def new_deal():
        session.key('alt+2', 'Return', pause=1.0)
        session.click('Добавить: Сделки', role='button')

    tour.step('new-deal', new_deal)
    session.key('Escape', 'alt+Left', 'alt+1', pause=0.8)

    def leads():
        session.key('ctrl+p', 'Return', pause=1.0)

    tour.step('leads-board', leads)
    tour.step('lead-card', lambda: session.key('alt+1', 'Return', pause=1.2))
    session.key('alt+Left', pause=0.8)
    tour.step('pipelines-window', lambda: session.key('F10', 'Down', 'Down', 'Down', 'Return', pause=0.6))
    tour.step('pipeline', lambda: (session.press(session.find('Продажи', role='list item')), time.sleep(0.8)))
    tour.step('stage', lambda: (session.press(session.find('Новая', role='list item')), time.sleep(0.8)))
    session.key('Escape', 'Escape', 'Escape', pause=0.8)
    tour.step('company', lambda: session.key('F10', 'Down', 'Down', 'Down', 'Down', 'Return', pause=0.6))
    tour.step('company-entities', lambda: (session.press(session.find('Наши юрлица', role='list item')), time.sleep(0.8)))
    tour.step('company-entity', lambda: (session.press(session.find(contains='ООО', role='list item')), time.sleep(1.0)))
    session.key('Escape', 'Escape', 'Escape', pause=0.8)
    tour.step('about', lambda: (session.key('F10', pause=0.5), session.key('Up', 'Up', 'Return', pause=0.8)))
    session.key('Escape', pause=0.5)


def visit(folder, prefix, lang='ru_RU.UTF-8', size=(1280, 800), settings=None, everything=False):
    with Session(*size, lang=lang, settings=settings) as session:
        session.make_demo(records=6000)
        session.launch()
        session.settle(1)
        tour = Tour(session, folder, prefix)
        w = words(lang[:2])
        main_stops(session, tour, w)
        if everything:
            all_stops(session, tour, w)
            more_stops(session, tour, w)
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_welcome(folder):
    """The first run."""
    with Session() as session:
        session.launch()
        Tour(session, folder, 'ru').shot('welcome', 0.8)
    return []


def visit_import(folder, prefix, **options):
    """The import: a file chosen, its mapping, what came of it, one that cannot be read."""
    with Session(**options) as session:
        session.make_demo(records=2000)
        table = session.home / 'Клиенты из 1С.csv'
        lines = ['Наименование;ИНН;КПП;Телефон;E-mail;Сайт;Комментарий']
        for i in range(1, 240):
            lines.append(f'ООО «Вектор-{i}»;;;8 (495) 120-{i // 100:02}-{i % 100:02};info@vector{i}.example;vector{i}.example;')
        lines.append('АО «Ошибка»;123;;;не почта;;')
        table.write_bytes('\r\n'.join(lines).encode('cp1251'))
        session.launch(str(table))
        tour = Tour(session, folder, prefix)
        session.find(contains='Будет создано', role='label', timeout=15)
        tour.shot('import-mapping', 0.3)
        session.click('Импортировать', role='button')
        session.find('Отменить импорт', role='button', timeout=15)
        tour.shot('import-done', 0.3)
        session.click('Отменить импорт', role='button')
        session.settle(1)
        if prefix == 'ru':
            tour.step('import-choose', lambda: session.key('ctrl+i', pause=0.8))
            session.key('Escape')
            broken = session.home / 'Прайс.xlsx'
            broken.write_bytes(b'PK\x03\x04' + b'not really a table' * 40)
            subprocess.run([APP, str(broken)], timeout=10)
            session.find(contains='повреждена', role='label')
            tour.shot('import-broken', 0.3)
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_trouble(folder, name, prepare):
    """Data that cannot be opened, and data that cannot be saved."""
    with Session() as session:
        prepare(session)
        session.launch()
        tour = Tour(session, folder, 'ru')
        if name == 'full':
            tour.step('trouble-full', lambda: fill_the_disk(session))
        else:
            session.find('Попробовать снова', role='button', timeout=20)
            tour.shot(f'trouble-{name}', 0.5)
        return tour.failed


def fill_the_disk(session):
    """On a file system of its own, which only the program sees."""
    folder = pathlib.Path(f'/proc/{session.app.pid}/root{session.home}/data/torg')
    session.key('alt+1', 'Return', pause=1.0)
    session.press(session.find('Текст записи', role='text'))
    session.type('Это нельзя потерять')
    try:
        with open(folder / 'filler', 'wb') as filler:
            while filler.write(bytes(4096)):
                filler.flush()
    except OSError:
        pass
    session.key('ctrl+Return', pause=0.5)
    session.find('Попробовать снова', role='button', timeout=20)


def use_small_disk(session):
    session.make_demo(records=600)
    place = session.home / 'data/torg'
    session.prefix = ['unshare', '-m', *([] if os.getuid() == 0 else ['--map-current-user']), 'sh', '-c',
                      f'cp -r {place} {place}-copy && mount -t tmpfs -o size=9m tmpfs {place} && '
                      f'cp {place}-copy/* {place}/ && exec "$@"', 'sh']


def visit_troubles(folder):
    failed = 0
    start = test_start
    for name, prepare in {'damaged': start.damage, 'newer': start.make_newer, 'read-only': start.make_read_only,
                          'locked': start.lock, 'full': use_small_disk}.items():
        failed += in_child(visit_trouble, folder, name, prepare)
    return failed


def change_beside(session, amount):
    """Changes a deal past the window."""
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    session.ctl('set', deal, f'amount={amount} RUB')
    session.key('ctrl+shift+y')
    return deal


def visit_exchange(folder, prefix, **options):
    """With a server: connecting, what waits, no connection, a difference, a rejection, a key that no longer holds."""
    with Session(**options) as session:
        test_sync.connect(session)
        session.launch()
        tour = Tour(session, folder, prefix)
        change = test_sync.change_first_deal if prefix == 'ru' else change_beside
        test_sync.state(session, 'Всё отправлено')
        tour.step('exchange-sent', lambda: session.click('Всё отправлено', role='toggle button'))
        session.key('Escape', pause=0.5)
        test_sync.make_a_difference(session, change)
        tour.step('exchange-needs-a-decision', lambda: session.click('1 требует решения', role='toggle button'))
        session.key('Escape', pause=0.5)
        tour.step('exchange-decisions', lambda: session.key('ctrl+shift+r', pause=1.0))
        session.click('Взять моё', role='button')
        session.find('Расхождений нет', role='label')
        tour.shot('exchange-decided')
        session.key('Escape', 'Escape', *(['alt+Left'] if prefix == 'ru' else []), pause=0.8)  # the toast goes first
        test_sync.state(session, 'Всё отправлено')
        session.server.stop()
        change(session, '7654000')
        tour.step('exchange-offline', lambda: test_sync.state(session, 'Нет связи с'))
        tour.step('exchange-offline-state', lambda: session.click(test_sync.state(session, 'Нет связи с').get_name(),
                                                                  role='toggle button'))
        session.key('Escape', pause=0.5)
        tour.step('exchange-unsent', lambda: session.key('ctrl+shift+o', pause=1.0))
        session.key('Escape', pause=0.5)
        if prefix == 'ru':
            tour.step('exchange-sign-out', lambda: session.key('F10', 'Down', 'Down', 'Return', pause=0.7))
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_rejection(folder):
    with Session() as session:
        test_sync.connect_with_few_rights(session)
        session.launch()
        tour = Tour(session, folder, 'ru')
        test_sync.state(session, 'Всё отправлено')
        company = session.json('list', 'company', '--limit', '1')[0]['id']
        session.ctl('set', company, 'name=Новое имя')
        session.key('ctrl+shift+y')
        test_sync.state(session, '1 требует решения')
        tour.step('exchange-rejected', lambda: session.key('ctrl+shift+r', pause=1.0))
        return tour.failed


def visit_joining(folder):
    """Who began alone joins a company."""
    with Session() as session:
        test_signing.begin_with_content(session)
        session.launch()
        tour = Tour(session, folder, 'ru')
        tour.step('exchange-alone', lambda: session.click(contains='Всё сохранено', role='toggle button'))
        tour.step('exchange-join', lambda: session.click('Подключить к серверу…', role='button'))
        return tour.failed


def visit_stale(folder):
    with Session() as session:
        test_signing.begin_without_contact(session)
        session.launch()
        tour = Tour(session, folder, 'ru')
        tour.step('exchange-stale', lambda: session.find('Слишком долго не было связи', role='label'))
        return tour.failed


def visit_sign_in(folder):
    with Session() as session:
        test_signing.connect_with_a_wrong_key(session)
        session.launch()
        tour = Tour(session, folder, 'ru')
        tour.step('exchange-sign-in', lambda: session.click('Войдите снова', role='toggle button', timeout=20))
        tour.step('exchange-key', lambda: session.click('Войти снова…', role='button'))
        return tour.failed


def visit_connect(folder):
    with Session() as session:
        session.launch()
        tour = Tour(session, folder, 'ru')
        tour.step('exchange-connect', lambda: session.click('Подключиться к серверу компании', role='list item'))
        return tour.failed


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '_tour')
    only = sys.argv[2:]
    failed = 0
    for name, options in {'ru': {'everything': True}, 'ru-dark': {'settings': {'color-scheme': 'dark'}},
                          'en': {'lang': 'C.UTF-8'}, 'ru-narrow': {'size': (420, 800)}}.items():
        if not only or name in only:
            failed += in_child(visit, folder, name, **options)
    if not only or 'start' in only:
        failed += in_child(visit_welcome, folder)
        failed += visit_troubles(folder)
    for name, options in {'ru': {}, 'ru-dark': {'settings': {'color-scheme': 'dark'}}, 'ru-narrow': {'width': 420, 'height': 800}}.items():
        if not only or 'import' in only:
            failed += in_child(visit_import, folder, name, **options)
    if not only or 'exchange' in only:
        failed += in_child(visit_exchange, folder, 'ru')
        failed += in_child(visit_exchange, folder, 'ru-narrow', width=420, height=800)
        failed += in_child(visit_rejection, folder)
        failed += in_child(visit_sign_in, folder)
        failed += in_child(visit_joining, folder)
        failed += in_child(visit_stale, folder)
        failed += in_child(visit_connect, folder)
    failed += tour_company.visit_all(folder, only)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
