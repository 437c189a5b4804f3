"""What a tour is made of: stops at which a picture is taken, each visit in a process of its own."""
import os
import pathlib
import sys
import time

DARK = {'settings': {'color-scheme': 'dark'}}
NARROW = {'width': 420, 'height': 800}


class Tour:
    def __init__(self, session, folder, prefix):
        self.session = session
        self.folder = pathlib.Path(folder)
        self.prefix = prefix
        self.failed = []

    def shot(self, name, pause=0.5):
        time.sleep(pause)
        self.session.shot(self.folder / f'{self.prefix}-{name}.png')
        print(f'{self.prefix}-{name}.png', flush=True)

    def step(self, name, action):
        """One stop; a stop that fails is told at the end, the tour goes on."""
        try:
            action()
            self.shot(name)
        except Exception as error:
            self.failed.append(f'{self.prefix}-{name}: {error}')
            self.session.key('Escape', 'Escape')


def in_child(visit, *arguments, **options):
    """AT-SPI knows one bus a process. Gives 1 where a stop failed."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    status = 1
    try:
        failed = visit(*arguments, **options)
        for line in failed:
            print(f'! {line}', file=sys.stderr)
        status = 1 if failed else 0
    except Exception as error:
        print(f'! {arguments}: {error}', file=sys.stderr)
    finally:
        sys.stdout.flush()
        os._exit(status)
