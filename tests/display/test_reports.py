#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section of reports: the funnel, what was won against the plan and the work of the staff, each opening its records."""
import os

import torgdisplay
from torgdisplay import Failure


def open_reports(session, kind=None):
    session.key('alt+4', pause=1.0)
    session.find('Двенадцать месяцев', role='combo box')
    if kind:
        session.click(kind, role='radio button')
        session.settle(0.8)


def shot(session, name):
    if 'TORG_SHOTS' in os.environ:
        session.settle(0.8)
        session.shot(f'{os.environ["TORG_SHOTS"]}/{name}.png')


def funnel_opens_its_deals(session):
    open_reports(session)
    figure = session.find(contains=', Дошли: ', role='button')
    shot(session, 'funnel')
    n = int(''.join(filter(str.isdigit, figure.get_name().rsplit(':', 1)[1])))
    made = len([deal for deal in session.json('list', 'deal')])
    if not 0 < n <= made:
        raise Failure(f'{n} of {made}')
    session.click(contains=', Дошли: ', role='button')
    session.settle(1.5)
    shot(session, 'figure')
    session.key('Down', 'Return', pause=1.0)
    session.find('Сумма', timeout=6)


def plan_and_won(session):
    open_reports(session, 'Успешно')
    session.key('ctrl+shift+g', pause=0.8)
    session.find('План', role='dialog')
    shot(session, 'plan')
    session.key('Tab', 'Tab', 'Tab')
    session.type('250000')
    session.key('Return', pause=1.0)
    shot(session, 'plan2')
    session.wait(lambda: session.json('list', 'plan'), 'the plan')
    session.key('Escape', pause=1.0)
    shot(session, 'won')


def staff(session):
    open_reports(session, 'Сотрудники')
    session.find(contains=', Звонки: ', role='button')
    shot(session, 'staff')
    session.click(contains='Итого, Звонки: ', role='button')
    session.settle(1.0)
    # A call has no card of its own: the one of its deal or client opens.
    session.key('Return', pause=1.0)
    session.find('Изменения', role='radio button', timeout=6)


if __name__ == '__main__':
    torgdisplay.run(funnel_opens_its_deals, plan_and_won, staff)
