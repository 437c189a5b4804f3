#!/usr/bin/env python3
"""What the whole company works with, in its window, and what a deal takes from it: whose name, who takes part, terms."""
import os

import torgdisplay
from test_lines import add, open_products, with_deal, DEAL
from test_board import field
from torgdisplay import Failure


def shoot(session, name):
    if 'TORG_SHOTS' in os.environ:
        session.shot(f'{os.environ["TORG_SHOTS"]}/{name}.png')


def bring_into_sight(session, name, role='list item'):
    """Scrolls the window of the company until something stands well above its end."""
    for _ in range(40):
        if session.bounds([node for node in session.find_all(name, role=role) if session.bounds(node).x > 300][-1]).y < 480:
            break
        session.xdotool('mousemove', 640, 500, 'click', 5)
        session.settle(0.15)
    session.settle()


def open_company(session, page):
    session.key('F10', pause=0.6)
    session.key('Down', 'Down', 'Down', 'Down', 'Return', pause=0.4)
    session.find('Справочники', role='label')
    shoot(session, 'company')
    bring_into_sight(session, page)
    session.press(session.find(page, role='list item'))
    session.find('Новая запись', role='label')


def reach(session, name, role='button'):
    """Scrolls the fields of a card until something is in sight."""
    for _ in range(40):
        nodes = session.find_all(name, role=role)
        if nodes and session.bounds(nodes[0]).y + session.bounds(nodes[0]).height < 720:
            session.settle(0.3)
            return nodes[0]
        session.xdotool('mousemove', 390, 500, 'click', 5)
        session.settle(0.15)
    raise Failure(f'“{name}” does not come into sight')


def names(session, type, **where):
    """In their order."""
    found = session.json('list', type, *[word for item in where.items() for word in ('--where', '='.join(item))], '--limit', '1000')
    return [field(record, 'name') for record in sorted(found, key=lambda record: field(record, 'position') or 0)]


def dictionary_entries(session):
    """Added, put in order, renamed, deleted and undone, by the keyboard."""
    open_company(session, 'Причины отказа')
    before = names(session, 'dictionary', dictionary='lost_reason')
    session.press(session.find('Название', role='text'))
    session.type('Сменился директор')
    session.key('Return', pause=1.0)
    session.wait(lambda: names(session, 'dictionary', dictionary='lost_reason') == before + ['Сменился директор'], 'the entry')
    session.key('shift+Tab', 'End', 'alt+Up', pause=1.0)
    session.wait(lambda: names(session, 'dictionary', dictionary='lost_reason')[-2:] == ['Сменился директор', before[-1]], 'the order')
    session.key('Return', pause=1.0)
    session.find('Сменился директор', role='label')
    if session.has('Справочник', role='label'):
        raise Failure('an entry can be moved to another dictionary')
    shoot(session, 'company-entry')
    session.click('Удалить', role='button')
    session.wait(lambda: names(session, 'dictionary', dictionary='lost_reason') == before, 'the entry gone')
    session.click('Отменить', role='button')
    session.wait(lambda: 'Сменился директор' in names(session, 'dictionary', dictionary='lost_reason'), 'the undo')


def own_entity(session):
    """A legal entity of ours: its form decides what is asked, a wrong INN says so."""
    open_company(session, 'Наши юрлица')
    shoot(session, 'company-entities')
    session.press(session.find('Название', role='text'))
    session.type('ООО «Второе»')
    session.key('Return', pause=1.0)
    session.wait(lambda: 'ООО «Второе»' in names(session, 'own_entity'), 'the legal entity')
    session.press(session.find('ООО «Второе»', role='list item'))
    session.settle(1.0)
    session.press(session.find(contains='ИНН: ', role='list item'))
    session.type('7701123450')
    session.key('Return', pause=0.6)
    session.find(contains='контрольн', role='label')
    session.key('ctrl+a')
    session.type('7701123451')
    session.key('Return', pause=1.0)
    session.wait(lambda: session.json('count', 'own_entity', '--where', 'inn=7701123451')['count'] == 2, 'the INN')
    shoot(session, 'company-entity')


def open_cards(session, page):
    session.key('F10', pause=0.6)
    session.key('Down', 'Down', 'Down', 'Down', 'Return', pause=0.4)
    bring_into_sight(session, 'Карточки и поля', 'label')
    session.press([node for node in session.find_all(page, role='list item') if session.bounds(node).x > 300][-1])
    session.settle(0.8)


def cards_and_fields(session):
    """What stands on a card: a field that is not wanted goes, another one comes first, one of the company's own is added."""
    open_cards(session, 'Компании')
    session.find('Отрасль', role='label')
    shoot(session, 'cards')
    session.click('Ниже: Отрасль', role='button')
    session.wait(lambda: session.json('list', 'card_layout'), 'the layout')
    order = field(session.json('list', 'card_layout')[0], 'order').split()
    if order.index('industry') != order.index('employees') + 1:
        raise Failure(f'the order is {order}')
    session.settle(1.5)
    row = next(node for node in session.find_all(role='combo box') if session.has('Отрасль', role='label', within=node) or node.get_name() == 'Отрасль')
    session.press(row)
    session.settle(0.5)
    session.key('End', 'Return', pause=1.0)
    session.wait(lambda: field(session.json('list', 'card_layout')[0], 'hidden') == ['industry'], 'the field hidden')
    for _ in range(80):
        if session.find_all('Добавить поле'):
            break
        session.xdotool('mousemove', 640, 500, 'click', 5)
        session.settle(0.1)
    session.xdotool('mousemove', 640, 500, 'click', '--repeat', 20, '--delay', 10, 5)
    session.settle()
    session.press([node for node in session.find_all('Название', role='text')][-1])
    session.type('Любимый цвет')
    for _ in range(4):
        session.press(session.find('Что в нём', role='label'))
        session.settle(1.0)
        session.key('Home', 'Down', 'Down', 'Down', 'Down', 'Return', pause=0.3)
        session.settle()
        if session.has('Варианты через запятую', role='text'):
            break
    session.xdotool('mousemove', 640, 400, 'click', '--repeat', 20, '--delay', 10, 5)
    session.settle()
    session.press(session.find('Варианты через запятую', role='text'))
    session.settle(0.4)
    session.type('Красный, синий;зелёный')
    session.key('Return', pause=1.0)
    session.wait(lambda: session.json('list', 'field_def'), 'the field')
    if len(field(session.json('list', 'field_def')[0], 'choices')) != 3:
        raise Failure(f'{session.json("list", "field_def")}')
    session.settle()
    shoot(session, 'cards-added')
    session.click('Изменить: Любимый цвет', role='button')
    session.press(session.find('Новый вариант', role='text', timeout=8))
    session.type('чёрный')
    session.key('Return', pause=1.0)
    session.click('Убрать: синий', role='button')
    session.wait(lambda: field(session.json('list', 'field_def')[0], 'choices') == ['Красный', 'зелёный', 'чёрный'], 'the choices')
    shoot(session, 'cards-field')
    session.key('Escape', 'Escape', 'Escape', 'Escape', 'Escape', pause=0.9)
    session.key('alt+2', 'Return', pause=1.2)
    session.find('Телефон', role='label')
    if session.has('Отрасль', role='label'):
        raise Failure('the field is still on the card')


def terms_and_vat(session):
    """Who does not pay VAT sells without it; the payment is proposed by the terms and the calendar."""
    seller = next(entity for entity in session.json('list', 'own_entity') if field(entity, 'pays_vat') == 'no')
    session.ctl('set', session.deal, f'own_entity={seller["id"]}', 'shipment=2027-04-30', 'deferral=5', 'deferral_kind=working', 'prepayment=30')
    open_products(session)
    add(session, 'Доставка', '2')
    line = session.json('list', 'deal_line', '--where', f'deal={session.deal}')[0]
    rates = {rate['id']: field(rate, 'name') for rate in session.json('list', 'vat_rate')}
    chosen = field(line, 'vat_rate')
    chosen = chosen['id'] if isinstance(chosen, dict) else chosen
    if rates.get(chosen, chosen) != 'Без НДС':
        raise Failure(f'a new line of one who does not pay VAT has {chosen}')
    session.ctl('set', line['id'], 'vat_rate=22 %')
    session.settle(1.0)
    session.xdotool('mousemove', *session.place(session.find(contains='НДС: ', role='button')))
    session.find(contains='не платит НДС')
    shoot(session, 'terms')
    # Five working days after the 30th of April 2027, with the 1st of May, a Saturday, moved to Monday.
    session.press(reach(session, 'Принять предложенное'))
    session.wait(lambda: field(session.json('show', session.deal), 'payment') == '2027-05-11', 'the payment')


def contacts(session):
    """Somebody else takes part in a deal: added, given a role, opened, removed and undone."""
    session.ctl('add', 'person', 'surname=Контактов', 'name=Иван')
    open_products(session)
    session.press(reach(session, 'Добавить: Другие контакты'))
    session.find('Контакт сделки')
    session.type('Контактов')
    session.settle(1.0)
    session.key('Return', pause=1.0)
    session.wait(lambda: session.json('count', 'deal_contact')['count'] == 1, 'the contact')
    session.find(contains='Контактов', role='list item')
    session.press(reach(session, 'Изменить роль'))
    session.settle(0.6)
    session.type('Бухгалтер')
    session.key('Return', pause=1.0)
    session.find('Бухгалтер', role='label')
    shoot(session, 'contacts')
    session.press(reach(session, 'Убрать из сделки'))
    session.wait(lambda: session.json('count', 'deal_contact')['count'] == 0, 'no contact')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: session.json('count', 'deal_contact')['count'] == 1, 'the undo')


for test in (terms_and_vat, contacts):
    test.prepare = with_deal

if __name__ == '__main__':
    torgdisplay.run(dictionary_entries, own_entity, cards_and_fields, terms_and_vat, contacts)
