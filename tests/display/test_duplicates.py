#!/usr/bin/env python3
"""Duplicates: found and explained, compared, merged and taken back, or remembered as different."""
import torgdisplay
from torgdisplay import Failure


def make_pair(session):
    """Two cards of one company, the second with a deal and a task."""
    kept = session.json('add', 'company', 'name=Кварцмонтаж', 'city=Тверь', 'phones=+7 916 555-44-33')['id']
    other = session.json('add', 'company', 'name=ООО «Kvartsmontazh»', 'phones=+7 916 555-44-33', 'city=г. Тверь',
                         'site=kvarts.ru')['id']
    task = session.json('add', 'activity', 'kind=task', 'subject=Позвонить', f'company={other}')['id']
    return kept, other, task


def open_pair(session):
    session.key('ctrl+shift+m', pause=1.0)
    row = session.find(contains='Кварцмонтаж — ', role='list item', timeout=20)
    session.find(contains='тот же телефон, то же название')
    session.press(row)
    session.find('Остаётся: Кварцмонтаж', role='radio button')


def company_of(session, task):
    return session.json('show', task)['fields']['company']


def merge_and_undo(session):
    kept, other, task = make_pair(session)
    open_pair(session)
    session.click('Город: г. Тверь', role='radio button')
    session.key('ctrl+Return', pause=1.2)
    session.find(contains='объединена с «Кварцмонтаж»')
    session.wait(lambda: company_of(session, task) == kept, 'the task on the card that is kept')
    fields = session.json('show', kept)['fields']
    if (fields['city'], fields['site'], fields['name']) != ('г. Тверь', 'kvarts.ru', 'Кварцмонтаж'):
        raise Failure(f'not what was chosen: {fields}')
    session.click('Отменить')
    session.wait(lambda: company_of(session, task) == other, 'the undo')
    fields = session.json('show', kept)['fields']
    if fields['city'] != 'Тверь' or fields.get('site'):
        raise Failure(f'not as it was: {fields}')


def kept_is_chosen(session):
    kept, other, task = make_pair(session)
    open_pair(session)
    session.click('Остаётся: ООО «Kvartsmontazh»', role='radio button')
    session.wait(lambda: session.find('Остаётся: ООО «Kvartsmontazh»', role='radio button') is not None, 'the choice')
    session.settle(0.8)
    session.key('ctrl+Return', pause=1.2)
    session.wait(lambda: session.json('show', other)['fields']['name'] == 'ООО «Kvartsmontazh»', 'the merging')
    if company_of(session, task) != other:
        raise Failure('the wrong card was kept')
    found = [row['id'] for row in session.json('list', 'company', '--where', 'name=Кварцмонтаж')]
    if kept in found:
        raise Failure('the other card is still there')


def not_a_duplicate(session):
    kept, other, _task = make_pair(session)
    open_pair(session)
    session.key('ctrl+d', pause=1.2)
    session.find(contains='это не дубли')
    session.key('Escape', pause=0.8)
    session.key('Escape', pause=0.8)
    out = session.ctl('duplicates', 'company')
    if kept in out or other in out:
        raise Failure('they are still said to be likely one')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: kept in session.ctl('duplicates', 'company'), 'the undo')


def of_a_card(session):
    make_pair(session)
    session.key('ctrl+k', pause=0.8)
    session.type('Кварцмонтаж')
    session.key('Return', pause=1.2)
    session.find(contains='Телефон:', role='list item')
    session.press(session.find_all('Меню', role='toggle button')[-1])
    session.settle(0.5)
    session.key(*['Down'] * 5, 'Return')
    session.find('1 вероятная пара', timeout=20)
    session.press(session.find(contains='Кварцмонтаж — ', role='list item'))
    session.find('Остаётся: Кварцмонтаж', role='radio button')
    session.key('alt+Down', pause=0.8)
    session.find('1 вероятная пара')


def old_link_leads_on(session):
    kept, other, _task = make_pair(session)
    session.key('ctrl+k', pause=0.8)
    session.type('Kvartsmontazh')
    session.key('Return', pause=1.2)
    session.find('Название: ООО «Kvartsmontazh»', role='list item')
    session.ctl('merge', kept, other)
    session.find('Название: Кварцмонтаж', role='list item')
    session.find('Сайт: kvarts.ru', role='list item')


def incomplete_card(session):
    """What a card lacks stands there, and puts the cursor into the field."""
    company, _other, _task = make_pair(session)
    session.key('ctrl+k', pause=0.8)
    session.type('Кварцмонтаж')
    session.key('Return', pause=1.2)
    session.find('Заполнено на 57 %')
    session.click('Заполнить: Эл. почта')
    session.settle(0.4)
    session.type('info@kvarts.ru')
    session.key('Return', pause=0.8)
    session.find('Заполнено на 71 %')
    if session.json('show', company)['fields']['emails'] != ['info@kvarts.ru']:
        raise Failure('the address was not saved')


incomplete_card.options = {'width': 1280, 'height': 1700}

if __name__ == '__main__':
    torgdisplay.run(merge_and_undo, kept_is_chosen, not_a_duplicate, of_a_card, old_link_leads_on, incomplete_card)
