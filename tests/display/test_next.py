#!/usr/bin/env python3
"""What comes next: a contact is finished with its result and the next step, and one is reminded of what is due."""
import datetime
import json
import subprocess

import torgdisplay
from torgdisplay import Failure

RESULT = 'Просят скидку'
CALL = 'Позвонить про окна'


def add(session, type, **fields):
    return session.ctl('add', type, *(f'{name}={value}' for name, value in fields.items())).split()[0]


def moment(minutes):
    """A planned time, so many minutes from now."""
    return (datetime.datetime.now() + datetime.timedelta(minutes=minutes)).strftime('%Y-%m-%dT%H:%M:00')


def prepare(session, due=None, **pipeline):
    """A deal that comes first on the board, with a call that was due two days ago."""
    session.make_demo(records=300)
    session.deal = add(session, 'deal', title='Окна для школы', pipeline='Продажи', stage='Новая')
    if pipeline:
        session.ctl('set', session.json('show', session.deal)['fields']['pipeline'], *(f'{k}={v}' for k, v in pipeline.items()))
    session.call = add(session, 'activity', kind='call', subject=CALL, deal=session.deal,
                       due=due or (datetime.date.today() - datetime.timedelta(days=2)).isoformat())


def prepare_must(session):
    prepare(session, next_step='must')


def open_deal(session):
    session.key('alt+1', 'Return', pause=1.0)
    session.find(CALL, role='label')


def steps(session):
    """What is planned for the deal, and what was done: subject → fields."""
    listed = [session.json('show', row['id'])['fields'] for row in session.json('list', 'activity', '--where', f'deal={session.deal}')]
    return ([a for a in listed if not a.get('done')], [a for a in listed if a.get('done')])


def finishing_asks(session):
    """What is late stands on top; done, with its result and the next date, in three clicks; one undo takes all of it back."""
    open_deal(session)
    session.find('1 просрочено', role='label')
    session.click('Выполнено', role='button')
    session.find('Чем закончилось', role='text')
    session.type(RESULT)
    session.click('Через неделю', role='radio button')
    session.click('Сохранить', role='button', within=session.find(role='dialog'))
    session.wait(lambda: not session.has('1 просрочено', role='label'), 'the call to be done')
    planned, done = steps(session)
    if len(planned) != 1 or len(done) != 1 or done[0].get('result') != RESULT:
        raise Failure((planned, done))
    week = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
    if planned[0]['subject'] != 'Перезвонить' or planned[0]['due'] != week or planned[0]['kind'] != 'call':
        raise Failure(planned)
    session.click('Отменить', role='button')
    session.find('1 просрочено', role='label')
    planned, done = steps(session)
    if len(planned) != 1 or done or planned[0].get('result'):
        raise Failure((planned, done))


def may_go_without(session):
    """Where it is only suggested, a contact is finished without a next step; then the card says that nothing is planned."""
    open_deal(session)
    session.click('Выполнено', role='button')
    session.find('Чем закончилось', role='text')
    session.click('Без шага', role='radio button')
    session.key('ctrl+Return')
    session.find('Следующий шаг не запланирован', role='label')
    session.key('ctrl+shift+t')
    session.type('Отправить образцы')
    session.key('ctrl+Return', pause=1.0)
    session.wait(lambda: not session.has('Следующий шаг не запланирован', role='label'), 'the step')
    planned, _ = steps(session)
    if [a['subject'] for a in planned] != ['Отправить образцы']:
        raise Failure(planned)


def must_not_go_without(session):
    """Where it is wanted, there is no way without it, neither in the dialog nor for a call that is told of."""
    open_deal(session)
    session.click('Выполнено', role='button')
    session.find('Чем закончилось', role='text')
    none = session.find('Без шага', role='radio button')
    if none.get_state_set().contains(session.atspi.StateType.SENSITIVE):
        raise Failure('it can be left out')
    session.key('ctrl+Return', pause=1.0)
    planned, done = steps(session)
    if [a['subject'] for a in planned] != ['Перезвонить'] or [a['subject'] for a in done] != [CALL]:
        raise Failure((planned, done))
    refused = subprocess.run([torgdisplay.CTL, '--replica', session.home / 'data/torg/replica.db', 'set',
                              session.json('list', 'activity', '--where', f'deal={session.deal}', '--where', 'done=')[0]['id'],
                              f'done={datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}'], capture_output=True, text=True)
    if refused.returncode == 0 or 'запланируйте следующий шаг' not in refused.stderr:
        raise Failure(refused)


def call_is_told(session):
    """At the client: what was said and what comes next, in five presses beside the typing."""
    open_deal(session)
    session.click('Встреча', role='radio button')
    session.click('Состоялось', role='radio button')
    session.press(session.find('Текст записи', role='text'))
    session.type('Показали образцы')
    session.click('Через 2 часа', role='radio button')
    session.click('Сохранить', role='button')
    session.find('Перезвонить', role='label')
    planned, done = steps(session)
    if done[0].get('result') != 'Показали образцы' or done[0]['kind'] != 'meeting':
        raise Failure(done)
    step = next(a for a in planned if a['subject'] == 'Перезвонить')
    ahead = datetime.datetime.fromisoformat(step['due'][:16]) - datetime.datetime.now()
    if not datetime.timedelta(minutes=110) < ahead < datetime.timedelta(minutes=121):
        raise Failure(step)


# --- reminders ---


def notes(session):
    return [json.loads(line) for line in (session.home / 'shown').read_text().splitlines()]


def prepare_reminder(session):
    prepare(session, due=moment(5))
    add(session, 'activity', kind='task', subject='Обновить счёт', deal=session.deal, due=moment(6))


def reminds(session):
    """What is due soon is told of once, leads to its card, and is not told of any more when it is done."""
    session.wait(lambda: len(notes(session)) == 2, 'the reminders', 15)
    call, task = notes(session)
    if call['title'] != CALL or 'Окна для школы' not in call['body'] or 'Через 10 минут' not in call['actions']:
        raise Failure(call)
    (session.home / 'pressed').write_text(f'{task["id"]} default')
    session.find('Следующая в списке', role='button')
    row = next(node for node in session.find_all(role='list item') if session.has(CALL, role='label', within=node))
    session.click('Выполнено', role='button', within=row)
    session.find('Чем закончилось', role='text')
    session.key('ctrl+Return', pause=1.0)
    session.wait(lambda: {'closed': call['id']} in notes(session), 'the reminder to go', 15)
    if [n['title'] for n in notes(session) if 'title' in n] != [CALL, 'Обновить счёт']:
        raise Failure(notes(session))


for test in (finishing_asks, may_go_without, call_is_told):
    test.prepare = prepare
must_not_go_without.prepare = prepare_must
reminds.prepare = prepare_reminder

if __name__ == '__main__':
    torgdisplay.run(finishing_asks, may_go_without, must_not_go_without, call_is_told, reminds)
