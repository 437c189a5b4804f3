#!/usr/bin/env python3
"""Cards: a field edited in place, one that cannot be saved, a note, undo, and the narrow card."""
import sqlite3
import subprocess

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


def legal_entity(session):
    """The card of a legal entity has facts alone: there are no activities of it."""
    company = session.json('add', 'company', 'name=Пробная компания')['id']
    session.ctl('add', 'legal_entity', 'name=Проба', f'company={company}')
    session.key('ctrl+k', pause=0.8)
    session.type('Пробная компания')
    session.key('Return', pause=1.2)
    session.press(session.find('Проба', role='list item'))
    session.find(contains='ИНН:', role='list item')
    if session.has('Текст записи', role='text'):
        raise Failure('something can be written that could not be kept')


def scroll_down(session):
    """Scrolls the facts to their end."""
    session.xdotool('mousemove', 390, 500, 'click', '--repeat', 40, '--delay', 10, 5)
    session.settle()


def amount_row(session):
    return session.find(contains='Сумма:', role='list item').get_name()


def entry(session):
    """What stands in the entry that has the focus; None where none has."""
    return next((session.text_of(node) or '' for node in session.focused() if node.get_editable_text_iface()), None)


def type_amount(session, amount):
    session.press(session.find(contains='Сумма:', role='list item'))
    session.wait(lambda: entry(session) is not None, 'the entry')
    session.key('ctrl+a')
    session.type(amount)
    session.wait(lambda: amount in (entry(session) or '').replace('\u00a0', ''), 'what was typed')
    session.key('Return')


def change_amount(session, amount):
    type_amount(session, amount)
    session.settle(0.8)
    session.wait(lambda: amount[:1] in amount_row(session), 'the amount')


def one_history(session):
    """What was done and what was changed stand in one list, the newest first; a line restores what was before it."""
    open_first_deal(session)
    before = amount_row(session)
    change_amount(session, '4321000')
    session.press(session.find('Текст записи', role='text'))
    session.type('Записано после правки')
    session.key('ctrl+Return', pause=1.0)
    note = session.find('Записано после правки', role='label')
    change = session.find(contains='4\u00a0321\u00a0000', role='label', within=session.find('История', role='table'))
    if not session.bounds(note).y < session.bounds(change).y:
        raise Failure('the newest does not come first')
    session.find('Запись создана', role='label')
    session.click('Дела', role='radio button')
    session.wait(lambda: not session.has(contains='4\u00a0321\u00a0000', role='label', within=session.find('История', role='table')),
                 'activities alone')
    session.click('Изменения', role='radio button')
    session.wait(lambda: not session.has('Записано после правки', role='label'), 'changes alone')
    session.click('Вернуть', role='button')
    session.wait(lambda: amount_row(session) == before, 'the amount from before')
    session.click('Всё', role='radio button')
    session.find('Записано после правки', role='label')


def plan(session, text, when):
    session.click('Звонок', role='radio button')
    session.click('Предстоит', role='radio button')
    session.press(session.find('Текст записи', role='text'))
    session.type(text)
    editor = session.bounds(session.find('Текст записи', role='text'))
    session.press(next(node for node in session.find_all(role='toggle button')
                       if 0 < session.bounds(node).y - editor.y < 140 and session.bounds(node).x >= editor.x))
    session.click(when, role='button')
    session.press(session.find('Текст записи', role='text'))
    session.key('ctrl+Return', pause=1.0)
    return session.find(text, role='label')


def planned_comes_first(session):
    """What is planned stands above the composer, the soonest first; what is done goes to the top of the history below."""
    open_first_deal(session)
    plan(session, 'Позвонить про договор', 'Через неделю')
    plan(session, 'Позвонить про счёт', 'Через 2 часа')
    heading = session.find('Запланировано', role='label')
    places = [session.bounds(node).y for node in (
        heading, session.find('Позвонить про счёт', role='label'), session.find('Позвонить про договор', role='label'),
        session.find('Текст записи', role='text'), session.find('История', role='table'))]
    if places != sorted(set(places)):
        raise Failure(f'heading, sooner, later, composer and history stand at {places}')
    history = session.find('История', role='table')
    if session.has('Позвонить про счёт', role='label', within=history):
        raise Failure('what is planned stands in the history')
    row = next(node for node in session.find_all(role='list item') if session.has('Позвонить про счёт', role='label', within=node))
    session.click('Выполнено', role='button', within=row)
    session.find('Чем закончилось', role='text')
    session.key('ctrl+Return', pause=1.0)
    done = session.find('Позвонить про счёт', role='label', within=history)
    others = [node for node in session.find_all(role='table cell', within=history) if not session.has('Позвонить про счёт', role='label', within=node)]
    if any(session.bounds(node).y < session.bounds(done).y for node in others):
        raise Failure('what was done last is not the first of the history')
    if not session.bounds(session.find('Позвонить про договор', role='label')).y < session.bounds(done).y:
        raise Failure('what is still planned does not come first')


def planned_without_a_date(session):
    """A task without a date is planned too, after those that have one."""
    open_first_deal(session)
    plan(session, 'Когда-нибудь обсудить', 'Через 2 часа')
    plan(session, 'Позвонить про договор', 'Через неделю')
    task = next(hit['id'] for hit in session.json('search', 'Когда-нибудь обсудить'))
    session.ctl('set', task, 'due=')
    session.find(contains='Без срока', role='label')
    session.wait(lambda: session.bounds(session.find('Позвонить про договор', role='label')).y < session.bounds(
        session.find('Когда-нибудь обсудить', role='label')).y, 'what has no date to come last')


def pipelines_of_deals(session):
    """A deal cannot go to a pipeline of leads."""
    open_first_deal(session)
    session.press(session.find(contains='Воронка:', role='list item'))
    dialog = session.find(role='dialog')
    session.find('Продажи', role='label', within=dialog)
    if session.has('Лиды', role='label', within=dialog):
        raise Failure('leads are offered')


def restore_in_the_dialog(session):
    open_first_deal(session)
    before = amount_row(session)
    change_amount(session, '555000')
    row = session.find(contains='Сумма:', role='list item')
    session.click('История', role='button', within=row)
    session.click('Вернуть', role='button', within=session.find(role='dialog'))
    session.wait(lambda: amount_row(session) == before, 'the amount from before')


def linked_both_ways(session):
    open_first_deal(session)
    title = session.find(contains='Название:', role='list item').get_name().split(': ', 1)[1]
    row = session.find(contains='Компания:', role='list item')
    company = row.get_name().split(': ', 1)[1]
    session.click(role='button', contains='Открыть', within=row)
    session.wait(lambda: session.has(f'Название: {company}', role='list item'), 'the company')
    deal = session.find(title, role='list item')
    if not session.bounds(deal).y < session.bounds(session.find(f'Название: {company}', role='list item')).y:
        raise Failure('the deals do not come first')
    session.press(deal)
    session.wait(lambda: session.has(f'Название: {title}', role='list item'), 'the deal again')


def active_title(session):
    return subprocess.run(['xdotool', 'getactivewindow', 'getwindowname'], capture_output=True, text=True).stdout.strip()


def window_of_its_own(session):
    session.key('alt+1', pause=0.5)
    session.key('ctrl+Return', pause=1.5)
    session.wait(lambda: len(session.frames()) == 2, 'a second window')
    title = active_title(session)
    session.key('alt+Down', pause=1.0)
    session.wait(lambda: active_title(session) != title, 'the next deal in the window')
    session.key('ctrl+w', pause=0.8)
    session.wait(lambda: len(session.frames()) == 1, 'one window')


def attach_and_open(session):
    """Attached by the dialog, which ends in the same function as a drop; opened by the program for its type."""
    (session.home / 'Договор.txt').write_text('Договор поставки\n')
    marker = session.home / 'opened'
    applications = session.home / 'data/applications'
    applications.mkdir()
    (applications / 'viewer.desktop').write_text(
        f'[Desktop Entry]\nType=Application\nName=Viewer\nExec=cp %f {marker}\nMimeType=text/plain;application/octet-stream;\n')
    (session.home / 'config/mimeapps.list').write_text('[Default Applications]\ntext/plain=viewer.desktop\napplication/octet-stream=viewer.desktop\n')
    open_first_deal(session)
    scroll_down(session)
    session.press(session.find(contains='айл', role='button'))
    session.settle(1.5)
    session.key('ctrl+l', pause=0.5)
    session.type(str(session.home) + '/Договор.txt')
    session.key('Return', pause=1.0)
    session.wait(lambda: session.has('Договор.txt', role='list item', showing=False), 'the attached file')
    scroll_down(session)
    session.press(session.find('Договор.txt', role='list item'))
    session.wait(marker.exists, 'the program for it')
    if 'Договор поставки' not in marker.read_text():
        raise Failure('another file was opened')


def drop_a_file(session):
    """Files dragged out of another program are attached to the card that they are dropped on."""
    paths = [session.home / 'Счёт 17.txt', session.home / 'Акт.txt']
    for path in paths:
        path.write_text(path.name)
    open_first_deal(session)
    session.drop_files(paths, session.find('История', role='table'))
    for path in paths:
        session.wait(lambda: session.has(path.name, role='list item', showing=False), f'{path.name} on the card')


def new_field(session):
    """A field of the company's own, made by an import elsewhere, comes to the card that is open, which can be edited on."""
    open_first_deal(session)
    table = session.home / 'Сделки.csv'
    table.write_text('Название,Цвет корпуса\nЗелёная сделка,зелёный\n')
    mapping = session.home / 'map.json'
    mapping.write_text('{"columns": {"Цвет корпуса": "+"}}')
    session.ctl('import', '--type', 'deal', '--map', str(mapping), str(table))
    session.settle(2)
    session.click('Показать пустые поля', role='button')
    session.find('Цвет корпуса: пусто', role='list item', showing=False)
    change_amount(session, '4321000')
    scroll_down(session)
    session.press(session.find('Цвет корпуса: пусто', role='list item', showing=False))
    session.type('green')
    session.key('Return', pause=0.8)
    session.find('Цвет корпуса: green', role='list item', showing=False)


def lock(session):
    """Another program keeps the data to itself: nothing can be saved."""
    other = sqlite3.connect(session.home / 'data/torg/replica.db', isolation_level=None)
    other.execute('BEGIN IMMEDIATE')
    return other


def unlock(other):
    other.rollback()
    other.close()


def nothing_is_thrown_away(session):
    """What was typed stays until it is saved: a note, a field, a new deal, a new company; the state says so."""
    open_first_deal(session)
    other = lock(session)
    session.press(session.find('Текст записи', role='text'))
    session.type('Нельзя потерять')
    session.key('ctrl+Return', pause=0.5)
    session.find('Сохраняется…', role='label')
    session.find('Попробовать снова', role='button', timeout=15)
    session.find('Не сохранено', role='label')
    session.key('Escape', pause=0.8)
    text = session.find('Текст записи', role='text')
    if session.text_of(text) != 'Нельзя потерять':
        raise Failure('the note is gone')
    session.type('!')
    if session.text_of(text) != 'Нельзя потерять!':
        raise Failure('the text has no focus any more')
    session.key('ctrl+Return', pause=0.5)
    session.find('Попробовать снова', role='button', timeout=15)
    unlock(other)
    session.click('Попробовать снова', role='button')
    session.find('Нельзя потерять!', role='label')
    session.wait(lambda: session.text_of(session.find('Текст записи', role='text')) == '', 'an empty editor')
    session.find('Всё сохранено', role='label')
    other = lock(session)
    session.press(session.find(contains='Сумма:', role='list item'))
    session.key('ctrl+a')
    session.type('7654321')
    session.key('Return')
    session.find('Попробовать снова', role='button', timeout=15)
    session.key('Escape', pause=0.8)
    if '7654321' not in [session.text_of(node) for node in session.find_all(role='text')]:
        raise Failure('the amount is gone')
    session.key('Escape', 'Escape', 'alt+Left', 'alt+1', 'ctrl+n', pause=0.6)
    session.type('Сделка при замке')
    session.key('Return')
    session.find('Попробовать снова', role='button', timeout=15)
    session.key('Escape', pause=0.8)
    if 'Сделка при замке' not in [session.text_of(node) for node in session.find_all(role='text')]:
        raise Failure('the new deal is gone')
    session.key('Escape', 'alt+2', 'ctrl+n', pause=0.6)
    session.type('Фирма при замке')
    session.key('Return')
    session.find('Попробовать снова', role='button', timeout=15)
    unlock(other)
    session.click('Попробовать снова', role='button')
    session.find('Название: Фирма при замке', role='list item')


def drafts_wait(session):
    """A note that is not saved yet is there again when its record is, and when Torg is."""
    open_first_deal(session)
    session.press(session.find('Текст записи', role='text'))
    session.type('Недописанная запись')
    session.key('alt+Down', pause=1.0)
    session.wait(lambda: session.text_of(session.find('Текст записи', role='text')) == '', 'the next deal')
    session.key('alt+Up', pause=1.0)
    session.wait(lambda: session.text_of(session.find('Текст записи', role='text')) == 'Недописанная запись', 'the draft')
    session.key('alt+Left', pause=1.0)
    session.key('alt+1', 'Return', pause=1.0)
    session.wait(lambda: session.text_of(session.find('Текст записи', role='text')) == 'Недописанная запись', 'the draft')
    session.type(' ещё')
    assert session.quit() == 0
    session.launch()
    open_first_deal(session)
    session.wait(lambda: session.text_of(session.find('Текст записи', role='text')).startswith('Недописанная запись'),
                 'the draft after quitting')


def back_from_anywhere(session):
    """The keyboard may be on the sidebar; what lies behind a dialog stays."""
    open_first_deal(session)
    session.press(session.find('Всё сохранено', role='toggle button'))
    session.key('Escape', 'ctrl+comma', pause=0.8)
    session.key('alt+Left', 'Escape', pause=0.8)
    session.find('Следующая в списке', role='button')
    session.press(session.find('Всё сохранено', role='toggle button'))
    session.key('Escape', 'alt+Left', pause=0.8)
    session.wait(lambda: not session.has('Следующая в списке', role='button'), 'the board')
    session.key('Return', pause=0.8)
    session.find('Следующая в списке', role='button')


def narrow_card(session):
    open_first_deal(session)
    session.find('Дела', role='page tab')
    session.press(session.find('Данные', role='page tab'))
    session.find(contains='Сумма:', role='list item')


legal_entity.options = {'width': 1280, 'height': 1700}
narrow_card.options = {'width': 420, 'height': 800}

if __name__ == '__main__':
    torgdisplay.run(edit_in_place, refuse_what_is_wrong, write_a_note, legal_entity, one_history, planned_comes_first,
                    planned_without_a_date, pipelines_of_deals,
                    restore_in_the_dialog, linked_both_ways, window_of_its_own, attach_and_open, drop_a_file, new_field,
                    nothing_is_thrown_away, drafts_wait, back_from_anywhere, narrow_card)
