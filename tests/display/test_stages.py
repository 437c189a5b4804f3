#!/usr/bin/env python3
"""The rules of stages on the board and in the card, and the window where they are made."""
import json

import test_sync
import torgdisplay
from test_sync import state
from torgdisplay import Failure
from test_board import count, field, stages

RIGHTS = {'*': {'read': 'all', 'create': 'all', 'edit': 'all', 'delete': 'all'}}


def reach(session, name, role, bottom=640):
    """Scrolls until something is in sight."""
    for _ in range(30):
        nodes = session.find_all(name, role=role)
        if nodes and session.bounds(nodes[0]).y + session.bounds(nodes[0]).height < bottom:
            session.settle(0.3)
            return nodes[0]
        session.xdotool('mousemove', 640, 560, 'click', 5)
        session.settle(0.15)
    raise Failure(f'“{name}” does not come into sight')


def first_card(session, stage):
    cards = session.json('list', 'deal', '--where', f'stage={stage["id"]}', '--limit', '1000')
    return min(cards, key=lambda deal: deal['fields']['rank'])


def stage_of(session, deal):
    return field(session.json('show', deal['id']), 'stage')


def is_in(session, deal, stage):
    return stage['id'] in json.dumps(stage_of(session, deal))


def set_rule(session, stage, rule, value):
    session.ctl('set', stage['id'], f'{rule}={value}')
    session.settle(1.5)


def required_on_drop(session):
    """A card that lacks something is asked for it alone; Escape puts it back, Enter takes it along."""
    first, second = stages(session)[:2]
    deal = first_card(session, first)
    session.ctl('set', deal['id'], 'expected=')
    set_rule(session, second, 'required', '["expected"]')
    from test_board import cards
    card, target = cards(session, 0)[0], cards(session, 1)[2]
    session.drag(session.place(card[4]), session.place(target[4]))
    session.find(role='dialog')
    rows = session.find_all('Ожидаемое закрытие', role='text')
    if len(rows) != 1:
        raise Failure(f'{len(rows)} fields are asked for')
    session.key('Escape', pause=0.8)
    if not is_in(session, deal, first):
        raise Failure('the deal moved although the dialog was cancelled')
    session.key('alt+1', pause=0.5)
    session.key('ctrl+shift+Right', pause=1.0)
    session.find(role='dialog')
    session.key('Return', pause=0.4)
    session.find(contains='Заполните поле')
    session.type('05.03.2027')
    session.key('Return', pause=1.0)
    session.wait(lambda: is_in(session, deal, second), 'the move')
    if field(session.json('show', deal['id']), 'expected') != '2027-03-05':
        raise Failure('the date is not in the deal')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: is_in(session, deal, first), 'the undo')


def says_why_not(session):
    """A stage that a card may not go to says so while it is dragged, and takes nothing."""
    first, second, third = stages(session)[:3]
    deal = first_card(session, first)
    set_rule(session, first, 'next', second['id'])
    from test_board import cards
    card, target = cards(session, 0)[0], cards(session, 2)[1]
    start, end = session.place(card[4]), session.place(target[4])
    words = f'Со стадии «{field(first, "name")}»'
    session.xdotool('mousemove', *start)
    session.xdotool('mousedown', 1)
    for i in range(1, 11):
        session.xdotool('mousemove', start[0] + (end[0] - start[0]) * i // 10, start[1] + (end[1] - start[1]) * i // 10)
        session.settle(0.06)
    session.find(contains=words, role='label')
    session.xdotool('mouseup', 1)
    session.settle(1.0)
    session.wait(lambda: not session.has(contains=words, role='label'), 'the columns as ever')
    if not is_in(session, deal, first):
        raise Failure('it went where it may not go')
    # The list of stages says it too.
    session.key('alt+1', pause=0.5)
    session.key('ctrl+m', pause=0.6)
    session.type(field(third, 'name'))
    session.key('Return', pause=1.0)
    session.find(contains=words, role='label')


def approved(session):
    """Asked for on the board, given in the card, and undone with the move."""
    first, second = stages(session)[:2]
    deal = first_card(session, first)
    seller, head = [session.json('add', 'role', f'name={name}', f'rights={json.dumps(RIGHTS)}')['id']
                    for name in ('Продавец', 'Директор')]
    me = session.json('list', 'user', '--limit', '100')
    users = [user['id'] for user in me]
    for user in users:
        session.ctl('set', user, f'role={seller}')
    set_rule(session, second, 'approvers', head)
    session.key('alt+1', pause=0.5)
    session.key('ctrl+shift+Right', pause=1.0)
    session.find('Запросить согласование', role='button')
    session.type('Скидка 5 %')
    session.key('Return', pause=1.0)
    session.wait(lambda: session.json('count', 'approval')['count'] == 1, 'the request')
    session.find(contains='Ждёт согласования', role='table cell')
    if not is_in(session, deal, first):
        raise Failure('it moved without the approval')
    session.key('alt+1', 'Return', pause=1.0)
    session.find(contains='просит согласовать')
    session.find('Скидка 5 %', role='label')
    if session.has('Согласовать', role='button'):
        raise Failure('who asks can approve')
    for user in users:
        session.ctl('set', user, f'role={head}')
    session.settle(1.5)
    session.click('Согласовать', role='button')
    session.wait(lambda: is_in(session, deal, second), 'the move')
    session.wait(lambda: not session.has(contains='просит согласовать'), 'nothing to decide')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: is_in(session, deal, first), 'the undo')
    session.find(contains='просит согласовать')
    session.click('Отклонить', role='button')
    session.wait(lambda: not session.has(contains='просит согласовать'), 'the refusal')


def editor(session):
    """Pipelines and stages: added, renamed, put in order, given a rule, removed with their cards moved."""
    sales = [field(stage, 'name') for stage in stages(session)]
    session.key('F10', pause=0.6)
    session.key('Down', 'Down', 'Down', 'Return', pause=0.4)
    session.find('Новая воронка', role='label')
    session.press(session.find('Продажи', role='list item'))
    session.press(reach(session, 'Новая стадия', 'text'))
    session.type('Договор')
    session.key('Return', pause=1.0)
    session.wait(lambda: 'Договор' in [field(stage, 'name') for stage in stages(session)], 'the stage')
    names = [field(stage, 'name') for stage in stages(session)]
    if names.index('Договор') != len([stage for stage in stages(session) if field(stage, 'kind') == 'open']) - 1:
        raise Failure(f'the new stage is not the last open one: {names}')
    # The one above those that are closed.
    session.key('shift+Tab', 'End', *['Up'] * (len(names) - 1 - names.index('Договор')))
    session.key('alt+Up', pause=1.0)
    session.wait(lambda: [field(stage, 'name') for stage in stages(session)].index('Договор') == names.index('Договор') - 1,
                 'the order')
    session.key('Return', pause=0.8)
    name = session.find('Название', role='text')
    session.press(name)
    session.key('ctrl+a', 'Delete')
    session.type('Согласование договора')
    session.key('Return', pause=1.0)
    session.wait(lambda: any(field(stage, 'name') == 'Согласование договора' for stage in stages(session)), 'the name')
    session.press(reach(session, 'Обязательные поля', 'label'))
    session.settle(0.8)
    session.press(reach(session, 'Ожидаемое закрытие', 'label'))
    session.settle(0.8)
    stage = lambda: next(stage for stage in stages(session) if field(stage, 'name') == 'Согласование договора')
    session.wait(lambda: 'expected' in json.dumps(field(stage(), 'required')), 'the rule')
    # Away with the first stage: its cards go to the second one, at once undone.
    session.key('alt+Left', pause=0.8)
    first, second = stages(session)[:2]
    before = count(session, first), count(session, second)
    session.press(session.find(sales[0], role='list item'))
    session.press(reach(session, 'Удалить стадию…', 'label', 670))
    session.settle(0.8)
    session.find('Куда перевести карточки')
    session.type(sales[1])
    session.key('Return', pause=1.5)
    session.wait(lambda: count(session, second) == sum(before), 'the cards in the other stage')
    session.wait(lambda: sales[0] not in [field(stage, 'name') for stage in stages(session)], 'the stage gone')
    session.click('Отменить', role='button')
    session.wait(lambda: (count(session, first), count(session, second)) == before, 'the undo')
    session.key('Escape', pause=0.8)
    session.find(contains='Согласование договора', role='label')


def says_why_it_was_refused(session):
    """A rule that came while the move was made offline: the server's counts, and its words say what to fill in."""
    state(session, '1 требует решения')
    session.key('ctrl+shift+r')
    session.find(contains='Для стадии «', role='label')
    session.find(contains='нужно заполнить: Ожидаемое закрытие. Затем повторите переход.', role='label')


def move_by_old_rules(session):
    test_sync.connect(session)
    first, second = stages(session)[:2]
    deal = first_card(session, first)
    session.ctl('set', deal['id'], 'expected=')
    session.ctl('sync')
    session.ctl('set', deal['id'], f'stage={second["id"]}')
    session.server.other('sync')
    session.server.other('set', second['id'], 'required=["expected"]')
    session.server.other('sync')


says_why_it_was_refused.prepare = move_by_old_rules


if __name__ == '__main__':
    torgdisplay.run(required_on_drop, says_why_not, approved, editor, says_why_it_was_refused)
