#!/usr/bin/env python3
"""Deals, further: several dragged, scrolling while dragging, what closing asks for, undo of a bulk change, the list."""
import torgdisplay
from test_board import cards, count, field, stages
from torgdisplay import Failure


def drag_several(session):
    first, second = stages(session)[:2]
    before = count(session, first), count(session, second)
    session.key('alt+1', pause=0.5)
    session.key('space', 'Down', 'space')
    session.find('Выбрано: 2', role='label')
    session.drag(session.place(cards(session, 0)[1][4]), session.place(cards(session, 1)[2][4]))
    session.wait(lambda: (count(session, first), count(session, second)) == (before[0] - 2, before[1] + 2), 'the move of two')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: (count(session, first), count(session, second)) == before, 'the undo of two')


def heading(session, stage):
    return session.find(stage['title'], role='label')


def drag_to_the_edge(session):
    first, last = stages(session)[0], [stage for stage in stages(session) if field(stage, 'kind') == 'open'][-1]
    before = count(session, first), count(session, last)
    card = cards(session, 0)[0][4]
    x, y = session.place(card)
    session.hold((x, y), ((1262, y + 60), 1.8), ((980, y + 60), 0.3))
    session.wait(lambda: (count(session, first), count(session, last)) == (before[0] - 1, before[1] + 1), 'the move into the last stage')
    if session.bounds(heading(session, last)).x > 1000:
        raise Failure('the board did not scroll')


def drag_down_scrolls(session):
    column = cards(session, 0)
    x, y = session.place(column[0][4])
    top = column[0][4].get_name()
    session.hold((x, y), ((x, 770), 1.5))
    if cards(session, 0)[0][4].get_name() == top:
        raise Failure('the column did not scroll')
    session.find(contains='Сделка', role='label')


def close(session, stage):
    session.key('alt+1', pause=0.5)
    session.key('Menu', pause=0.5)
    session.key('Down', 'Down', 'Return', pause=0.4)
    session.settle()
    session.type(stage)
    session.key('Return', pause=0.8)


def is_sensitive(session, node):
    return node.get_state_set().contains(session.atspi.StateType.SENSITIVE)


def other_needs_words(session):
    lost = stages(session)[-1]
    before = count(session, lost)
    close(session, 'Отказ')
    session.press(session.find('Другое', role='radio button'))
    session.find('Опишите причину словами.', role='label')
    if is_sensitive(session, session.find('Отказ', role='button')):
        raise Failure('“other” is enough for a lost deal')
    session.type('Закрыли филиал')
    session.key('Return', pause=0.8)
    session.wait(lambda: count(session, lost) == before + 1, 'the lost deal')
    if not any(field(deal, 'lost_comment') == 'Закрыли филиал'
               for deal in session.json('list', 'deal', '--where', f'stage={lost["id"]}', '--limit', '500')):
        raise Failure('the words were not kept')


def won_asks(session):
    won = stages(session)[-2]
    before = count(session, won)
    close(session, 'Успешно')
    session.find('Закрыта', role='label')
    amount = session.find('Сумма', role='text')
    session.press(amount)
    session.key('ctrl+a', 'Delete')
    session.find('Укажите сумму сделки.', role='label')
    if is_sensitive(session, session.find('Успешно', role='button')):
        raise Failure('a deal can be won without an amount')
    session.type('777000')
    session.click('Успешно', role='button')
    session.wait(lambda: count(session, won) == before + 1, 'the won deal')
    deals = session.json('list', 'deal', '--where', f'stage={won["id"]}', '--limit', '500')
    if not any('777000' in str(field(deal, 'amount')) and field(deal, 'closed') for deal in deals):
        raise Failure('amount or date were not kept')


def undo_of_many(session):
    def owners():
        return sorted((deal['id'], str(field(deal, 'owner'))) for deal in session.json('list', 'deal', '--limit', '2000'))

    before = owners()
    session.key('alt+1', pause=0.5)
    session.key('ctrl+a', pause=0.5)
    session.find(contains='Выбрано: ', role='label')
    session.click('Ответственный…', role='button')
    session.settle()
    session.key('Down', 'Return', pause=1.0)
    session.wait(lambda: owners() != before, 'other owners')
    session.key('ctrl+z', pause=0.8)
    session.wait(lambda: owners() == before, 'the undo')


def rows(session):
    found = [node for node in session.find_all(role='table cell') + session.find_all(role='list item')
             if session.bounds(node).x > 200 and session.bounds(node).width > 600]
    return [node.get_name() for node in sorted(found, key=lambda node: session.bounds(node).y)]


def list_mode(session):
    session.click('Список', role='radio button')
    session.wait(lambda: len(rows(session)) > 5, 'rows')
    first = rows(session)
    header = session.find('Сумма', role='button')
    session.press(header)
    session.wait(lambda: rows(session) != first, 'another order')
    sorted_once = rows(session)
    session.press(session.find('Сумма', role='button'))
    session.wait(lambda: rows(session) != sorted_once, 'the reverse order')

    # A column is made wider at its edge, another one is taken away; both stay after a new start.
    title = session.bounds(session.find('Название', role='button'))
    offset = session.window_offset()
    # AT-SPI leaves the header's padding and the window's frame out: 17 pixels.
    edge = (title.x + title.width + 14 + 17 + offset[0], title.y + title.height // 2 + offset[1])
    session.drag(edge, (edge[0] + 90, edge[1]))
    wider = session.bounds(session.find('Название', role='button')).width
    if wider < title.width + 60:
        raise Failure(f'the column is {wider} wide, it was {title.width}')
    session.key('ctrl+shift+c', pause=0.8)
    session.press(session.find('Стадия', within=session.find('Столбцы', role='dialog')))
    session.key('Escape', pause=0.5)
    session.wait(lambda: not session.has('Стадия', role='button'), 'one column less')
    session.quit()
    session.launch()
    session.wait(lambda: len(rows(session)) > 5, 'rows')
    if session.has('Стадия', role='button'):
        raise Failure('the columns were forgotten')
    again = session.bounds(session.find('Название', role='button')).width
    if abs(again - wider) > 40:
        raise Failure(f'the width was forgotten: {again}, not {wider}')


def unfold_scrolls(session):
    lost = stages(session)[-1]
    session.key('alt+1', pause=0.5)
    for node in session.find_all('Показать сделки', role='button', showing=False)[-1:]:
        session.atspi.Action.do_action(node, 0)
    session.settle(1)
    place = session.bounds(heading(session, lost))
    if place.x < 0 or place.x > 420:
        raise Failure(f'the stage is at {place.x}')


unfold_scrolls.options = {'width': 420, 'height': 800}

def filter_by_own_field(session):
    """A field of the company's own that is for filters stands in the filter row."""
    session.key('alt+1', 'ctrl+f', pause=0.8)
    session.press(session.find('Цвет корпуса', role='toggle button'))
    session.settle()
    session.type('green')
    session.key('Return', pause=1.0)
    session.find('Цвет корпуса: green', role='toggle button')
    session.wait(lambda: len(session.find_all(role='table cell')) == 1, 'one card')
    session.click('Сбросить', role='button')
    session.wait(lambda: len(session.find_all(role='table cell')) > 1, 'all cards')


def make_own_field(session):
    session.make_demo()
    table = session.home / 'Сделки.csv'
    table.write_text('Название,Цвет корпуса\nЗелёная сделка,green\nСиняя сделка,blue\n')
    mapping = session.home / 'map.json'
    mapping.write_text('{"columns": {"Цвет корпуса": "+"}}')
    session.ctl('import', '--type', 'deal', '--map', str(mapping), str(table))
    for definition in session.json('list', 'field_def'):
        session.ctl('set', definition['id'], 'filterable=1')


filter_by_own_field.prepare = make_own_field

if __name__ == '__main__':
    torgdisplay.run(drag_several, drag_to_the_edge, drag_down_scrolls, other_needs_words, won_asks, undo_of_many, list_mode,
                    unfold_scrolls, filter_by_own_field)
