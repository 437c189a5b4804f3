#!/usr/bin/env python3
"""Leads: taken down by telephone with no mouse, converted into a client and a deal and taken back, disqualified and taken
back into work."""
import torgdisplay
from torgdisplay import Failure

PHONE = '+7 916 555-44-33'


def open_lead(session, name):
    session.key('ctrl+k', pause=0.8)
    session.type(name)
    session.key('Return', pause=1.2)
    session.find(contains='Статус:', role='list item')


def fields(session, record):
    return session.json('show', record)['fields']


def convert_and_undo(session):
    """Who has the phone is joined; the company and the deal are made; the toast takes it all back."""
    person = session.json('add', 'person', 'surname=Квашнин', 'name=Егор', f'phones={PHONE}')['id']
    lead = session.json('add', 'lead', 'name=Егор Квашнин', 'company_name=ООО «Кварцмонтаж»', f'phones={PHONE}', 'need=Три печи')['id']
    task = session.json('add', 'activity', 'kind=task', 'subject=Перезвонить', f'lead={lead}')['id']
    open_lead(session, 'Кварцмонтаж')
    session.key('ctrl+shift+j', pause=1.2)
    session.find('Новая запись: ООО «Кварцмонтаж»', role='radio button')
    session.find(contains='тот же телефон')
    session.key('ctrl+Return', pause=1.2)
    session.find(contains='Во что превращён')
    session.find(contains='Стал контактом: — → Квашнин Егор')
    made = fields(session, lead)
    if made['converted_person'] != person or not made.get('converted_deal') or not made.get('converted_company'):
        raise Failure(f'not what was chosen: {made}')
    deal = made['converted_deal']
    if fields(session, deal)['company'] != made['converted_company'] or fields(session, deal)['note'] != 'Три печи':
        raise Failure(f'the deal: {fields(session, deal)}')
    if fields(session, task).get('deal') != deal:
        raise Failure('the task did not go along')
    session.click('Отменить')
    session.wait(lambda: 'converted' not in fields(session, lead), 'the undo')
    if fields(session, task).get('lead') != lead or 'deal' in fields(session, task):
        raise Failure('the task did not come back')
    if session.json('list', 'company', '--where', 'name=ООО «Кварцмонтаж»'):
        raise Failure('the company is still there')


def moved_to_won(session):
    """Whoever moves a lead to the stage of what was converted is asked what it becomes."""
    lead = session.json('add', 'lead', 'name=Егор Квашнин', 'company_name=Кварцмонтаж')['id']
    open_lead(session, 'Егор Квашнин')
    session.press(session.find(contains='Статус: ', role='list item'))
    session.settle(0.6)
    session.type('Превращён')
    session.key('Return', pause=1.2)
    session.find('Новая запись: Кварцмонтаж', role='radio button')
    session.key('Escape', pause=0.8)
    if stage_of(session, lead)['kind'] != 'open':
        raise Failure('it was moved without being converted')
    session.press(session.find(contains='Статус: ', role='list item'))
    session.settle(0.6)
    session.type('Превращён')
    session.key('Return', pause=1.2)
    session.find('Новая запись: Кварцмонтаж', role='radio button')
    session.key('ctrl+Return', pause=1.2)
    session.wait(lambda: stage_of(session, lead)['kind'] == 'won' and fields(session, lead).get('converted_deal'), 'the conversion')


def distribution(session):
    """How new leads are given to people is said at their pipeline."""
    boris = session.json('add', 'user', 'name=Борис Орлов')['id']

    def leads():
        return next(row['fields'] for row in session.json('list', 'pipeline') if row['fields']['kind'] == 'leads')

    session.key('F10', pause=0.6)
    session.key('Down', 'Down', 'Down', 'Return', pause=0.4)
    session.press(session.find(contains='Лиды', role='list item'))
    session.settle(0.8)
    session.press(session.find('Распределение', role='label'))
    session.settle(0.6)
    session.key('Down', 'Return', pause=0.8)
    session.wait(lambda: leads().get('distribution') == 'round_robin', 'the way')
    session.press(session.find('Кто получает лиды', role='label'))
    session.settle(0.6)
    session.press(session.find('Борис Орлов', role='label'))
    session.wait(lambda: leads().get('receivers') == [boris], 'who receives them')
    session.key('Escape', 'Escape', 'Escape', pause=0.6)
    session.key('alt+1', 'ctrl+z', pause=0.8)
    session.wait(lambda: not leads().get('receivers'), 'the undo')


def leads_on(session):
    """From the lead to the deal, and from the deal back to the lead."""
    session.ctl('convert', session.json('add', 'lead', 'name=Егор Квашнин', 'company_name=Кварцмонтаж')['id'], '--title', 'Печи обжига')
    open_lead(session, 'Егор Квашнин')
    session.press(session.find(contains='Печи обжига', role='list item'))
    session.settle(1)
    session.find('Название: Печи обжига', role='list item')
    session.find(contains='Из лида')


def quick_entry(session):
    """The whole of it with no mouse, from anywhere: a key, what is said, a key."""
    session.key('alt+2', pause=0.8)
    session.key('ctrl+shift+n', pause=1.0)
    session.type(PHONE)
    session.key('Return')
    session.type('Егор')
    session.key('Tab', 'Tab')
    session.type('Три печи')
    session.key('ctrl+Return', pause=1.2)
    session.find(contains='Лид «Егор» добавлен')
    [lead] = session.json('list', 'lead', '--where', 'name=Егор')
    made = lead['fields']
    if made['phones'][0]['e164'] != '+79165554433' or made['need'] != 'Три печи' or made['channel'] != 'call':
        raise Failure(f'the lead: {made}')
    [step] = [row for row in session.json('list', 'activity', '--where', 'subject=Перезвонить') if row['fields'].get('lead') == lead['id']]
    if step['fields']['kind'] != 'call' or 'T' not in step['fields']['due'] or 'done' in step['fields']:
        raise Failure(f'the step: {step}')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: not session.json('list', 'lead', '--where', 'name=Егор'), 'the undo')


def known_already(session):
    """Who has the number stands below it, with whose it is; Enter opens the card instead."""
    person = session.json('add', 'person', 'surname=Квашнин', 'name=Егор', f'phones={PHONE}')['id']
    session.key('ctrl+shift+n', pause=1.0)
    session.type('8 916 555-44')
    session.find(contains='Квашнин Егор', role='list item')
    session.find(contains='Человек · ответственный: ')
    session.key('Down', 'Return', pause=1.2)
    session.find('Фамилия: Квашнин', role='list item')
    if session.json('list', 'lead', '--where', f'phones={PHONE}') or not person:
        raise Failure('a lead was made')


def nothing_said(session):
    """A lead of nobody is not saved, and it says why."""
    session.key('ctrl+shift+n', pause=1.0)
    session.key('ctrl+Return', pause=0.8)
    session.find('Укажите телефон, имя или компанию.')
    session.type('12')
    session.key('ctrl+Return', pause=0.8)
    session.key('Escape', pause=0.8)


def stage_of(session, lead):
    return session.json('show', fields(session, lead)['stage'])['fields']


def disqualify_and_back(session):
    """A reason is asked for; the lead is taken back to where it was, without it."""
    lead = session.json('add', 'lead', 'name=Егор Квашнин', 'company_name=Кварцмонтаж', 'stage=В работе')['id']
    open_lead(session, 'Егор Квашнин')
    session.press(session.find(contains='Статус: ', role='list item'))
    session.settle(0.6)
    session.type('Некачественный')
    session.key('Return', pause=1.0)
    session.find('Почему лид некачественный?')
    session.click('Не отвечает', role='radio button')
    session.click('Некачественный', role='button')
    session.wait(lambda: stage_of(session, lead)['kind'] == 'lost', 'the move')
    reason = session.json('show', fields(session, lead)['lost_reason'])['fields']['name']
    if reason != 'Не отвечает':
        raise Failure(f'the reason: {reason}')
    session.find(contains='Почему некачественный: Не отвечает', role='list item')
    session.key('ctrl+shift+w', pause=1.2)
    session.wait(lambda: stage_of(session, lead)['name'] == 'В работе', 'the lead in work')
    if 'lost_reason' in fields(session, lead):
        raise Failure('the reason stayed')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: stage_of(session, lead)['kind'] == 'lost', 'the undo')
    if 'lost_reason' not in fields(session, lead):
        raise Failure('the reason did not come back')


leads_on.options = distribution.options = {'width': 1280, 'height': 1700}

if __name__ == '__main__':
    torgdisplay.run(convert_and_undo, leads_on, quick_entry, known_already, nothing_said, disqualify_and_back, moved_to_won, distribution)
