#!/usr/bin/env python3
"""Beginnings: the first run, a second start, data that cannot be opened."""
import subprocess

import torgdisplay
from torgdisplay import APP, Failure


def begins_empty(session):
    session.find('Добро пожаловать в Torg', role='label')
    session.click('Начать с чистого листа', role='list item')
    session.find('Продажи', role='label')
    session.find('Новая', role='label')
    session.key('ctrl+n', pause=0.6)
    session.type('Первая сделка')
    session.key('Return', pause=1.0)
    session.find(contains='Первая сделка', role='table cell')


def begins_with_the_demo(session):
    session.click('Осмотреться в демо-компании', role='list item')
    session.find('КП отправлено', role='label', timeout=20)
    session.wait(lambda: session.find_all(role='table cell'), 'cards')


def second_start_raises(session):
    second = subprocess.run([APP], timeout=10)
    if second.returncode or session.app.poll() is not None:
        raise Failure('the second start did not hand over to the first')


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


def nothing(session):
    pass


begins_empty.prepare = nothing
begins_with_the_demo.prepare = nothing
damaged.prepare = damage

if __name__ == '__main__':
    torgdisplay.run(begins_empty, begins_with_the_demo, second_start_raises, damaged)
