#!/usr/bin/env python3
"""The board: quick entry, dragging, lost deals, several at once, undo, keys alone, a narrow window."""
import pathlib

import torgdisplay
from torgdisplay import Failure


def cards(session, column=None):
    """The cards on the screen by column, from the top; each is (x, y, width, height, node)."""
    columns = {}
    for node in session.find_all(role='table cell'):
        place = session.atspi.Component.get_extents(node, session.atspi.CoordType.WINDOW)
        columns.setdefault(place.x, []).append((place.x, place.y, place.width, place.height, node))
    listed = [sorted(columns[x], key=lambda card: card[:2]) for x in sorted(columns)]
    return listed if column is None else listed[column]


def stages(session):
    pipelines = session.json('list', 'pipeline')
    sales = next(p for p in pipelines if p.get('kind') == 'deals' or p.get('fields', {}).get('kind') == 'deals')
    found = [s for s in session.json('list', 'stage', '--limit', '100') if field(s, 'pipeline') == sales['id']]
    return sorted(found, key=lambda stage: float(field(stage, 'position') or 0))


def field(record, name):
    return record.get(name, record.get('fields', {}).get(name))


def count(session, stage):
    return session.json('count', 'deal', '--where', f'stage={stage["id"]}')['count']


def totals(session, number):
    """The first number of a column's heading: how many deals it says it has."""
    return session.has(contains=f'{number} · ', role='label')


def id_of(session, title):
    return next(hit['id'] for hit in session.json('search', title) if hit.get('type', 'deal') == 'deal')


def open_and_search(session):
    session.key('ctrl+k', pause=0.6)
    session.type('насос')
    session.wait(lambda: session.find_all(role='list item', contains='асос'), 'what was found')
    session.key('Return', pause=1.0)
    session.find(role='button', name='Следующая в списке', showing=True)


def quick_add(session):
    first = stages(session)[0]
    before = count(session, first)
    session.key('ctrl+n', pause=0.6)
    session.type('Пробная сделка')
    session.key('Tab')
    session.type('много')
    session.key('Return', pause=0.5)
    session.find(contains='Это не сумма', role='label')
    session.key('ctrl+a')
    session.type('125000')
    session.wait(lambda: not session.has(contains='Это не сумма', role='label'), 'no complaint about an amount')
    session.key('Tab')
    session.type('Новый клиент')
    session.key('Return', pause=1.0)
    card = session.bounds(session.find(contains='Пробная сделка, 125', role='table cell'))
    button = session.bounds(session.find('Отмена', role='button'))
    if card.y < button.y + button.height:
        raise Failure(f'the new card is hidden above the column: {card.y}, {button.y}')
    if count(session, first) != before + 1:
        raise Failure('the stage does not have one deal more')
    session.wait(lambda: totals(session, before + 1), 'the heading of the column')
    session.wait(lambda: session.json('count', 'company', '--where', 'name=Новый клиент')['count'] == 1, 'the company')


def drag_to_another_column(session):
    first, second = stages(session)[:2]
    before = count(session, first), count(session, second)
    card = cards(session, 0)[1]
    title = card[4].get_name().split(',')[0]
    target = cards(session, 1)[2]
    session.drag(session.place(card[4]), session.place(target[4]))
    session.wait(lambda: (count(session, first), count(session, second)) == (before[0] - 1, before[1] + 1), 'the move')
    session.wait(lambda: totals(session, before[1] + 1), 'the heading of the column')
    if not any(title in other[4].get_name() for other in cards(session, 1)[:4]):
        raise Failure(f'“{title}” is not where it was dropped')
    session.find(contains='Сделка перенесена в', role='label')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: (count(session, first), count(session, second)) == before, 'the undo')


def history_follows(session):
    session.key('alt+1', pause=0.5)
    session.key('ctrl+shift+Right', pause=1.0)
    session.key('Return', pause=1.2)
    session.click('Изменения', role='radio button')
    session.find(contains='Стадия:', role='label')


def lost_needs_a_reason(session):
    first, lost = stages(session)[0], stages(session)[-1]
    before = count(session, first), count(session, lost)

    def ask():
        session.key('alt+1', pause=0.5)
        session.key('Menu', pause=0.5)
        session.key('Down', 'Down', 'Return', pause=0.4)
        session.settle()
        session.type('Отказ')
        session.key('Return', pause=0.8)
        session.find('Почему отказ?', role='label')

    ask()
    session.key('Escape', pause=0.8)
    if (count(session, first), count(session, lost)) != before:
        raise Failure('the deal moved although the dialog was cancelled')
    ask()
    accept = session.find('Отказ', role='button')
    if accept.get_state_set().contains(session.atspi.StateType.SENSITIVE):
        raise Failure('the deal can be lost without a reason')
    reasons = session.find_all(role='radio button', within=accept.get_parent().get_parent().get_parent())
    if not reasons:
        reasons = [node for node in session.find_all(role='radio button') if node.get_name() not in ('Доска', 'Список')]
    session.press(reasons[0])
    session.click('Отказ', role='button')
    session.wait(lambda: (count(session, first), count(session, lost)) == (before[0] - 1, before[1] + 1), 'the lost deal')


def won_keeps_amounts(session):
    """Of several deals that are won only those without an amount are asked for one, each for its own."""
    first, won = stages(session)[0], stages(session)[-2]
    cards = session.json('list', 'deal', '--where', f'stage={first["id"]}', '--limit', '1000')
    cards.sort(key=lambda deal: deal['fields']['rank'])
    one, two = cards[:2]
    session.ctl('set', one['id'], 'amount=690000')
    session.ctl('set', two['id'], 'amount=')
    session.settle(1.5)
    session.key('alt+1', pause=0.5)
    session.key('space', 'Down', 'space')
    session.find('Выбрано: 2', role='label')
    session.click('Переместить…', role='button')
    session.settle()
    session.type('Успешно')
    session.key('Return', pause=1.0)
    session.find('Сделки успешны', role='label')
    rows = session.find_all(two['fields']['title'], role='text')
    if len(rows) != 1 or session.has(one['fields']['title'], role='text'):
        raise Failure(f'{len(rows)} deals without an amount are asked for')
    session.press(rows[0])
    session.type('1000')
    session.click('Успешно', role='button')
    before = count(session, won)
    session.wait(lambda: count(session, won) == before + 2 or count(session, first) < len(cards), 'the move of two')
    amounts = [session.json('show', deal['id'])['fields']['amount'] for deal in (one, two)]
    if [amount['minor'] for amount in amounts] != [69000000, 100000]:
        raise Failure(f'the deals have the amounts {amounts}')


def a_filter_unselects(session):
    """What is done to several is done to those that are seen."""
    session.key('alt+1', pause=0.5)
    session.key('space', 'Down', 'space')
    session.find('Выбрано: 2', role='label')
    session.key('ctrl+f', pause=0.5)
    session.type('zzzz')
    session.wait(lambda: not session.has('Выбрано: 2', role='label'), 'the end of the selection')
    session.find('Под фильтр здесь ничего не подходит.', role='label')


def postponed_again(session):
    """A deal that rests already shows until when and why; cancelling changes nothing."""
    first = stages(session)[0]
    cards = session.json('list', 'deal', '--where', f'stage={first["id"]}', '--limit', '1000')
    deal = min(cards, key=lambda deal: deal['fields']['rank'])['id']
    session.ctl('set', deal, 'postponed=2027-03-05', 'postponed_reason=Ждут бюджет')
    session.settle(1.5)
    session.key('alt+1', pause=0.5)
    session.key('ctrl+d', pause=0.8)
    session.wait(lambda: session.text_of(session.find('Почему', role='text')) == 'Ждут бюджет', 'the reason')
    session.find(contains='5 мар 2027')
    session.click('Отмена', role='button')
    if session.json('show', deal)['fields']['postponed'] != '2027-03-05':
        raise Failure('cancelling changed the date')
    session.key('ctrl+d', pause=0.8)
    session.press(session.find('Не откладывать', role='label'))
    session.wait(lambda: 'postponed' not in session.json('show', deal)['fields'] or
                 session.json('show', deal)['fields']['postponed'] is None, 'the deal to be awake')


def several_at_once(session):
    first, third = stages(session)[0], stages(session)[2]
    before = count(session, first), count(session, third)
    session.key('alt+1', pause=0.5)
    session.key('space', 'Down', 'space', 'Down', 'space')
    session.find('Выбрано: 3', role='label')
    session.click('Переместить…', role='button')
    session.settle()
    session.type('КП')
    session.key('Return', pause=1.0)
    session.wait(lambda: (count(session, first), count(session, third)) == (before[0] - 3, before[1] + 3), 'the move of three')
    session.key('ctrl+z', pause=1.0)
    session.wait(lambda: (count(session, first), count(session, third)) == before, 'the undo of three')


def keys_alone(session):
    """From the start to a moved, opened and noted deal, without a mouse."""
    second = stages(session)[1]
    before = count(session, second)
    session.key('alt+1', pause=0.5)
    session.key('Down', 'ctrl+shift+Right', pause=0.8)
    session.wait(lambda: count(session, second) == before + 1, 'the move')
    session.settle()
    session.key('Return', pause=1.2)
    session.find('Следующая в списке', role='button')
    session.key('alt+Down', pause=1.0)
    session.key('alt+Left', pause=0.8)
    session.key('alt+2', pause=1.0)
    session.key('Down', 'Return', pause=1.0)
    session.find('Следующая в списке', role='button')


def focused_cell(session):
    return [node for node in session.find_all(role='table cell')
            if node.get_state_set().contains(session.atspi.StateType.FOCUSED)]


def keys_for_all(session):
    """What has a button has a key; Escape leads back to the cards."""
    session.key('alt+1', pause=0.5)
    session.key('ctrl+n', 'Escape', pause=0.5)
    session.wait(lambda: focused_cell(session), 'the focus on a card after the quick entry')
    session.key('ctrl+f', pause=0.5)
    session.find('Текст')
    session.key('Escape', pause=0.5)
    session.wait(lambda: not session.has('Текст'), 'the filter gone')
    session.wait(lambda: focused_cell(session), 'the focus on a card after the filter')
    for key, heading in (('ctrl+m', 'Переместить в стадию'), ('ctrl+o', 'Кто отвечает'), ('ctrl+t', 'Добавить метку')):
        session.key(key, pause=0.6)
        session.find(role='dialog')
        session.key('Escape', pause=0.6)
        session.wait(lambda: not session.has(role='dialog'), f'no dialog after {key}')
    session.key('ctrl+d', pause=0.6)
    session.find(role='dialog')
    session.key('Escape', pause=0.6)
    session.key('ctrl+p', 'Return', pause=0.8)
    session.find('Лиды', role='label')
    session.key('ctrl+p', 'Down', 'Return', pause=0.8)
    session.find('Продажи', role='label')
    session.key('alt+1', 'ctrl+l', pause=0.8)
    session.find('Название', role='button')
    session.key('ctrl+shift+c', pause=0.8)
    session.find(role='dialog')
    session.key('Escape', 'ctrl+b', pause=0.8)
    session.wait(lambda: not session.has('Название', role='button'), 'the board again')
    # From the sidebar too.
    session.press(session.find('Всё сохранено', role='toggle button'))
    session.key('Escape', pause=0.5)
    session.key('ctrl+l', pause=0.8)
    session.find('Название', role='button')
    session.press(session.find('Всё сохранено', role='toggle button'))
    session.key('Escape', pause=0.5)
    session.key('ctrl+p', 'Return', pause=0.8)
    session.find('Лиды', role='label')
    session.key('ctrl+p', 'Down', 'Return', 'ctrl+b', pause=0.8)


def rot_beside_the_step(session):
    """A deal that does not move says so beside its next step, not instead of it."""
    def both():
        return [node for node in session.find_all(role='table cell', contains='Без движения')
                if not any(words in node.get_name() for words in ('Нет дела', 'Просрочено'))]

    session.wait(both, 'a card with a next step that does not move')


def make_rot(session):
    session.make_demo()
    for stage in stages(session):
        if field(stage, 'kind') == 'open':
            session.ctl('set', stage['id'], 'rot_days=1')


rot_beside_the_step.prepare = make_rot


def no_stages(session):
    """A pipeline without stages says so, and another one is shown as ever."""
    session.find('Продажи', role='label')
    session.key('ctrl+p', 'Down', 'Down', 'Return', pause=0.8)
    session.find('Пустая воронка', role='label')
    session.find('Стадий нет')
    session.key('ctrl+n', pause=0.5)
    session.find('В этой воронке пока нет стадий, поэтому добавить в неё ничего нельзя.')
    session.key('ctrl+p', 'Return', pause=0.8)
    session.find('Лиды', role='label')
    session.wait(lambda: not session.has('Стадий нет'), 'stages')
    session.find('В работе', role='label')


def make_empty_pipeline(session):
    session.make_demo()
    path = pathlib.Path(session.home, 'pipelines.csv')
    path.write_text('name,kind\nПустая воронка,deals\n', encoding='utf-8')
    session.ctl('import', '--type', 'pipeline', path)


no_stages.prepare = make_empty_pipeline


def narrow(session):
    session.find('Продажи', role='label')
    state = session.bounds(session.find('Всё сохранено', role='toggle button'))
    if state.y > 60 or state.x + state.width > 360:
        raise Failure(f'the state is no part of the header: {state.x}, {state.y}')
    session.press(session.find('Список', role='radio button'))
    session.find('Название', role='button')
    session.press(session.find('Доска', role='radio button'))
    session.wait(lambda: not session.has('Название', role='button'), 'the board again')
    session.press(session.find('Поиск и фильтр', role='toggle button'))
    session.type('zzzz')
    session.wait(lambda: not session.has(role='table cell'), 'an empty board')
    session.key('Escape', pause=0.5)
    session.key('alt+1', pause=0.5)
    # A dialog that is a sheet here lets one type at once.
    session.key('alt+3', 'ctrl+n', pause=1.0)
    session.type('Насос для узкого окна')
    session.key('Return', pause=1.0)
    session.wait(lambda: session.json('count', 'product', '--where', 'name=Насос для узкого окна')['count'] == 1, 'the product')
    session.key('alt+Left', 'alt+1', 'ctrl+d', pause=1.0)
    session.type('Отпуск')
    session.key('Return', pause=1.0)
    reasons = lambda: {field(deal, 'postponed_reason') for deal in session.json('list', 'deal', '--limit', '5000')}
    session.wait(lambda: any((reason or '').endswith('Отпуск') for reason in reasons()), 'the reason')
    session.key('alt+2', pause=1.0)
    session.find('Компании', role='radio button')
    for node in session.find_all(role='button'):
        place = session.atspi.Component.get_extents(node, session.atspi.CoordType.WINDOW)
        if node.get_name() == 'Добавить' and place.x + place.width > 420:
            raise Failure('a button stands outside of the window')
    session.key('ctrl+comma', pause=1.0)
    button = session.bounds(session.find('Показать', role='button'))
    if button.x + button.width > 350:
        raise Failure('the preferences are wider than the window')


narrow.options = {'width': 360, 'height': 720}

if __name__ == '__main__':
    torgdisplay.run(open_and_search, quick_add, drag_to_another_column, history_follows, lost_needs_a_reason, won_keeps_amounts, a_filter_unselects, postponed_again,
                    several_at_once,
                    keys_alone, keys_for_all, rot_beside_the_step, no_stages, narrow)
