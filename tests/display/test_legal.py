#!/usr/bin/env python3
"""Legal entities: the form decides which requisites there are, each is checked, a pasted text and a BIK fill them in."""
import torgdisplay
from torgdisplay import Failure

CARD = 'ИНН 7707083893 КПП 770701001 ОГРН 1027700132195 р/с 40702810900000002852'


def open_entity(session, city='Новосибирск', *fields):
    """A company with a legal entity, whose card is open."""
    company = session.json('add', 'company', 'name=Пробная компания', f'city={city}', 'phones=+7 916 123-45-67')['id']
    entity = session.json('add', 'legal_entity', 'name=Проба', f'company={company}', *fields)['id']
    session.key('ctrl+k', pause=0.8)
    session.type('Пробная компания')
    session.key('Return', pause=1.2)
    session.find(contains='Телефон:', role='list item')
    return company, entity


def go_to_entity(session):
    session.press(session.find('Проба', role='list item'))
    session.find(contains='Форма:', role='list item')


def form_decides(session):
    _company, entity = open_entity(session, 'Тверь', 'form=ooo')
    go_to_entity(session)
    session.find(contains='КПП:', role='list item')
    session.find(contains='ОГРН:', role='list item')
    session.ctl('set', entity, 'form=ip')
    session.wait(lambda: not session.has(contains='КПП:', role='list item'), 'a card without KPP')
    session.find(contains='ОГРН:', role='list item')
    session.ctl('set', entity, 'form=foreign')
    session.find(contains='Регистрационный номер:', role='list item')
    session.wait(lambda: not session.has(contains='ОГРН:', role='list item'), 'a card without OGRN')


def wrong_inn(session):
    _company, entity = open_entity(session, 'Тверь', 'form=ooo')
    go_to_entity(session)
    session.press(session.find(contains='ИНН:', role='list item'))
    session.type('7707083894')
    session.key('Return', pause=0.6)
    session.find(contains='ИНН: не сходится', role='label')
    session.key('ctrl+a')
    session.type('500100732259')
    session.key('Return', pause=0.6)
    session.find(contains='В ИНН организации 10 цифр', role='label')
    session.key('ctrl+a')
    session.type('7707083893')
    session.key('Return', pause=0.8)
    session.find('ИНН: 7707083893', role='list item')
    if session.json('show', entity)['fields']['inn'] != '7707083893':
        raise Failure('the INN was not saved')


def bik_fills_the_bank(session):
    banks = session.home / 'banks.csv'
    banks.write_text('bik;name;corr_account;city\n044525225;ПАО Сбербанк;30101810400000000225;Москва\n')
    session.ctl('import', '--type', 'bank', str(banks))
    _company, entity = open_entity(session, 'Тверь', 'form=ooo')
    go_to_entity(session)
    session.press(session.find(contains='БИК:', role='list item'))
    session.type('044525225')
    session.key('Return', pause=0.8)
    session.find('Банк: ПАО Сбербанк', role='list item')
    session.find('Корр. счёт: 30101810400000000225', role='list item')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: session.json('show', entity)['fields'].get('bank') is None, 'the undo of all three')


def bik_of_a_new_account(session):
    banks = session.home / 'banks.csv'
    banks.write_text('bik;name;corr_account;city\n044030827;АО Банк;;Санкт-Петербург\n')
    session.ctl('import', '--type', 'bank', str(banks))
    open_entity(session, 'Тверь', 'form=ooo')
    go_to_entity(session)
    session.click('Добавить: Другие счета')
    session.find(contains='чёт', role='text')
    session.settle(0.5)
    session.type('40702810900000002851')
    session.key('Tab', pause=0.3)
    session.type('044030827')
    session.key('Return', pause=1.0)
    session.find('40702810900000002851', role='list item')
    account = session.json('list', 'bank_account')[0]['fields']
    if (account.get('bank'), account.get('bik')) != ('АО Банк', '044030827'):
        raise Failure(f'the bank was not filled in: {account}')


def paste_fills(session):
    _company, entity = open_entity(session, 'Тверь', 'form=ooo', 'bik=044030827')
    session.key('ctrl+shift+k', pause=0.8)
    session.find('Реквизиты из текста')
    session.key('Escape', pause=0.6)
    go_to_entity(session)
    session.key('ctrl+shift+k', pause=0.8)
    session.type(CARD + '\nПривет')
    session.find(contains='7707083893')
    session.find(contains='не переносится')
    session.key('ctrl+Return', pause=1.0)
    session.find('ИНН: 7707083893', role='list item')
    session.find('КПП: 770701001', role='list item')
    session.key('ctrl+shift+c', pause=0.6)
    session.find(contains='Реквизиты скопированы')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: session.json('show', entity)['fields'].get('inn') is None, 'the undo')
    session.ctl('set', entity, 'kpp=780243001')
    session.find(contains='филиал')


def new_from_text(session):
    """Pasted on a company's card it makes a legal entity of it, called as the text says."""
    company, _entity = open_entity(session, 'Тверь')
    session.key('ctrl+shift+k', pause=0.8)
    session.type('ООО Ромашка, ' + CARD)
    session.key('ctrl+Return', pause=1.0)
    session.find('ООО Ромашка', role='list item')
    found = session.json('search', '7707083893')
    if not any(row['type'] == 'legal_entity' for row in found):
        raise Failure('it is not found by its INN')


def local_time(session):
    open_entity(session, 'Петропавловск-Камчатский')
    session.find(contains='у клиента, +', role='label')


def region_is_proposed(session):
    """By the town; it is no value until it is taken."""
    company, _entity = open_entity(session, 'Тверь')
    session.find('Тверская область', role='label')
    if session.json('show', company)['fields'].get('region') is not None:
        raise Failure('the region was set by itself')
    session.click('Принять предложенное')
    session.find('Регион: Тверская область', role='list item')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: session.json('show', company)['fields'].get('region') is None, 'the undo')


# The whole card is seen.
for function in (form_decides, wrong_inn, bik_fills_the_bank, bik_of_a_new_account, paste_fills, new_from_text,
                 region_is_proposed):
    function.options = {'width': 1280, 'height': 1700}

if __name__ == '__main__':
    torgdisplay.run(form_decides, wrong_inn, bik_fills_the_bank, bik_of_a_new_account, paste_fills, new_from_text, local_time, region_is_proposed)
