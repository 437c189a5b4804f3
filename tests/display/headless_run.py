#!/usr/bin/env python3
"""Torg's main job without a display: headless_run.py DIR starts a server with the demo company, opens the replica of one of its
people, works there, also without a connection, and settles a difference with a second replica. Leaves pictures in DIR and prints
what it did."""
import pathlib
import signal
import sys

import test_sync
from torgdisplay import Failure, Session


def move_a_deal(session, folder):
    session.key('alt+1', pause=0.5)
    card = next(iter(session.focused()), None)
    title = card.get_name().split(',')[0] if card else ''
    session.key('ctrl+shift+Right', pause=0.8)
    moved = session.find(contains='перенесена', role='label').get_name()
    session.shot(folder / '2-moved.png')
    print(f'{moved}: {title}.' if title else f'{moved}.')


def write_a_note(session, folder):
    session.key('Return', pause=1.2)
    session.press(session.find('Текст записи', role='text'))
    session.type('Клиент просит счёт до пятницы')
    session.key('ctrl+Return', pause=1.0)
    session.find('Клиент просит счёт до пятницы', role='label')
    session.shot(folder / '3-note.png')
    if not session.json('search', 'просит счёт до пятницы'):
        raise Failure('the note is not in the data')
    print('Записана заметка: «Клиент просит счёт до пятницы».')
    session.key('alt+Left', pause=0.6)


def find_a_client(session, folder):
    client = session.json('list', 'company', '--limit', '1')[0]['title']
    session.key('ctrl+k', pause=0.6)
    session.type(client[:6])
    session.settle(0.8)
    session.shot(folder / '4-search.png')
    session.find(contains=client[:6], role='list item')
    session.key('Return', pause=1.0)
    session.shot(folder / '5-found.png')
    print(f'Найден клиент: {client}.')
    session.key('alt+Left', pause=0.6)


def work_offline(session, folder):
    """The two change the same deal; what came to the server first stays until it is decided."""
    server, (one, other) = session.server, session.server.names
    server.stop()
    deal = test_sync.change_first_deal(session, '4321000')
    test_sync.state(session, 'Нет связи с')
    title = session.json('show', deal)['title']
    session.shot(folder / '6-offline.png')
    print(f'Без связи: {one} меняет сумму сделки «{title}» на 4 321 000 ₽, в это же время {other} — на 1 234 000 ₽.')
    session.app.send_signal(signal.SIGSTOP)
    server.other('set', deal, 'amount=1234000 RUB')
    server.start()
    server.other('sync')
    session.app.send_signal(signal.SIGCONT)
    session.key('ctrl+shift+y')
    print('Связь есть снова: ' + test_sync.state(session, 'требует решения').get_name() + '.')
    return deal


def settle(session, folder, deal):
    server = session.server
    session.key('ctrl+shift+r', pause=1.0)
    sentence = session.find(contains='Поле «Сумма» изменили двое', role='label').get_name()
    session.shot(folder / '7-difference.png')
    print(sentence)
    session.click('Взять моё', role='button')
    session.find('Расхождений нет', role='label')
    # The first one takes the toast away.
    session.key('Escape', 'Escape')
    test_sync.state(session, 'Всё отправлено')
    session.wait(lambda: not session.json('outbox'), 'all of it sent')
    server.other('sync')
    session.ctl('sync')
    if server.other_amount(deal) != 4321000:
        raise Failure('what was taken is not on the other side')
    test_sync.must_be_equal(session)
    session.shot(folder / '8-equal.png')
    print('Решено: «Взять моё». Обе копии данных равны.')


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '_run')
    with Session() as session:
        test_sync.connect(session, records=3000)
        print(f'Сервер {session.server.address} с демо-компанией, два сотрудника: {", ".join(session.server.names)}. '
              f'Сделок — {session.json("count", "deal")["count"]}, компаний — {session.json("count", "company")["count"]}.')
        session.launch()
        test_sync.state(session, 'Всё отправлено')
        session.settle(1)
        session.shot(folder / '1-board.png')
        move_a_deal(session, folder)
        write_a_note(session, folder)
        find_a_client(session, folder)
        settle(session, folder, work_offline(session, folder))
        status = session.quit()
        for complaint in session.messages():
            print(f'! {complaint}')
        print(f'Закончено с кодом {status}. Проверка данных: {session.ctl("check").strip()}')
        print(f'Снимки: {folder}/')
        sys.exit(1 if status or session.messages() else 0)


if __name__ == '__main__':
    main()
