#!/usr/bin/env python3
"""Filters over any field of a record and its client, as chips: added, changed and removed by keys."""
import torgdisplay
from test_board import count, stages, totals


def make_region(session):
    session.make_demo()
    deals = session.json('list', 'deal', '--limit', '1000')
    first = next(deal for deal in deals if deal['fields'].get('company'))
    session.ctl('set', first['fields']['company'], 'region=Звёздная область')


def rows(session):
    return session.find_all(role='table cell')


def add_filter(session, field):
    session.key('ctrl+shift+f', pause=0.8)
    session.type(field)
    session.settle()
    session.key('Return', pause=0.8)


def chips_of_clients(session):
    """A field of the client as a chip over the board; counts follow; Delete takes it away."""
    session.key('alt+1', pause=0.5)
    before = count(session, stages(session)[0])
    add_filter(session, 'Регион (компания)')
    session.type('звездная')
    session.key('Return', pause=1.0)
    session.find('Регион (компания): содержит «звездная»', role='button')
    session.wait(lambda: not totals(session, before) and totals(session, 1), 'the counts of the deals of one company')
    # The chip has the keyboard: Enter changes it, Delete removes it.
    session.key('Return', pause=0.8)
    session.find('Регион (компания)', role='label')
    session.key('Escape', pause=0.8)
    session.key('Delete', pause=1.0)
    session.wait(lambda: totals(session, before), 'all deals')
    session.wait(lambda: not session.has('Регион (компания): содержит «звездная»'), 'the chip gone')


chips_of_clients.prepare = make_region


def chips_in_the_list_of_clients(session):
    session.key('alt+2', pause=1.0)
    session.press(session.find('Компании', role='radio button'))
    session.settle(1)
    session.key('Down', pause=0.5)
    add_filter(session, 'Регион')
    session.type('ЗВЁЗД')
    session.key('Return', pause=1.0)
    session.find('Регион: содержит «ЗВЁЗД»', role='button')
    session.wait(lambda: len(rows(session)) == 1, 'one company')


chips_in_the_list_of_clients.prepare = make_region


def chip_of_an_owner(session):
    """A reference is chosen by typing; the period of a day by its name."""
    session.key('alt+1', pause=0.5)
    before = len(rows(session))
    add_filter(session, 'Создан')
    session.find('Период')
    session.key('Escape', pause=0.8)
    add_filter(session, 'Ответственный')
    session.settle(1)
    session.key('Return', pause=1.0)
    session.key('Return', pause=1.0)
    session.find('Ответственный: я', role='button')
    session.wait(lambda: len(rows(session)) <= before, 'the cards')


def export_a_list(session):
    """What the list shows, filters and columns, as a file; it is noted who took it along."""
    session.key('alt+2', pause=0.8)
    add_filter(session, 'Регион')
    session.type('ЗВЁЗД')
    session.key('Return', pause=1.0)
    session.wait(lambda: len(rows(session)) == 1, 'one company')
    path = session.home / 'list.csv'
    session.key('ctrl+shift+e', pause=1.5)
    session.key('ctrl+a', 'BackSpace')
    session.type(str(path))
    session.key('Return', pause=1.0)
    session.find('1 запись сохранена в файл', role='label')
    lines = path.read_text(encoding='utf-8-sig').splitlines()
    if len(lines) != 2 or not lines[0].startswith('Название;'):
        raise torgdisplay.Failure(f'{lines}')
    if [entry['what'] if 'what' in entry else entry['fields']['what'] for entry in session.json('exports')] != ['company']:
        raise torgdisplay.Failure('nobody knows of it')


export_a_list.prepare = make_region


if __name__ == '__main__':
    torgdisplay.run(chips_of_clients, chips_in_the_list_of_clients, chip_of_an_owner, export_a_list)
