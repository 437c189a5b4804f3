#!/usr/bin/env python3
"""The import in the window: a file's mapping, its trial, a change, the import, its undo; a file that cannot be read; the first run."""
import os
import pathlib
import subprocess
import sys
import tarfile

import torgdisplay

sys.path.insert(0, str(torgdisplay.TOP / 'tests/tools'))
import bitrix24
from torgdisplay import Failure, TOP

SHARED = pathlib.Path(os.environ.get('TORG_SHARED_DATA', TOP.parent / 'shared/data'))
PIPELINE = SHARED / 'crm/maven/sales_pipeline.csv'
LEADS = SHARED / 'crm/xeducation/Lead_Scoring.csv'
SHEETS = SHARED / 'sheets.tar.gz'


def count(session, kind, *where):
    return session.json('count', kind, *[item for pair in where for item in ('--where', pair)])['count']


def choose_target(session, column, words):
    """Sets what becomes of a column, by the search in its popover."""
    session.press(session.find(column, role='combo box'))
    session.settle(0.5)
    session.type(words)
    session.key('Down', 'Return', pause=0.5)


def import_a_file(session):
    before = count(session, 'deal')
    columns = {node.get_name() for node in session.find_all(role='combo box')}
    if not {'opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'close_value'} <= columns:
        raise Failure(f'not every column is shown: {columns}')
    session.find('Позиция сделки: Товар', role='label')
    session.find(contains='Будет создано 8\u00a0800, обновлено 0', role='label', timeout=20)
    if count(session, 'deal') != before:
        raise Failure('the trial has changed the data')
    session.click('Импортировать', role='button')
    session.find('Импортировано', role='label', timeout=60)
    if count(session, 'deal') != before + 8800:
        raise Failure(f'{count(session, "deal") - before} deals were imported')
    won = next(stage['id'] for stage in session.json('list', 'stage', '--limit', '100') if stage['title'] == 'Успешно')
    session.wait(lambda: session.has(contains=f'{count(session, "deal", f"stage={won}"):,}'.replace(',', '\u00a0') + ' · ', role='label'),
                 'the count of the won deals on the board')
    session.click('Отменить импорт', role='button')
    session.find('Импорт отменён', role='label', timeout=60)
    if count(session, 'deal') != before or count(session, 'product', 'name=GTX Plus Basic'):
        raise Failure('the undo has left something')
    session.wait(lambda: not session.has(role='dialog'), 'the board')


def change_the_mapping(session):
    before = count(session, 'deal'), count(session, 'company')
    session.find(contains='Будет создано 8', role='label', timeout=20)
    choose_target(session, 'account', 'Не брать')
    # The result of the dry run is there again.
    session.settle(1)
    session.find(contains='Будет создано 8', role='label', timeout=20)
    session.click('Импортировать', role='button')
    session.find('Импортировано', role='label', timeout=60)
    if (count(session, 'deal'), count(session, 'company')) != (before[0] + 8800, before[1]):
        raise Failure('the column that was left out made companies')
    session.click('Готово', role='button')
    session.key('ctrl+z', pause=1.0)


def scroll(session):
    """Scrolls the mapping to its end."""
    session.xdotool('mousemove', 640, 600, 'click', '--repeat', 30, '--delay', 10, 5)
    session.settle()


def change_the_values(session):
    """A stage that nothing is called by loses its rows until the user says which one it is; the rest is guessed."""
    before = count(session, 'deal')
    session.find(contains='Будет создано 1,', role='label', timeout=20)
    session.find('2 значения, 1 не найдено', role='label')
    if not session.has('Успешно', role='label', within=session.find('Won', role='combo box')):
        raise Failure('“Won” is not taken for the won stage')
    scroll(session)
    choose_target(session, 'Думают', 'Согласование')
    session.find(contains='Будет создано 3,', role='label', timeout=20)
    session.find('2 значения', role='label')
    # By keyboard alone: the row of the sources is unfolded, and the word that is new is left out.
    sources = session.find('2 значения, 2 не найдены', role='label')
    scroll(session)
    session.press(sources)
    scroll(session)
    session.find('Создать', role='label', within=session.find('Сарафан', role='combo box'))
    session.key('Tab', 'Tab', 'Return', pause=0.4)
    session.settle()
    session.type('Не заполнять')
    session.key('Down', 'Return', pause=0.5)
    session.find(contains='Будет создано 3,', role='label', timeout=20)
    session.click('Импортировать', role='button')
    session.find('Импортировано', role='label', timeout=30)
    session.click('Готово', role='button')
    stages = {stage['id']: stage['title'] for stage in session.json('list', 'stage', '--limit', '100')}
    deals = [deal for deal in session.json('list', 'deal', '--limit', '5000') if deal['title'].startswith('Проба ')]
    found = {deal['title']: stages[deal.get('fields', deal)['stage']] for deal in deals}
    if found != {'Проба 1': 'Успешно', 'Проба 2': 'Согласование', 'Проба 3': 'Согласование'}:
        raise Failure(f'the stages are {found}')
    made = {entry['title'] for entry in session.json('list', 'dictionary', '--limit', '500')}
    if {'Сарафан', 'Листовка'} & made != {'Сарафан'}:
        raise Failure('the word that was left out was made, or the other was not')
    if count(session, 'deal') != before + 3:
        raise Failure('rows were lost')


def write_values(session):
    session.make_demo(records=600)
    path = session.home / 'Сделки.csv'
    path.write_text('Название сделки;Сумма;Стадия;Источник\nПроба 1;100;Won;Сарафан\nПроба 2;200;Думают;Сарафан\n'
                    'Проба 3;300;Думают;Листовка\n')
    session.arguments = [str(path)]


def leads_are_told(session):
    """A table whose answers are called like fields is taken for what its headers say."""
    session.find('Prospect ID', role='label', timeout=20)
    session.find('Лиды', role='label')
    session.find(contains='Будет создано 9', role='label', timeout=30)


def open_leads(session):
    session.make_demo()
    session.arguments = [str(LEADS)]


def refuse_encrypted(session):
    session.find('Выберите файл', role='label')
    session.find(contains='парол', role='label')


def unpack_encrypted(session):
    session.make_demo(records=600)
    with tarfile.open(SHEETS) as archive:
        member = next(member for member in archive if member.name.endswith('calamine/pass_protected.xlsx'))
        member.name = 'encrypted.xlsx'
        archive.extract(member, session.home, filter='data')
    session.arguments = [str(session.home / 'encrypted.xlsx')]


def refuse_broken(session):
    session.find('Выберите файл', role='label')
    trouble = session.find(contains='повреждена', role='label').get_name()
    if len(trouble) < 25:
        raise Failure(f'“{trouble}” says too little')


def write_broken(session):
    session.make_demo(records=600)
    path = session.home / 'broken.xlsx'
    path.write_bytes(b'PK\x03\x04' + b'not really a table' * 40)
    session.arguments = [str(path)]


def drop_a_file(session):
    """A file dragged out of another program onto the import is read."""
    session.key('ctrl+i', pause=0.8)
    session.drop_files([session.home / 'Клиенты.csv'], session.find('Выберите файл', role='label'))
    session.find(contains='Будет создано 3', role='label', timeout=30)


def shot(session, name):
    if 'TORG_SHOTS' in os.environ:
        session.settle(0.8)
        session.shot(f'{os.environ["TORG_SHOTS"]}/{name}.png')


def paste_a_table(session):
    """What was copied in a spreadsheet is settled step by step: its headers, its dates, a name that is nearly known."""
    table = ('Выгрузка за ноябрь\t\t\t\nНазвание сделки\tСумма\tКомпания\tПредполагаемая дата закрытия\n'
             'Проба насосов\t1 200,50\tРогаИКопыта\t03/04/2027\nПроба кранов\tсто\tРога и копыта\t05/06/2027\n')
    session.ctl('add', 'company', 'name=Рога и копыта')
    before = count(session, 'company')
    session.key('ctrl+i', pause=0.8)
    session.find('Вставить таблицу', role='button')
    source = subprocess.Popen([sys.executable, TOP / 'tests/display/copy_source.py', '--text', table],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if source.stdout.readline() != 'copied\n':
            raise Failure('nothing was copied')
        session.settle()
        session.press(session.find('Выберите файл', role='label'))
        session.key('ctrl+v', pause=0.5)
        session.find(contains='Скажите, как записаны даты', role='label', timeout=20)
    finally:
        source.kill()
        source.wait()
    session.find('2: Название сделки · Сумма · Компания · Предполагаемая дата закрытия', role='label')
    shot(session, 'assistant')
    if session.find('Импортировать', role='button').get_state_set().contains(session.atspi.StateType.SENSITIVE):
        raise Failure('dates that could be either way round may be imported')
    scroll(session)
    dates = [node for node in session.find_all(role='combo box') if 'дата закрытия' in (node.get_name() or '')
             or session.has('Выберите…', role='label', within=node)]
    session.press(dates[-1])
    session.settle(0.5)
    session.key('Down', 'Return', pause=0.5)
    session.find('3 апреля 2027', role='label')
    session.find(contains='Будет создано 1,', role='label', timeout=20)
    scroll(session)
    session.find('РогаИКопыта', role='label')
    session.find('Это «Рога и копыта»', role='label')
    shot(session, 'assistant-near')
    session.click('Импортировать', role='button')
    session.find('Импортировано', role='label', timeout=30)
    session.find('Сохранить эти строки…', role='button')
    shot(session, 'assistant-done')
    deal = next(deal for deal in session.json('list', 'deal', '--limit', '5000') if deal['title'] == 'Проба насосов')
    if deal['fields']['expected'] != '2027-04-03' or deal['titles']['company'] != 'Рога и копыта':
        raise Failure(f'{deal}')
    if count(session, 'company') != before:
        raise Failure('a company was made')
    path = session.home / 'Ошибки.csv'
    session.click('Сохранить эти строки…', role='button')
    session.settle(1.5)
    session.key('ctrl+a', 'BackSpace')
    session.type(str(path))
    session.key('Return', pause=1.0)
    session.wait(path.exists, 'the rows that failed')
    text = path.read_text(encoding='utf-8-sig')
    if 'Проба кранов;сто;' not in text or 'Почему не импортировано' not in text or 'Проба насосов' in text:
        raise Failure(text)
    session.click('Готово', role='button')


def import_a_portal(session):
    """A portal comes by its webhook, and goes again as one step; a wrong address is said without the secret."""
    lists = {method: [] for method in ('crm.status.list', 'crm.category.list', 'user.get', 'crm.contact.list', 'crm.lead.list', 'crm.product.list',
                                       'crm.activity.list', 'crm.deal.productrows.get')}
    lists['crm.company.list'] = [{'ID': str(i), 'TITLE': f'Портальная компания {i}'} for i in range(1, 61)]
    lists['crm.deal.list'] = [{'ID': '7', 'TITLE': 'Портальная сделка', 'CATEGORY_ID': '0', 'STAGE_ID': 'NEW', 'COMPANY_ID': '60',
                               'OPPORTUNITY': '1200.50', 'CURRENCY_ID': 'RUB'}]
    lists['crm.status.list'] = [{'ID': '1', 'ENTITY_ID': 'DEAL_STAGE', 'STATUS_ID': 'NEW', 'NAME': 'Портальная стадия', 'SORT': '10'}]
    before = count(session, 'company')
    with bitrix24.Portal(lists) as portal:
        session.key('ctrl+i', pause=0.8)
        session.click('Из Битрикс24…', role='button')
        session.find('Адрес входящего вебхука', role='label')
        shot(session, 'portal')
        session.key('Tab') if not session.focused() else None
        session.press(session.find('Адрес входящего вебхука', role='label'))
        session.type('http://127.0.0.1/rest/')
        session.key('Return', pause=0.8)
        session.find(contains='Это не адрес вебхука', role='label')
        session.key('ctrl+a', 'BackSpace')
        session.type(portal.address)
        session.key('Return', pause=0.5)
        session.find('Импортировано', role='label', timeout=60)
        shot(session, 'portal-done')
        session.find(contains='создано 60', role='label')
        if count(session, 'company') != before + 60 or count(session, 'deal', 'title=Портальная сделка') != 1:
            raise Failure('something is missing')
        session.click('Отменить импорт', role='button')
        session.find('Импорт отменён', role='label', timeout=60)
        if count(session, 'company') != before:
            raise Failure('the undo has left something')


def with_data(session):
    session.make_demo(records=600)
    session.arguments = []


def with_companies(session):
    session.make_demo(records=600)
    write_companies(session)
    session.arguments = []


def first_run(session):
    session.click('Импортировать файл', role='list item')
    session.find(contains='Будет создано 3', role='label', timeout=30)
    session.click('Импортировать', role='button')
    session.find('Импортировано', role='label', timeout=30)
    session.click('Готово', role='button')
    if count(session, 'company') != 3:
        raise Failure('the companies are not there')


def write_companies(session):
    path = session.home / 'Клиенты.csv'
    path.write_bytes('Название;ИНН;Телефон\r\nРомашка;7707083893;+7 (495) 123-45-67\r\nЛютик;;8 812 555 12 34\r\nВасилёк;;\r\n'
                     .encode('cp1251'))
    session.arguments = [str(path)]


def with_pipeline(session):
    session.make_demo(records=600)
    session.arguments = ['--replica', str(session.home / 'data/torg/replica.db'), str(PIPELINE)]


import_a_file.prepare = with_pipeline
change_the_mapping.prepare = with_pipeline
change_the_values.prepare = write_values
refuse_encrypted.prepare = unpack_encrypted
refuse_broken.prepare = write_broken
leads_are_told.prepare = open_leads
drop_a_file.prepare = with_companies
paste_a_table.prepare = with_data
import_a_portal.prepare = with_data
first_run.prepare = write_companies
for test, needed in ((import_a_file, PIPELINE), (change_the_mapping, PIPELINE), (refuse_encrypted, SHEETS), (leads_are_told, LEADS)):
    if not needed.exists():
        test.skip = f'{needed} is not there'

if __name__ == '__main__':
    torgdisplay.run(import_a_file, change_the_mapping, change_the_values, leads_are_told, refuse_encrypted,
                    refuse_broken, drop_a_file, paste_a_table, import_a_portal, first_run)
