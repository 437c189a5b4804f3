#!/usr/bin/env python3
"""Beginning with a server and leaving it: keys, the browser, a company of one's own, no contact for long, signing out."""
import json
import os
import signal
import sqlite3
import subprocess
import time

import test_client
import torgdisplay
from test_sync import ALL, Server, amount_of, begin, change_first_deal, connect, rows, state
from torgdisplay import Failure


def connect_with_a_wrong_key(session):
    connect(session)
    os.environ['TORG_TOKEN'] = 'wrong'


def signs_in_again(session):
    session.click('Войдите снова', role='toggle button', timeout=20)
    session.click('Войти снова…', role='button')
    session.find(contains='Сервер больше не знает этот компьютер', role='label')
    session.type('wrong-too')
    session.key('Return')
    session.find(contains='не знает этого ключа', role='label')
    session.key('ctrl+a')
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено')


def begins_with_a_server(session):
    session.click('Подключиться к серверу компании', role='list item')
    session.type('http://127.0.0.1:9')
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    session.find(contains='Нет связи с сервером', role='label')
    session.key('shift+Tab', 'ctrl+a')
    session.type(session.server.address)
    session.key('Return')
    state(session, 'Всё отправлено')
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    if session.json('count', 'deal')['count'] < 20:
        raise Failure('the company did not come')


def forget_contact(session):
    """The last one was fifteen days ago."""
    with sqlite3.connect(session.home / 'data/torg/replica.db') as db:
        db.execute("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'")
        if db.total_changes != 1:
            raise Failure('the contact was not noted down')


def begin_without_contact(session):
    connect(session)
    forget_contact(session)
    session.server.stop()


def begin_without_contact_or_key(session):
    connect_with_a_wrong_key(session)
    forget_contact(session)


def opens_after_contact(session):
    """Nothing of the company is shown, not in a terminal either, until the server was heard of."""
    session.find('Слишком долго не было связи', role='label')
    session.find(contains='больше 14 дней', role='label')
    try:
        session.ctl('list', 'company')
        raise AssertionError('the terminal shows it')
    except Failure as error:
        if '14' not in str(error):
            raise
    if session.has('Войти снова…', role='button'):
        raise Failure('it offers what the server does not ask for')
    session.server.start()
    session.click('Попробовать снова', role='button')
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    session.ctl('list', 'company')


def opens_after_signing_in(session):
    """A locked computer that the server does not know any more says so, and needs nothing but the key."""
    session.find('Слишком долго не было связи', role='label')
    session.click('Войти снова…', role='button', timeout=20)
    session.find(contains='Сервер больше не знает этот компьютер', role='label')
    session.settle(0.5)
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено', 30)


def begin_with_content(session):
    """A company of one's own, and a server that has another one."""
    begin(session)
    (session.home / 'data/torg').mkdir(parents=True)
    session.ctl('demo', '--records', '300', '--seed', '9', '--lang', 'ru')
    session.own = {deal['id'] for deal in session.json('list', 'deal', *ALL)}


def connects_with_content(session):
    """Who began alone brings everything along: the deals stand in the server's pipeline beside the colleagues' ones."""
    session.click(contains='Всё сохранено', role='toggle button')
    session.click('Подключить к серверу…', role='button')
    session.find(contains='Всё, что есть на этом компьютере, будет отправлено на сервер', role='label')
    session.type(session.server.address)
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    state(session, 'Всё отправлено', 40)
    session.server.other('connect', session.server.address)
    session.server.other('sync')
    deals = json.loads(session.server.other('--json', 'list', 'deal', *ALL))
    if not session.own < {deal['id'] for deal in deals}:
        raise Failure('not all deals came to the server')
    if len(json.loads(session.server.other('--json', 'list', 'pipeline'))) != 2:
        raise Failure('the pipelines are there twice')
    one, other = (rows(path, 'SELECT hex(id), seq, title, amount, stage FROM deal ORDER BY id')
                  for path in (session.home / 'data/torg/replica.db', session.home / 'other.db'))
    if one != other:
        raise Failure(f'{set(one) ^ set(other)}')


BROWSER = """#!/usr/bin/python3
# What a browser and its user do with a page of the server: type the password, and go where it sends them.
import sys
import urllib.parse
import urllib.request
page = sys.argv[1]
open({log!r}, 'a').write(page + '\\n')
assert urllib.request.urlopen(page).status == 200
if {good!r}:
    form = urllib.parse.urlencode({{'login': 'anna', 'password': 'correct horse'}}).encode()
    assert 'Вернитесь в Torg' in urllib.request.urlopen(page, form).read().decode()
"""


def open_keyring(session):
    os.environ.pop('TORG_TOKEN', None)
    (session.home / 'run').mkdir(mode=0o700, exist_ok=True)
    keyring = subprocess.Popen(['gnome-keyring-daemon', '--unlock', '--foreground', '--components=secrets'],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    keyring.stdin.write(b'kr')
    keyring.stdin.close()
    session.processes.append(keyring)
    subprocess.run(['gdbus', 'wait', '--session', '--timeout', '10', 'org.freedesktop.secrets'], check=True)


def begin_with_a_browser(session, good=True):
    """A keyring that is open, and a browser that knows the password."""
    session.server = Server(session)
    open_keyring(session)
    browser = session.home / 'browser'
    browser.write_text(BROWSER.format(log=str(session.home / 'pages'), good=good))
    browser.chmod(0o755)
    applications = session.home / 'data/applications'
    applications.mkdir(parents=True)
    (applications / 'browser.desktop').write_text(
        f'[Desktop Entry]\nType=Application\nName=Browser\nExec={browser} %u\nMimeType=x-scheme-handler/http;\n')
    (session.home / 'config').mkdir(exist_ok=True)
    (session.home / 'config/mimeapps.list').write_text('[Default Applications]\nx-scheme-handler/http=browser.desktop\n')


def begin_with_a_slow_browser(session):
    begin_with_a_browser(session, good=False)


def connect_in_the_browser(session):
    session.click('Подключиться к серверу компании', role='list item')
    session.type(session.server.address)
    session.key('Return')


def signs_in_in_the_browser(session):
    """A password in the browser is enough; later, when the server has shut the computer out, once more."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    if session.json('count', 'deal')['count'] < 20:
        raise Failure('the company did not come')
    with sqlite3.connect(session.home / 'server.db') as db:
        db.execute('DELETE FROM token')
    session.key('ctrl+shift+y')
    session.click('Войдите снова', role='toggle button', timeout=20)
    session.click('Войти снова…', role='button')
    session.find(contains='Сервер больше не знает этот компьютер', role='label')
    session.key('Return')
    state(session, 'Всё отправлено', 30)
    if len((session.home / 'pages').read_text().splitlines()) != 2:
        raise Failure('the browser was not asked twice')


def ask_to_sign_out(session):
    session.key('F10', 'Down', 'Down', 'Return')
    session.find('Выйти на этом компьютере?', role='label')


def keep_in_a_file(session):
    """What the dialog offers; the file, which need not be there yet."""
    kept = session.home / 'kept.csv'
    session.click('Сохранить в файл…', role='button')
    session.settle(1)
    session.key('ctrl+a')
    session.type(str(kept))
    session.key('Return')
    return kept


def signs_out(session):
    """What only this computer has can be kept in a file; then nothing of the company is left here, and the session has ended."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')
    session.server.stop()
    deal = change_first_deal(session, '4321000')
    state(session, 'Нет связи с')
    ask_to_sign_out(session)
    session.find(contains='Только здесь осталось 1 изменение', role='label')
    kept = keep_in_a_file(session)
    session.wait(kept.exists, 'the file')
    if deal not in (text := kept.read_text()) or '4321000' not in text.replace('\u00a0', ''):
        raise Failure(text)
    session.find('Выйти на этом компьютере?', role='label')
    session.key('Escape')
    session.server.start()
    session.key('ctrl+shift+y')
    state(session, 'Всё отправлено', 30)
    ask_to_sign_out(session)
    if session.find_all(contains='Только здесь', role='label'):
        raise Failure('something is still only here')
    session.click('Выйти', role='button')
    session.find('Подключиться к серверу компании', role='list item', timeout=20)
    with sqlite3.connect(session.home / 'server.db') as db:
        if db.execute("SELECT count(*) FROM token WHERE kind <> 'personal'").fetchone() != (0,):
            raise Failure(db.execute('SELECT kind, expires FROM token').fetchall())
    if session.json('count', 'company')['count']:
        raise Failure('the company is still here')
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)


def keeps_what_it_can(session):
    """Of the files that only this computer has, one cannot be kept: the others are, it is named, and nothing is removed."""
    state(session, 'Всё отправлено')
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    session.server.stop()
    for name in ('Первый.txt', 'Второй.txt', 'Третий.txt'):
        path = session.home / name
        path.write_text(f'Содержимое: {name}')
        session.ctl('attach', 'deal', deal, str(path))
    lost = [file['sha256'] for file in session.json('files') if file['name'] == 'Второй.txt'][0]
    next(session.home.rglob(f'replica.db.files/{lost[:2]}/{lost[2:]}')).unlink()
    ask_to_sign_out(session)
    session.find(contains='3 файла есть только здесь', role='label')
    kept = keep_in_a_file(session)
    session.find('Не всё удалось сохранить', role='label')
    session.find(contains='Второй.txt: его больше нет', role='label')
    files = sorted(path.name for path in kept.with_name('kept.csv.files').iterdir())
    if files != ['1 Первый.txt', '3 Третий.txt']:
        raise Failure(files)
    session.key('Escape', pause=0.5)
    if session.has('Выйти на этом компьютере?', role='label') or len(session.json('files')) != 3:
        raise Failure('something was removed')


def begin_adopting(session):
    """A company of one's own that was connected, and has sent nothing yet."""
    begin_with_content(session)
    session.ctl('connect', session.server.address, '--with-content')
    session.server.stop()


def keeps_what_was_brought_along(session):
    """Before the server has the company that was here, signing out says so, and it can be kept in a file."""
    state(session, 'Нет связи с')
    unsent = [account['unsent'] for account in json.loads(session.ctl('--json', 'accounts'))][0]
    if unsent < len(session.own):
        raise Failure(f'{unsent} records wait')
    ask_to_sign_out(session)
    session.find(contains='на сервер ещё не отправлено', role='label')
    if session.has(contains='остаются на сервере', role='label'):
        raise Failure('it says that the data stays at the server')
    kept = keep_in_a_file(session)
    session.wait(kept.exists, 'the file')
    session.find('Выйти на этом компьютере?', role='label')
    text = kept.read_text()
    if any(deal not in text for deal in session.own):
        raise Failure('a deal is missing in the file')


def stops_answering(session):
    """The server takes the connection, and no more."""
    session.server.process.send_signal(signal.SIGSTOP)


def edits_while_leaving(session):
    """While the server is told, nothing can be edited; it can be stopped; what another process edits is asked about."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    deal = session.json('list', 'deal', '--limit', '1')[0]['id']
    stops_answering(session)
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    if 'TORG_SHOTS' in os.environ:
        session.shot(f'{os.environ["TORG_SHOTS"]}/leaving.png')
    if session.has(role='table cell'):
        raise Failure('the cards are still there')
    session.click('Отмена', role='button')
    session.wait(lambda: session.has(role='table cell'), 'the cards', 20)
    if list((session.home / 'data/torg').glob('*-leaving')):
        raise Failure('it is still to be removed')
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    session.ctl('set', deal, 'title=Changed meanwhile')
    session.server.process.send_signal(signal.SIGCONT)
    session.find(contains='Только здесь осталось 1 изменение', role='label', timeout=30)
    session.key('Escape')
    if session.json('show', deal)['fields']['title'] != 'Changed meanwhile':
        raise Failure('the edit is lost')


def quits_while_leaving(session):
    """Who ends the program while the server is told finds nothing of the company at the next start."""
    connect_in_the_browser(session)
    state(session, 'Всё отправлено', 30)
    stops_answering(session)
    ask_to_sign_out(session)
    session.click('Выйти', role='button')
    session.find('Выход…', role='label')
    session.quit()
    if not (session.home / 'data/torg/replica.db-leaving').exists():
        raise Failure('that it is to be removed is forgotten')
    session.launch(wait=False)
    session.find('Подключиться к серверу компании', role='list item', timeout=20)
    if (session.home / 'data/torg/replica.db-leaving').exists() or session.json('count', 'company')['count']:
        raise Failure('the company is still here')


def windows():
    """What the display shows of the program, whether it answers or not."""
    found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'torg'], capture_output=True, text=True).stdout
    return found.split()


def hold_the_database(session):
    """As another process that imports; what is edited waits for it."""
    db = sqlite3.connect(session.home / 'data/torg/replica.db', isolation_level=None)
    db.execute('BEGIN IMMEDIATE')
    return db


def at_once(condition, what):
    """Before the disk, which is waited for for 5 s, or the server would have given up."""
    end = time.monotonic() + 4
    while not condition():
        if time.monotonic() > end:
            raise Failure(f'{what} waited for something')
        time.sleep(0.02)


def closes_at_once(session):
    """The window closes while the server does not answer and the disk is waited for; what is edited is saved after
    that, and who asks for the window again gets it then."""
    state(session, 'Всё отправлено')
    test_client.open_first_deal(session)
    stops_answering(session)
    session.key('ctrl+shift+y')
    db = hold_the_database(session)
    test_client.type_amount(session, '7654000')
    session.key('ctrl+q')
    at_once(lambda: not windows(), 'closing')
    if session.app.poll() is not None:
        raise Failure('it ended before the edit was saved')
    again = subprocess.Popen([torgdisplay.APP], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    session.processes.append(again)
    session.settle(0.5)
    db.execute('ROLLBACK')
    db.close()
    session.wait(windows, 'the window', 10)
    session.wait(lambda: any(amount_of(deal) == 7654000 for deal in session.json('list', 'deal', *ALL)), 'the amount')
    session.key('ctrl+q')
    at_once(lambda: not windows(), 'closing again')
    session.app.wait(5)


def expires_at_once(session):
    """What may not be shown any more is closed although the disk is waited for."""
    state(session, 'Всё отправлено')
    test_client.open_first_deal(session)
    session.server.stop()
    session.key('ctrl+shift+y')
    state(session, 'Нет связи с')
    db = hold_the_database(session)
    test_client.type_amount(session, '7654000')
    for sql in ("UPDATE sync_state SET value = CAST(value AS INTEGER) - 15 * 86400000000 WHERE name = 'contact'", 'COMMIT', 'BEGIN IMMEDIATE'):
        db.execute(sql)
    session.key('ctrl+shift+y')
    at_once(lambda: not windows(), 'closing')
    # The program still answers.
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.torgcrm.Torg', '--object-path', '/org/torgcrm/Torg', '--method',
                    'org.gtk.Actions.List', '--timeout', '1'], check=True, capture_output=True)
    db.execute('ROLLBACK')
    db.close()
    session.find('Слишком долго не было связи', role='label', timeout=20)


def gives_up_connecting(session):
    """Who ends the program while a server is asked for the first time does not wait for it."""
    stops_answering(session)
    session.click('Подключиться к серверу компании', role='list item')
    session.find('Адрес', role='text')
    session.type(session.server.address)
    session.key('Tab')
    session.type(session.server.keys[0])
    session.key('Return')
    session.find('Обращение к серверу…', role='label')
    # A dialog keeps the keys for itself.
    subprocess.run(['gapplication', 'action', 'org.torgcrm.Torg', 'quit'], check=True)
    at_once(lambda: not windows(), 'closing')
    session.app.wait(5)


def stops_waiting_for_the_browser(session):
    """Who comes back without having signed in can copy the link, or give up; nothing is changed by that."""
    connect_in_the_browser(session)
    session.find('Войдите на странице в браузере и вернитесь сюда.', role='label', timeout=20)
    session.find('Копировать ссылку', role='button')
    session.key('Escape')
    session.click('Подключиться к серверу компании', role='list item')
    session.find('Адрес', role='text')
    session.type('http://127.0.0.1:9')
    session.key('Return')
    session.find(contains='Нет связи с сервером', role='label')


for test in (keeps_what_it_can, closes_at_once, expires_at_once):
    test.prepare = connect
signs_in_again.prepare = connect_with_a_wrong_key
begins_with_a_server.prepare = begin
gives_up_connecting.prepare = begin
connects_with_content.prepare = begin_with_content
opens_after_contact.prepare = begin_without_contact
opens_after_signing_in.prepare = begin_without_contact_or_key
signs_in_in_the_browser.prepare = begin_with_a_browser
signs_out.prepare = begin_with_a_browser
edits_while_leaving.prepare = begin_with_a_browser
quits_while_leaving.prepare = begin_with_a_browser
keeps_what_was_brought_along.prepare = begin_adopting
stops_waiting_for_the_browser.prepare = begin_with_a_slow_browser

if __name__ == '__main__':
    torgdisplay.run(signs_in_again, begins_with_a_server, connects_with_content, opens_after_contact, opens_after_signing_in,
                    signs_in_in_the_browser, signs_out, keeps_what_was_brought_along, edits_while_leaving,
                    quits_while_leaving, keeps_what_it_can, closes_at_once, expires_at_once, gives_up_connecting,
                    stops_waiting_for_the_browser)
