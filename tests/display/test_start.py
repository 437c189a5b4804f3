#!/usr/bin/env python3
"""Beginnings: the first run, a second start, data that cannot be opened."""
import os
import sqlite3
import subprocess

import torgdisplay
from torgdisplay import APP, Failure


def begins_empty(session):
    session.find('Добро пожаловать в Torg', role='label')
    session.click('Начать с чистого листа', role='list item')
    session.find('Продажи', role='label')
    session.find('Новая', role='label')
    session.key('alt+1', 'ctrl+n', pause=0.6)
    session.type('Первая сделка')
    session.key('Return', pause=1.0)
    session.find(contains='Первая сделка', role='table cell')
    # The quick entry keeps the keyboard though the first card has come.
    session.type('Вторая сделка')
    session.key('Return', pause=1.0)
    session.find(contains='Вторая сделка', role='table cell')
    session.key('Escape', pause=0.5)
    session.wait(lambda: not session.has('О чём речь?', role='text'), 'the quick entry closed')


def begins_with_the_demo(session):
    session.click('Осмотреться в демо-компании', role='list item')
    session.find('КП отправлено', role='label', timeout=20)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')


def active_window():
    return subprocess.run(['xdotool', 'getactivewindow'], capture_output=True, text=True).stdout.strip()


def second_start_raises(session):
    window = active_window()
    session.xdotool('windowminimize', window)
    session.wait(lambda: active_window() != window, 'the window away')
    second = subprocess.run([APP], timeout=10)
    if second.returncode or session.app.poll() is not None:
        raise Failure('the second start did not hand over to the first')
    session.wait(lambda: active_window() == window, 'the window of the first')
    session.settle()
    if len(session.frames()) != 1:
        raise Failure('there is not one window')


def damaged(session):
    session.find('Файл данных повреждён', role='label')
    path = session.home / 'data/torg/replica.db'
    path.unlink()
    session.click('Попробовать снова', role='button')
    session.find('Добро пожаловать в Torg', role='label')


def damage(session):
    path = session.home / 'data/torg/replica.db'
    path.parent.mkdir(parents=True)
    path.write_bytes(b'this is no database' * 500)


def path_of(session):
    return session.home / 'data/torg/replica.db'


def retry(session):
    session.click('Попробовать снова', role='button')
    session.find('КП отправлено', role='label', timeout=15)


def newer(session):
    session.find('Нужна более новая версия Torg', role='label')
    set_version(session, session.version)
    retry(session)


def set_version(session, version):
    connection = sqlite3.connect(path_of(session))
    session.version = connection.execute('PRAGMA user_version').fetchone()[0]
    connection.execute(f'PRAGMA user_version = {version}')
    connection.close()


def make_newer(session):
    session.make_demo(records=600)
    set_version(session, 999)


def read_only(session):
    session.find('В файл данных нельзя записать', role='label')
    path_of(session).parent.chmod(0o700)
    path_of(session).chmod(0o600)
    retry(session)


def make_read_only(session):
    session.make_demo(records=600)
    path_of(session).chmod(0o444)
    path_of(session).parent.chmod(0o555)
    if os.getuid() == 0:  # who may write anyway, unless that right is dropped
        session.prefix = ['setpriv', '--bounding-set=-dac_override,-dac_read_search']


def locked(session):
    session.find('Файл данных занят другой программой', role='label', timeout=20)
    session.other.rollback()
    session.other.close()
    retry(session)


def lock(session):
    session.make_demo(records=600)
    session.other = sqlite3.connect(path_of(session), isolation_level=None)
    session.other.execute('PRAGMA locking_mode = EXCLUSIVE')
    session.other.execute('BEGIN EXCLUSIVE')
    session.other.execute('PRAGMA user_version')


def owner_of_the_first(session):
    """What is made right after the first choice belongs to the user."""
    begins_empty(session)
    deal = next(deal for deal in session.json('list', 'deal') if deal['title'] == 'Первая сделка')
    if not deal.get('owner', deal.get('fields', {}).get('owner')):
        raise Failure('the deal has no owner')


def nothing(session):
    pass


owner_of_the_first.prepare = nothing
begins_with_the_demo.prepare = nothing
damaged.prepare = damage
newer.prepare = make_newer
read_only.prepare = make_read_only
locked.prepare = lock

if __name__ == '__main__':
    torgdisplay.run(owner_of_the_first, begins_with_the_demo, second_start_raises, damaged, newer, read_only, locked)
