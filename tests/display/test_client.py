#!/usr/bin/env python3
"""Cards: a field edited in place, one that cannot be saved, a note, undo, and the narrow card."""
import torgdisplay
from torgdisplay import Failure


def open_first_deal(session):
    session.key('alt+1', 'Return', pause=1.0)
    session.find('Следующая в списке', role='button')


def edit_in_place(session):
    open_first_deal(session)
    session.press(session.find(contains='Сумма:', role='list item'))
    session.key('ctrl+a')
    session.type('1500000')
    session.key('Return', pause=0.8)
    session.find('Сумма: 1\u00a0500\u00a0000\u00a0₽', role='list item')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: not session.has('Сумма: 1\u00a0500\u00a0000\u00a0₽', role='list item'), 'the undo')


def refuse_what_is_wrong(session):
    open_first_deal(session)
    session.press(session.find(contains='Ожидаемое закрытие:', role='list item'))
    session.key('ctrl+a')
    session.type('32.13.2026')
    session.key('Return', pause=0.5)
    session.find(contains='не бывает', role='label')
    session.key('Escape', pause=0.5)
    if session.has(contains='32.13', role='list item'):
        raise Failure('a date that does not exist was taken')


def write_a_note(session):
    session.key('alt+2', 'Return', pause=1.0)
    session.press(session.find('Текст записи', role='text'))
    session.type('Просит перезвонить')
    session.key('ctrl+Return', pause=1.0)
    session.find('Просит перезвонить', role='label')
    if not session.json('search', 'Просит перезвонить'):
        raise Failure('the note is not found')


def narrow_card(session):
    open_first_deal(session)
    session.find('Дела', role='page tab')
    session.press(session.find('Данные', role='page tab'))
    session.find(contains='Сумма:', role='list item')


narrow_card.options = {'width': 420, 'height': 800}

if __name__ == '__main__':
    torgdisplay.run(edit_in_place, refuse_what_is_wrong, write_a_note, narrow_card)
