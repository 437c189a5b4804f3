#!/usr/bin/env python3
"""Torg's main job without a display: headless_run.py DIR opens the demo company, moves a deal, writes a note, finds a client, and
quits. Leaves pictures in DIR and prints what it did."""
import pathlib
import sys

from torgdisplay import Failure, Session


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '_run')
    with Session() as session:
        session.make_demo(records=6000)
        print(f'Opened the demo company: {session.json("count", "deal")["count"]} deals, '
              f'{session.json("count", "company")["count"]} companies.')
        session.launch()
        session.settle(1)
        session.shot(folder / '1-board.png')

        session.key('alt+1', pause=0.5)
        session.key('ctrl+shift+Right', pause=0.8)
        moved = session.find(contains='перенесена', role='label').get_name()
        session.shot(folder / '2-moved.png')
        print(f'Moved a deal: {moved}')

        session.key('Return', pause=1.2)
        session.press(session.find('Текст записи', role='text'))
        session.type('Клиент просит счёт до пятницы')
        session.key('ctrl+Return', pause=1.0)
        session.find('Клиент просит счёт до пятницы', role='label')
        session.shot(folder / '3-note.png')
        notes = session.json('search', 'просит счёт до пятницы')
        if not notes:
            raise Failure('the note is not in the data')
        print('Wrote a note: «Клиент просит счёт до пятницы».')
        session.key('alt+Left', pause=0.6)

        client = session.json('list', 'company', '--limit', '1')[0]['title']
        session.key('ctrl+k', pause=0.6)
        session.type(client[:6])
        session.settle(0.8)
        session.shot(folder / '4-search.png')
        session.find(contains=client[:6], role='list item')
        session.key('Return', pause=1.0)
        session.shot(folder / '5-found.png')
        print(f'Found a client: {client}.')

        status = session.quit()
        for complaint in session.messages():
            print(f'! {complaint}')
        print(f'Quit with {status}. Data: {session.ctl("check").strip()}')
        print(f'Pictures: {folder}/')
        sys.exit(1 if status or session.messages() else 0)


if __name__ == '__main__':
    main()
