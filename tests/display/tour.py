#!/usr/bin/env python3
"""Opens every pane, dialog and state on the demo company and writes pictures: tour.py DIR.

Russian light 1280×800 of all; dark, English and 420×800 of the main ones.
"""
import os
import pathlib
import sys
import time

from torgdisplay import Session


class Tour:
    def __init__(self, session, folder, prefix):
        self.session = session
        self.folder = pathlib.Path(folder)
        self.prefix = prefix
        self.failed = []

    def shot(self, name, pause=0.5):
        time.sleep(pause)
        self.session.shot(self.folder / f'{self.prefix}-{name}.png')
        print(f'{self.prefix}-{name}.png', flush=True)

    def step(self, name, action):
        """One stop; a stop that fails is told at the end, the tour goes on."""
        try:
            action()
            self.shot(name)
        except Exception as error:
            self.failed.append(f'{self.prefix}-{name}: {error}')
            self.session.key('Escape', 'Escape')


def words(lang):
    ru = {'board': 'Доска', 'list': 'Список', 'filter': 'Поиск и фильтр', 'pipeline': 'Воронка', 'menu': 'Главное меню',
          'leads': 'Лиды', 'sales': 'Продажи', 'facts': 'Данные', 'new': 'Новая сделка здесь', 'search': 'насос', 'card': 'Сделка для обзора',
          'changes': 'Изменения', 'columns': 'Столбцы', 'view': 'Вид', 'move': 'Переместить…', 'persons': 'Люди',
          'owner': 'Ответственный', 'columns_item': 'Столбцы…'}
    en = {'board': 'Board', 'list': 'List', 'filter': 'Search and Filter', 'pipeline': 'Pipeline', 'menu': 'Main Menu',
          'leads': 'Leads', 'sales': 'Sales', 'facts': 'Facts', 'new': 'New Deal Here', 'search': 'pump', 'card': 'A deal for the tour',
          'changes': 'Changes', 'columns': 'Columns', 'view': 'View', 'move': 'Move…', 'persons': 'People',
          'owner': 'Responsible', 'columns_item': 'Columns…'}
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
    tour.step('columns', lambda: (session.click(w['view'], role='toggle button'), session.key('Down', 'Return', pause=0.5)))
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
    tour.step('preferences', lambda: session.key('ctrl+comma', pause=0.8))
    session.key('Escape')
    tour.step('shortcuts', lambda: session.key('ctrl+question', pause=0.8))
    session.key('Escape')
    session.key('F10', pause=0.5)
    tour.step('menu', lambda: None)
    session.key('Escape')


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
        return tour.failed + [f'{prefix}: {line}' for line in session.messages()]


def visit_welcome(folder):
    """The first run."""
    with Session() as session:
        session.launch()
        Tour(session, folder, 'ru').shot('welcome', 0.8)
    return []


def visit_trouble(folder):
    """Data that cannot be opened."""
    with Session() as session:
        path = session.home / 'data/torg/replica.db'
        path.parent.mkdir(parents=True)
        path.write_bytes(b'this is no database' * 500)
        session.launch()
        Tour(session, folder, 'ru').shot('trouble-damaged', 0.8)
    return []


def in_child(visit, *arguments, **options):
    """AT-SPI knows one bus a process. Gives 1 where a stop failed."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    status = 1
    try:
        failed = visit(*arguments, **options)
        for line in failed:
            print(f'! {line}', file=sys.stderr)
        status = 1 if failed else 0
    except Exception as error:
        print(f'! {arguments}: {error}', file=sys.stderr)
    finally:
        sys.stdout.flush()
        os._exit(status)


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
        failed += in_child(visit_trouble, folder)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
