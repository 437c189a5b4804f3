#!/usr/bin/env python3
"""The products of a deal: lines edited in place, their totals to the kopeck, their order, undo, and the deal's amount."""
import os

import torgdisplay
from torgdisplay import Failure

NBSP = '\u00a0'
DEAL = 'Поставка станка'
PRODUCT = 'Станок токарный'


def with_deal(session):
    """A deal without products that stands first on the board, and a product with an old rate of VAT."""
    session.make_demo()
    deal = session.ctl('add', 'deal', f'title={DEAL}', 'pipeline=Продажи', 'stage=Новая', 'expected=2026-12-01', 'amount=1000').split()[0]
    session.ctl('add', 'product', f'name={PRODUCT}', 'price=1 000,33 ₽', 'unit=шт', 'vat_rate=20 %')
    session.deal = deal.strip()


def shown(session):
    return session.json('show', session.deal)


def open_products(session):
    session.key('alt+1', pause=0.5)
    session.key('ctrl+k', pause=0.5)
    session.type(DEAL)
    session.wait(lambda: session.has(DEAL, role='label'), 'the deal')
    session.key('Return', pause=1.0)
    session.find('Лента', timeout=8)
    session.key('ctrl+shift+l', pause=0.6)


def focus(session):
    return ' '.join(node.get_name() or '' for node in session.focused())


def add(session, text, quantity=None):
    """By keyboard alone: what is typed is found or taken as it is, and the quantity comes next."""
    session.key('alt+Insert', pause=0.6)
    session.find('Добавить товар', role='dialog')
    session.type(text)
    session.settle(0.8)
    session.key('Return', pause=0.6)
    session.wait(lambda: focus(session).startswith('Количество: '), 'the quantity to have the focus')
    if quantity is not None:
        session.key('ctrl+a')
        session.type(quantity)
        session.key('Return', pause=0.6)


def cell(session, column, title):
    return session.find(f'{column}: {title}')


def fill(session, column, title, text):
    session.press(cell(session, column, title))
    session.key('ctrl+a')
    session.type(text)
    session.key('Return', pause=0.7)


def shoot(session, name):
    if 'TORG_SHOTS' in os.environ:
        session.shot(f'{os.environ["TORG_SHOTS"]}/{name}.png')


def two_rates_and_a_discount(session):
    """From the empty state to totals by rate, to the kopeck; the total becomes the amount, and undo gives it back."""
    open_products(session)
    session.find('Товаров пока нет', role='label')
    shoot(session, 'lines-empty')
    # A product brings its price; its rate of 20 % is not in force any more, so it is the company's.
    add(session, 'Станок ток', '3')
    fill(session, 'Скидка, %', PRODUCT, '12,5')
    session.find(f'Итого: 2{NBSP}625,87{NBSP}₽')
    session.find(f'в т. ч. НДС 22{NBSP}%: 473,52{NBSP}₽')
    # In one's own words, at another rate.
    add(session, 'Доставка до склада')
    fill(session, 'Цена', 'Доставка до склада', '1100,01')
    # The row is laid out anew when its price is saved.
    session.find(f'в т. ч. НДС 22{NBSP}%: 671,88{NBSP}₽')
    session.press(session.find('НДС: 22 %: Доставка до склада'))
    session.find('НДС', role='dialog')
    session.type('10')
    session.settle(0.5)
    session.key('Return', pause=0.8)
    session.find(f'Итого: 3{NBSP}725,88{NBSP}₽')
    session.find(f'в т. ч. НДС 22{NBSP}%: 473,52{NBSP}₽')
    session.find(f'в т. ч. НДС 10{NBSP}%: 100{NBSP}₽')
    shoot(session, 'lines')
    totals = shown(session)['totals']
    if totals != [{'currency': 'RUB', 'minor': 372588, 'rates': [{'rate': '22', 'minor': 262587, 'vat_minor': 47352},
                                                                 {'rate': '10', 'minor': 110001, 'vat_minor': 10000}]}]:
        raise Failure(f'torgctl adds up otherwise: {totals}')
    session.click('Поставить в сумму сделки', role='button')
    session.find(f'Сумма: 3{NBSP}725,88{NBSP}₽', role='list item')
    session.wait(lambda: not session.has('Поставить в сумму сделки', role='button'), 'the button to go')
    session.key('ctrl+z', pause=0.8)
    session.find(f'Сумма: 1{NBSP}000{NBSP}₽', role='list item')
    session.find('Поставить в сумму сделки', role='button')


def row_of(session, title):
    return session.find(title, role='list item')


def remove_and_undo(session):
    """A line goes by a key and comes back by the toast; the totals follow."""
    open_products(session)
    add(session, 'Станок ток', '2')
    add(session, 'Особая услуга')
    fill(session, 'Цена', 'Особая услуга', '500')
    session.find(f'Итого: 2{NBSP}500,66{NBSP}₽')
    session.press(cell(session, 'Количество', PRODUCT))
    session.key('alt+Delete', pause=0.8)
    session.find(f'Итого: 500{NBSP}₽')
    session.find('Товары 1')
    session.click('Отменить', role='button')
    session.find(f'Итого: 2{NBSP}500,66{NBSP}₽')
    names = [line['title'] for line in shown(session)['lines']]
    if names != [PRODUCT, 'Особая услуга']:
        raise Failure(f'the lines are {names} after undo')


def order_by_keyboard(session):
    """Alt+Shift+↑ and ↓ move the line, which keeps the focus; a line dragged onto another takes its place."""
    open_products(session)
    for name in ('Первый', 'Второй', 'Третий'):
        add(session, name)

    def names():
        return [line['title'] for line in shown(session)['lines']]

    session.key('alt+shift+Up', 'alt+shift+Up', pause=0.5)
    session.wait(lambda: names() == ['Третий', 'Первый', 'Второй'], 'the third to be the first')
    if focus(session) != 'Количество: Третий':
        raise Failure(f'the focus is at {focus(session)}')
    session.key('alt+shift+Down', pause=0.5)
    session.wait(lambda: names() == ['Первый', 'Третий', 'Второй'], 'the third to be the second')
    places = [session.bounds(row_of(session, name)).y for name in names()]
    if places != sorted(places):
        raise Failure(f'the rows stand at {places}')
    one, other = session.bounds(row_of(session, 'Второй')), session.bounds(row_of(session, 'Первый'))
    corner = session.place(row_of(session, 'Второй'))
    target = session.place(row_of(session, 'Первый'))
    session.drag((corner[0] - one.width // 2 + 16, corner[1] - one.height // 2 + 22), (target[0], target[1]))
    session.wait(lambda: names() == ['Второй', 'Первый', 'Третий'], f'the dragged one to be the first of {other.y}')


def what_cannot_be(session):
    """A wrong discount is said at the line and not taken; Escape gives the old one back. Currencies stay apart."""
    open_products(session)
    add(session, 'Станок ток')
    fill(session, 'Скидка, %', PRODUCT, '120')
    session.find('Скидка бывает от 0 до 100 %.', role='label')
    session.key('Escape', pause=0.4)
    session.wait(lambda: not session.has('Скидка бывает от 0 до 100 %.', role='label'), 'the message to go')
    if 'discount' in shown(session)['lines'][0]['fields']:
        raise Failure('a discount of 120 % was taken')
    add(session, 'Лицензия')
    session.find(contains='1 строка без цены', role='label')
    fill(session, 'Цена', 'Лицензия', '99,50 USD')
    session.find(f'Итого: 1{NBSP}000,33{NBSP}₽')
    session.find(f'Итого: 99,50{NBSP}$')
    if session.has('Поставить в сумму сделки', role='button'):
        raise Failure('an amount of two currencies is offered')
    shoot(session, 'lines-currencies')


def narrow_lines(session):
    """All of a line is within a narrow window."""
    open_products(session)
    add(session, 'Станок ток', '2')
    shoot(session, 'lines-narrow')
    width = narrow_lines.options['width']
    for name in (f'Количество: {PRODUCT}', f'Цена: {PRODUCT}', f'Скидка, %: {PRODUCT}', f'Меню: {PRODUCT}'):
        bounds = session.bounds(session.find(name))
        if bounds.x < 0 or bounds.x + bounds.width > width:
            raise Failure(f'{name} reaches from {bounds.x} to {bounds.x + bounds.width} of {width}')


narrow_lines.options = {'width': 420, 'height': 800}


def wide_lines(session):
    """Where there is room the lines are a table: each column as wide as its heading."""
    open_products(session)
    add(session, 'Станок ток', '2')
    add(session, 'Особая услуга')
    shoot(session, 'lines-wide')
    price, heading = session.bounds(cell(session, 'Цена', PRODUCT)), session.bounds(session.find('Цена', role='label'))
    if (price.x, price.width) != (heading.x, heading.width):
        raise Failure(f'the prices stand at {price.x}, their heading at {heading.x}')
    session.key('Up', pause=0.3)
    if focus(session) != f'Количество: {PRODUCT}':
        raise Failure(f'the arrow leads to {focus(session)}')


wide_lines.options = {'width': 1680, 'height': 900}

tests = (two_rates_and_a_discount, remove_and_undo, order_by_keyboard, what_cannot_be, narrow_lines, wide_lines)
for test in tests:
    test.prepare = with_deal

if __name__ == '__main__':
    torgdisplay.run(*tests)
