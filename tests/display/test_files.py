#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a card: they go to the server and come from it, wait without a connection, and are here before a meeting."""
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request

import test_client
import torgdisplay
from test_sync import connect, state
from torgdisplay import Failure

SHOTS = os.environ.get('TORG_SHOTS')


def shot(session, name):
    if SHOTS:
        session.shot(pathlib.Path(SHOTS) / f'files-{name}.png')


def add_viewer(session):
    """A program for text files that leaves what it was given."""
    marker = session.home / 'opened'
    applications = session.home / 'data/applications'
    applications.mkdir(parents=True, exist_ok=True)
    (applications / 'viewer.desktop').write_text(
        f'[Desktop Entry]\nType=Application\nName=Viewer\nExec=cp %f {marker}\nMimeType=text/plain;application/octet-stream;\n')
    (session.home / 'config/mimeapps.list').write_text('[Default Applications]\ntext/plain=viewer.desktop\napplication/octet-stream=viewer.desktop\n')
    return marker


def shown_deal(session):
    """The id of the deal whose card is open."""
    test_client.open_first_deal(session)
    title = session.find(contains='Название:', role='list item').get_name().split(': ', 1)[1]
    found = [deal['id'] for deal in session.json('list', 'deal', '--limit', '5000') if deal['fields']['title'] == title]
    if len(found) != 1:
        raise Failure(f'{len(found)} deals are called {title}')
    return found[0]


def attach_here(session, deal, name, text):
    path = session.home / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    session.ctl('attach', 'deal', deal, str(path))
    return path


def attach_there(session, deal, name, text):
    path = session.home / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    session.server.other('sync')
    session.server.other('attach', 'deal', deal, path)
    session.server.other('sync')


def file_row(session, name, timeout=20):
    return session.find(name, role='list item', showing=False, timeout=timeout)


def words_of(session, row):
    return ' '.join(node.get_name() or '' for node in session.walk(row) if node.get_role_name() == 'label')


def wait_words(session, name, words, timeout=20):
    session.wait(lambda: words in words_of(session, file_row(session, name)), f'{words} at {name}', timeout)


def add_here_open_there(session):
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    path = session.home / 'Договор.txt'
    path.write_text('Договор поставки\n')
    session.drop_files([path], session.find('История', role='table'))
    wait_words(session, 'Договор.txt', 'на этом компьютере')
    shot(session, 'attached')
    session.wait(lambda: [file['name'] for file in json.loads(session.server.other('--json', 'files', 'deal', deal))] == ['Договор.txt']
                 or not session.server.other('sync'), 'the record there')
    attachment = json.loads(session.server.other('--json', 'files', 'deal', deal))[0]
    if attachment['state'] != 'there':
        raise Failure(attachment)
    session.server.other('fetch', attachment['id'], session.home / 'there.txt')
    if (session.home / 'there.txt').read_text() != 'Договор поставки\n':
        raise Failure('another content arrived')


def open_what_is_there(session):
    """What somebody else attached is fetched when it is opened."""
    marker = add_viewer(session)
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    attach_there(session, deal, 'Смета.txt', 'Смета на 12 листах\n')
    wait_words(session, 'Смета.txt', 'в облаке')
    test_client.scroll_down(session)
    shot(session, 'in-the-cloud')
    session.press(file_row(session, 'Смета.txt'))
    session.wait(marker.exists, 'the program for it', 20)
    if marker.read_text() != 'Смета на 12 листах\n':
        raise Failure('another content was opened')
    wait_words(session, 'Смета.txt', 'на этом компьютере')


def follows_other_processes(session):
    """The card that is open shows at once what a terminal fetches, and what it sends."""
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    attach_there(session, deal, 'Счёт.txt', 'Счёт на оплату\n')
    wait_words(session, 'Счёт.txt', 'в облаке')
    session.server.stop()
    attach_here(session, deal, 'Акт.txt', 'Акт сверки\n')
    wait_words(session, 'Акт.txt', 'ещё не отправлен')
    # The window asks again only after a while.
    state(session, 'Нет связи', 40)
    session.server.start()
    session.ctl('sync')
    wait_words(session, 'Акт.txt', 'на этом компьютере', 3)
    there = [file['id'] for file in session.json('files', 'deal', deal) if file['name'] == 'Счёт.txt'][0]
    session.ctl('fetch', there)
    wait_words(session, 'Счёт.txt', 'на этом компьютере', 3)


def waits_for_a_connection(session):
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    session.server.stop()
    attach_here(session, deal, 'Без сети.txt', 'x' * 1000)
    wait_words(session, 'Без сети.txt', 'ещё не отправлен')
    state(session, 'Нет связи', 40).get_action_iface().do_action(0)
    session.find(contains='к отправке 1', role='label', timeout=20)
    shot(session, 'waiting')
    session.key('Escape')
    session.server.start()
    wait_words(session, 'Без сети.txt', 'на этом компьютере', 60)
    session.server.other('sync')
    attachment = json.loads(session.server.other('--json', 'files', 'deal', deal))[0]
    session.server.other('fetch', attachment['id'])


def says_what_does_not_work(session):
    """The record is here before its content is anywhere: the row says so, and comes to it by itself."""
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    path = session.home / 'Позже.txt'
    path.write_text('Позже')
    session.server.other('sync')
    session.server.other('attach', 'deal', deal, path)
    files = session.home / 'server.db.files'
    files.write_text('no folder')
    try:
        session.server.other('sync')
        wait_words(session, 'Позже.txt', 'в облаке')
        test_client.scroll_down(session)
        session.press(file_row(session, 'Позже.txt'))
        wait_words(session, 'Позже.txt', 'На сервере этого файла ещё нет')
        shot(session, 'not-yet')
    finally:
        files.unlink()
    with sqlite3.connect(session.home / 'other.db') as db:
        db.execute('UPDATE file SET retry_at = 0')
    session.server.other('sync')
    wait_words(session, 'Позже.txt', 'на этом компьютере', 60)


def choose(session, name, *keys):
    """From the menu of its row, by keys."""
    session.settle(1)
    session.press(session.find(contains=f'Что сделать с «{name}»', role='toggle button'))
    session.settle(1.5)
    session.key(*keys, pause=0.4)


def focus(session, name):
    """The row of a file: the focus is on its button when the menu closes."""
    file_row(session, name)
    session.settle(1)
    session.press(session.find(contains=f'Что сделать с «{name}»', role='toggle button'))
    session.settle(1)
    session.key('Escape', pause=0.5)


def rename_and_delete(session):
    """What was deleted comes back."""
    deal = shown_deal(session)
    attach_here(session, deal, 'Старое имя.txt', 'Содержимое')
    file_row(session, 'Старое имя.txt')
    test_client.scroll_down(session)
    choose(session, 'Старое имя.txt', 'Down', 'Down', 'Return')
    session.settle(1)
    shot(session, 'rename')
    session.type('New name')
    session.key('Return', pause=0.8)
    file_row(session, 'New name.txt')
    # The toast that says so lies over the row for a while.
    session.settle(11)
    choose(session, 'New name.txt', 'Down', 'Down', 'Down', 'Return')
    session.wait(lambda: not session.has('New name.txt', role='list item', showing=False), 'the file to go')
    session.key('ctrl+z', pause=0.8)
    file_row(session, 'New name.txt')
    if [file['name'] for file in session.json('files', 'deal', deal)] != ['New name.txt']:
        raise Failure(session.json('files'))


def keys_of_a_row(session):
    """F2 gives it another name, Delete removes it, and both are undone."""
    deal = shown_deal(session)
    attach_here(session, deal, 'Клавиши.txt', 'Содержимое')
    file_row(session, 'Клавиши.txt')
    test_client.scroll_down(session)
    focus(session, 'Клавиши.txt')
    session.key('F2', pause=1)
    session.type('Keys')
    session.key('Return', pause=0.8)
    file_row(session, 'Keys.txt')
    # The focus is where it was.
    session.key('Delete', pause=0.8)
    session.wait(lambda: not session.has('Keys.txt', role='list item', showing=False), 'the file to go')
    session.key('ctrl+z', pause=0.8)
    file_row(session, 'Keys.txt')
    session.key('ctrl+z', pause=0.8)
    file_row(session, 'Клавиши.txt')
    if [file['name'] for file in session.json('files', 'deal', deal)] != ['Клавиши.txt']:
        raise Failure(session.json('files'))


def comes_again(session):
    """What vanished from the disk is fetched when it is opened."""
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    attach_here(session, deal, 'Пропавший.txt', 'Был и пропал\n')
    wait_words(session, 'Пропавший.txt', 'на этом компьютере')
    session.key('ctrl+shift+y')
    session.wait(lambda: [file['state'] for file in session.json('files', 'deal', deal)] == ['here'] and not session.json('outbox'),
                 'the server to have it')
    name = session.json('files', 'deal', deal)[0]['sha256']
    content = next(session.home.rglob(f'replica.db.files/{name[:2]}/{name[2:]}'))
    content.unlink()
    test_client.scroll_down(session)
    session.press(file_row(session, 'Пропавший.txt'))
    session.find(contains='Файла больше нет на этом компьютере', role='label')
    shot(session, 'vanished')
    session.wait(content.exists, 'the file to come again')
    wait_words(session, 'Пропавший.txt', 'на этом компьютере')


def save_as(session):
    deal = shown_deal(session)
    attach_here(session, deal, 'Прайс.txt', 'Цены')
    file_row(session, 'Прайс.txt')
    test_client.scroll_down(session)
    button = session.find(contains='Что сделать с «Прайс.txt»', role='toggle button')
    session.press(button)
    shot(session, 'menu')
    session.key('Down', 'Return')
    session.settle(1.5)
    session.key('ctrl+a')
    session.type(str(session.home / 'saved.txt'))
    session.key('Return', pause=1.0)
    session.wait((session.home / 'saved.txt').exists, 'the copy')
    if (session.home / 'saved.txt').read_text() != 'Цены':
        raise Failure('something else was saved')


def copy_and_paste(session, *paths):
    source = subprocess.Popen([sys.executable, torgdisplay.TOP / 'tests/display/copy_source.py', *map(str, paths)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if source.stdout.readline() != 'copied\n':
        raise Failure('nothing was copied')
    session.settle()
    session.press(session.find('История', role='table'))
    session.key('ctrl+v', pause=1.0)
    return source


def paste(session):
    deal = shown_deal(session)
    path = session.home / 'Из буфера.txt'
    path.write_text('Скопировано')
    sources = [copy_and_paste(session, path)]
    try:
        file_row(session, 'Из буфера.txt')
        sources.append(copy_and_paste(session))
        session.wait(lambda: session.has(contains='Картинка 20', role='list item', showing=False), 'the picture')
    finally:
        for source in sources:
            source.terminate()
            source.wait(5)
    names = sorted(file['name'] for file in session.json('files', 'deal', deal))
    if len(names) != 2 or not names[1].endswith('.png'):
        raise Failure(names)


def all_by_themselves(session):
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    attach_there(session, deal, 'Всегда.txt', 'Здесь')
    wait_words(session, 'Всегда.txt', 'в облаке')
    session.key('ctrl+comma', pause=1.0)
    session.press(session.find('Хранить все файлы на этом компьютере', role='label'))
    shot(session, 'preferences')
    session.key('Escape', pause=0.5)
    wait_words(session, 'Всегда.txt', 'на этом компьютере')


def before_a_meeting(session):
    state(session, 'Всё отправлено')
    deal = shown_deal(session)
    attach_there(session, deal, 'К встрече.txt', random.Random(1).randbytes(3000000))
    wait_words(session, 'К встрече.txt', 'в облаке')
    if session.has('Доступно без сети', role='label'):
        raise Failure('it is said to be here')
    users = session.json('list', 'user', '--limit', '50')
    me = [record['id'] for record in users if record['fields']['name'] == session.server.names[0]][0]
    fields = {'kind': 'meeting', 'subject': 'Встреча', 'deal': deal, 'owner': me,
              'due': time.strftime('%Y-%m-%d', time.gmtime(time.time() + 86400))}
    request = urllib.request.Request(f'{session.server.address}/v1/activities', data=json.dumps({'fields': fields}).encode(),
                                     headers={'Authorization': f'Bearer {session.server.keys[1]}'}, method='POST')
    with urllib.request.urlopen(request, timeout=20) as answer:
        if answer.status != 201:
            raise Failure(answer.status)
    wait_words(session, 'К встрече.txt', 'на этом компьютере', 30)
    session.find('Доступно без сети', role='label', timeout=20)
    shot(session, 'available')


for test in (add_here_open_there, open_what_is_there, follows_other_processes, waits_for_a_connection, says_what_does_not_work, all_by_themselves,
             before_a_meeting, comes_again):
    test.prepare = connect


def make_few(session):
    session.make_demo(records=600, seed=3)


for test in (rename_and_delete, keys_of_a_row, save_as, paste):
    test.prepare = make_few

if __name__ == '__main__':
    torgdisplay.run(add_here_open_there, open_what_is_there, follows_other_processes, waits_for_a_connection, says_what_does_not_work, comes_again,
                    rename_and_delete, keys_of_a_row, save_as, paste, all_by_themselves, before_a_meeting)
