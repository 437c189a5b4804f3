# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Torg: one JSON object a line, each compared within this run.

bench.py [NAME…]: start-1000000 start-100000 demo search board card import duplicates sync-100000 sync-1000000
                 sync-live sync-idle sync-pouchdb work-100000 work-1000000; sync: all of sync-…
"""
import gzip
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('MESON_BUILD_ROOT', TOP / '_build'))
CACHE = pathlib.Path(os.environ.get('XDG_CACHE_HOME', pathlib.Path.home() / '.cache')) / 'torg-bench'
STORE = BUILD / 'tests' / 'bench' / 'bench-store'
WINDOW = BUILD / 'tests' / 'bench' / 'bench-window'
WORK = BUILD / 'tests' / 'bench' / 'bench-work'
RUNS = 5
STARTS = 21  # the machine swings by more than what is measured


def report(name, value, unit, goal, against=None, base=None, ok=None, ratio=None):
    ratio = round(ratio or value / base, 3) if base else None
    print(json.dumps({'name': name, 'value': round(value, 2), 'unit': unit, 'goal': goal,
                      'ok': bool(ok), 'against': against, 'ratio': ratio}, ensure_ascii=False), flush=True)


def demo(records):
    """A company of so many records, made once a schema and kept."""
    path = CACHE / f'demo-{records}-{int(STORE.stat().st_mtime)}.db'
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f'demo-{records}-*'):
            old.unlink()
        subprocess.run([BUILD / 'src' / 'tools' / 'torgctl', '--replica', path, 'demo', '--records', str(records),
                        '--seed', '1'], check=True, stdout=subprocess.DEVNULL)
    return path


def store(what, *arguments):
    out = subprocess.run([STORE, what, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in out.splitlines()}


class Display:
    """An X server, a window manager and a session bus of its own."""

    def __enter__(self):
        self.home = tempfile.TemporaryDirectory(prefix='torg-bench-')
        home = pathlib.Path(self.home.name)
        for folder in ('run', 'config/gtk-4.0', 'data', 'cache'):
            (home / folder).mkdir(parents=True)
        (home / 'run').chmod(0o700)
        (home / 'config/gtk-4.0/settings.ini').write_text(
            '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n')
        read, write = os.pipe()
        self.server = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', '1280x800x24',
                                        '-nolisten', 'tcp'], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        display = os.read(read, 16).decode().strip()
        self.env = dict(os.environ, DISPLAY=f':{display}', HOME=str(home), XDG_RUNTIME_DIR=str(home / 'run'),
                        XDG_CONFIG_HOME=str(home / 'config'), XDG_DATA_HOME=str(home / 'data'),
                        XDG_CACHE_HOME=str(home / 'cache'), GDK_BACKEND='x11', GSK_RENDERER='cairo',
                        GTK_A11Y='none', GSETTINGS_BACKEND='memory', LANG='ru_RU.UTF-8', LC_NUMERIC='C')
        self.bus = subprocess.Popen(['dbus-daemon', '--session', '--print-address', '--nofork'], env=self.env,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.env['DBUS_SESSION_BUS_ADDRESS'] = self.bus.stdout.readline().strip()
        self.manager = subprocess.Popen(['openbox'], env=self.env, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        for process in (self.manager, self.bus, self.server):
            process.terminate()
            process.wait()
        self.home.cleanup()

    def start(self, *arguments):
        env = dict(self.env, TORG_BENCH_T0=str(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000))
        out = subprocess.run([WINDOW, *map(str, arguments)], env=env, check=True, capture_output=True, text=True,
                             timeout=120).stdout
        return json.loads(out.splitlines()[-1])

    def compare(self, replica):
        """Starts of an empty window and of Torg, taken in turns."""
        self.start('empty')
        self.start('board', replica)
        empty, board = [], []
        for _ in range(STARTS):
            empty.append(self.start('empty'))
            board.append(self.start('board', replica))
        return empty, board


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def bench_start(records):
    with Display() as display:
        empty, board = display.compare(demo(records))
    base, value = median(empty, 'ms'), median(board, 'ms')
    # Each against the empty window just before it: the machine's own pace changes within the run.
    ratio = statistics.median(b['ms'] / e['ms'] for e, b in zip(empty, board))
    report(f'start-{records}', value, 'ms', '<= 1.5 x an empty libadwaita window', f'empty window {base:.0f} ms', base,
           ratio <= 1.5, ratio)
    rss, base_rss = median(board, 'rss_kb') / 1024, median(empty, 'rss_kb') / 1024
    report(f'memory-{records}', rss, 'MB', '<= 180 MB', f'empty window {base_rss:.0f} MB', base_rss, rss <= 180)


def bench_demo():
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        subprocess.run([BUILD / 'src' / 'tools' / 'torgctl', '--replica', f'{folder}/demo.db', 'demo', '--records',
                        '1000000', '--seed', '2'], check=True, stdout=subprocess.DEVNULL)
        value = time.monotonic() - began
    report('demo-1000000', value, 's', '<= 60 s', ok=value <= 60)


def bench_search():
    value = store('search', demo(1000000))['search']
    report('search-1000000', value, 'ms', 'p95 of keystrokes <= 20 ms', ok=value <= 20)


def bench_board():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / 'replica.db'
        shutil.copy(demo(1000000), copy)
        figures = store('board', copy)
        began = time.monotonic()
        subprocess.run(['sqlite3', copy, 'SELECT stage, count(*), sum(amount) FROM deal WHERE deleted IS NULL '
                        'GROUP BY stage'], check=True, stdout=subprocess.DEVNULL)
        shell = (time.monotonic() - began) * 1000
    report('board-read-100000', figures['board-read'], 'ms', '<= 60 ms',
           f'sqlite3 counting the stages {shell:.0f} ms', shell, figures['board-read'] <= 60)
    report('board-drop-100000', figures['board-drop'], 'ms', 'p95 until saved <= 15 ms', ok=figures['board-drop'] <= 15)


def bench_card():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / 'replica.db'
        shutil.copy(demo(100000), copy)
        value = store('card', copy)['card']
    report('card-5000', value, 'ms', '<= 60 ms', ok=value <= 60)


def bench_work(records):
    """What the user waits for in the window: medians of five rounds."""
    with tempfile.TemporaryDirectory() as folder, Display() as display:
        copy = pathlib.Path(folder) / 'replica.db'
        shutil.copy(demo(records), copy)
        company = subprocess.run([STORE, 'client', copy], check=True, capture_output=True, text=True).stdout.strip()
        out = subprocess.run([WORK, copy, company], env=display.env, check=True, stdout=subprocess.PIPE, text=True,
                             timeout=60).stdout
        figures = {line.split()[0]: float(line.split()[1]) for line in out.splitlines()}
    report(f'switch-{records}', figures['switch'], 'ms', 'until the cards are painted <= 60 ms',
           ok=figures['switch'] <= 60)
    report(f'card-screen-{records}', figures['card'], 'ms', 'until 5,000 entries are painted <= 60 ms',
           ok=figures['card'] <= 60)
    report(f'main-loop-{records}', figures['loop'], 'ms', 'longest at a stretch <= 16 ms', ok=figures['loop'] <= 16)


def bench_import():
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'companies.csv'
        with open(path, 'w', encoding='utf-8') as out:
            out.write('Название компании;Телефон;E-mail;Город;Ответственный;Комментарий\n')
            for i in range(100000):
                out.write(f'ООО «Компания {i % 95000}»;8 (9{rng.randrange(10, 70)}) {rng.randrange(100, 1000)}-'
                          f'{rng.randrange(10, 100)}-{rng.randrange(10, 100)};info{i}@example.com;Казань;'
                          f'Менеджер {i % 20};Примечание\n')
        values = []
        for i in range(RUNS):
            replica = pathlib.Path(folder) / f'replica{i}.db'
            subprocess.run([BUILD / 'src' / 'tools' / 'torgctl', '--replica', replica, 'demo', '--records', '300',
                            '--seed', '1'], check=True, stdout=subprocess.DEVNULL)
            values.append(store('import', replica, path)['import'] / 1000)
            for file in pathlib.Path(folder).glob('replica*'):
                file.unlink()
        value = statistics.median(values)
        began = time.monotonic()
        subprocess.run(['sqlite3', f'{folder}/shell.db', '.mode csv', '.separator ;', f'.import {path} t',
                        'CREATE INDEX a ON t(1)'], check=True, stdout=subprocess.DEVNULL)
        shell = time.monotonic() - began
    report('import-100000', value, 's', '<= 5 s', f'sqlite3 .import of the file {shell:.2f} s', shell, value <= 5)


LATIN = dict(zip('абвгдежзийклмнопрстуфхцчшщъыьэюяё',
                 ['a', 'b', 'v', 'g', 'd', 'e', 'zh', 'z', 'i', 'y', 'k', 'l', 'm', 'n', 'o', 'p', 'r', 's', 't', 'u',
                  'f', 'kh', 'ts', 'ch', 'sh', 'shch', '', 'y', '', 'e', 'yu', 'ya', 'e']))
CITIES = ['Москва', 'Тверь', 'Омск', 'Казань', 'Пермь', 'Тула', 'Самара', 'Уфа', 'Томск', 'Чита']


def spoil(name, pick):
    """The same name as somebody else would write it down."""
    words = name.split()
    way = pick.randrange(6)
    if way == 0:
        return f'«{name.upper()}», ООО'
    if way == 1:
        return ''.join(LATIN.get(letter, letter) for letter in name.lower()).title() + ' LLC'
    if way == 2:
        return 'ЗАО ' + '-'.join(reversed(words))
    if way == 3:
        at = pick.randrange(1, len(words[0]) - 1)
        return ' '.join([words[0][:at - 1] + words[0][at] + words[0][at - 1] + words[0][at + 1:], *words[1:]])
    if way == 4:
        return name.replace('е', 'ё', 1)
    return f'{name} {pick.choice(["Плюс", "Холдинг"])}'


def write_duplicates(path, n, n_known):
    """So many companies, the last of them known ones once more; the note tells which are one."""
    pick = random.Random(7)
    syllables = [a + b for a in 'бвгдзклмнпрстфхш' for b in 'аеиоуя']
    trades = ['Сервис', 'Торг', 'Строй', 'Групп', 'Пром', 'Снаб', 'Трейд', 'Транс', 'Инвест', 'Маркет']

    def phone():
        return f'+7 9{pick.randrange(10 ** 9):09}'

    rows = []
    for i in range(n - n_known):
        word = ''.join(pick.choice(syllables) for _ in range(pick.choice((3, 3, 4)))).title()
        name = ' '.join([word, pick.choice(trades)] if pick.random() < 0.7 else [word])
        # Some are called like another one, and are another one.
        name = pick.choice(rows)[0] if rows and pick.random() < 0.01 else name
        rows.append([name, phone(), f'mail{i}@example.ru' if pick.random() < 0.6 else '',
                     pick.choice(CITIES) if pick.random() < 0.8 else '', ''])
    for i, row in enumerate(pick.sample(rows, n_known)):
        row[4] = f'known {i}'
        # Somebody who did not look wrote down what was at hand.
        known = [spoil(row[0], pick), row[1] if pick.random() < 0.6 else phone(), row[2] if pick.random() < 0.4 else '',
                 row[3] if pick.random() < 0.7 else '', row[4]]
        rows.append(known)
    with open(path, 'w') as file:
        file.write('Название;Телефон;Почта;Город;Примечание\n')
        file.writelines(';'.join(row) + '\n' for row in rows)


def bench_duplicates(n=100000, n_known=800):
    with tempfile.TemporaryDirectory() as folder:
        replica, path, mapping = (f'{folder}/{name}' for name in ('duplicates.db', 'companies.csv', 'map.json'))
        write_duplicates(path, n, n_known)
        pathlib.Path(mapping).write_text(json.dumps({'duplicates': 'create'}))
        torgctl = [BUILD / 'src' / 'tools' / 'torgctl', '--replica', replica]
        subprocess.run([*torgctl, 'demo', '--records', '300', '--seed', '1'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*torgctl, 'import', '--type', 'company', '--map', mapping, path], check=True,
                       stdout=subprocess.DEVNULL)
        out = subprocess.run([STORE, 'pairs', replica], check=True, capture_output=True, text=True).stdout.splitlines()
        with sqlite3.connect(replica) as db:
            notes = {str(uuid.UUID(bytes=key)): note for key, note in
                     db.execute("SELECT id, note FROM company WHERE note LIKE 'known %'")}
    pairs = [line.split() for line in out[1:]]
    right = {notes[one] for one, other in pairs if notes.get(one) is not None and notes[one] == notes.get(other)}
    seconds = float(out[0].split()[1]) / 1000
    report(f'duplicates-{n}', seconds, 's', '≤ 10 s', ok=seconds <= 10)
    report(f'duplicates-{n}-precision', 100 * len(right) / max(len(pairs), 1), '%', 'none', ok=True)
    report(f'duplicates-{n}-recall', 100 * len(right) / n_known, '%', 'none', ok=True)


def shell_load(replica, folder):
    """Seconds that the sqlite3 shell takes for the same rows and indexes, of search too, from their text in SQL."""
    with open(f'{folder}/dump.sql', 'wb') as dump:
        subprocess.run(['sqlite3', replica, '.dump'], stdout=dump, check=True)
    began = time.monotonic()
    with open(f'{folder}/dump.sql', 'rb') as dump:
        subprocess.run(['sqlite3', f'{folder}/shell.db'], stdin=dump, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


class Company:
    """A server on a demo company, one who signs in, and replicas of theirs."""

    def __init__(self, folder, records):
        self.folder, self.replica = folder, demo(records)
        self.server, self.torgctl = BUILD / 'src' / 'server' / 'torg-server', BUILD / 'src' / 'tools' / 'torgctl'
        self.env = dict(os.environ, TORG_STORE=f'sqlite:{folder}/server.db')
        self.run(self.server, 'import', self.replica)
        user = json.loads(self.run(self.torgctl, '--replica', self.replica, '--json', 'list', 'user', '--limit', '1'))[0]
        self.run(self.server, 'user', 'add', 'anna', user['id'], stdin='bench password\n')
        self.env['TORG_TOKEN'] = self.run(self.server, 'token', 'anna').strip()

    def run(self, *command, stdin=None):
        return subprocess.run(command, env=self.env, check=True, input=stdin, stdout=subprocess.PIPE, text=True).stdout

    def __enter__(self):
        self.process = subprocess.Popen([self.server, 'serve', '--listen', '127.0.0.1:0'], env=self.env, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline().split()[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ctl(self, name, *arguments):
        """The seconds that a command took on a replica."""
        began = time.monotonic()
        process = subprocess.Popen([self.torgctl, '--replica', f'{self.folder}/{name}.db', *arguments], env=self.env,
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, arguments
        self.last_rss = usage.ru_maxrss / 1024
        return time.monotonic() - began

    def connect(self, name):
        self.ctl(name, 'connect', f'http://127.0.0.1:{self.port}')
        self.base_rss = self.last_rss

    def headers(self):
        return {'Authorization': f'Bearer {self.env["TORG_TOKEN"]}'}

    def add(self, name):
        connection = http.client.HTTPConnection('127.0.0.1', self.port)
        connection.request('POST', '/v1/companies', json.dumps({'fields': {'name': name}}), self.headers())
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()
        connection.close()

    def cpu(self):
        """The seconds that the server has worked."""
        fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def memory(self):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(status.split('VmRSS:')[1].split()[0]) / 1024


def page_bytes(company):
    """Megabytes of a first sync as it goes over the network, and before it was encoded."""
    sizes = []
    for accept in ('gzip', 'identity'):
        client, cursor, size = str(uuid.uuid4()), '', 0
        connection = http.client.HTTPConnection('127.0.0.1', company.port)
        while True:
            connection.request('GET', f'/v1/sync/changes?client={client}{cursor}',
                               headers={**company.headers(), 'Accept-Encoding': accept})
            answer = connection.getresponse()
            body = answer.read()
            size += len(body)
            text = gzip.decompress(body) if answer.headers['Content-Encoding'] == 'gzip' else body
            end = json.loads(text.splitlines()[-1])['end']
            if not end['more']:
                break
            cursor = f'&cursor={end["cursor"]}'
        connection.close()
        sizes.append(size / 1048576)
    return sizes


def bench_sync(records):
    """A first sync over loopback, what it takes in memory and bytes, 10,000 edits made offline, and how another gets them."""
    with tempfile.TemporaryDirectory() as folder, Company(folder, records) as company:
        company.connect('one')
        server = company.memory()
        value = company.ctl('one', 'sync')
        grown, server = company.last_rss - company.base_rss, company.memory() - server
        shell = shell_load(f'{folder}/one.db', folder)
        report(f'sync-first-{records}', value, 's', '<= 2 x the sqlite3 shell for the same rows and indexes',
               f'sqlite3 shell {shell:.2f} s', shell, value <= 2 * shell)
        report(f'sync-first-{records}-memory', grown, 'MB', '<= 64', ok=grown <= 64)
        report(f'sync-first-{records}-server-memory', server, 'MB', 'none', ok=True)
        encoded, plain = page_bytes(company)
        report(f'sync-first-{records}-bytes', encoded, 'MB', 'none', f'{plain:.1f} MB as it is', plain, True)
        # Half of the edits change what is there, half are new.
        write_companies(f'{folder}/before.csv', 5000, 'Тверь')
        pathlib.Path(f'{folder}/map.json').write_text('{"columns": {"Название": "name", "Телефон": "phones", "Город": "city"}, '
                                                      '"duplicates": "update"}')
        company.ctl('one', 'import', f'{folder}/before.csv', '--type', 'company')
        company.ctl('one', 'sync')
        company.connect('two')
        company.ctl('two', 'sync')
        write_companies(f'{folder}/offline.csv', 10000, 'Псков')
        company.ctl('one', 'import', f'{folder}/offline.csv', '--type', 'company', '--map', f'{folder}/map.json')
        with sqlite3.connect(f'file:{folder}/one.db?mode=ro', uri=True) as db:
            waiting = dict(db.execute('SELECT op, count(*) FROM outbox GROUP BY op'))
        assert waiting == {'create': 5000, 'patch': 5000}, waiting
        report(f'sync-push-10000-{records}', company.ctl('one', 'sync'), 's', 'none', ok=True)
        report(f'sync-delta-10000-{records}', company.ctl('two', 'sync'), 's', 'none', ok=True)
        with sqlite3.connect(f'file:{folder}/two.db?mode=ro', uri=True) as db:
            assert db.execute("SELECT count(*) FROM company WHERE name LIKE 'Оффлайн %' AND city = 'Псков'").fetchone() == (10000,)


def write_companies(path, n, city):
    """A table of companies, the same ones each time."""
    rows = '\n'.join(f'Оффлайн {index},+7 912 {index:07d},{city}' for index in range(n))
    pathlib.Path(path).write_text(f'Название,Телефон,Город\n{rows}\n')


def documents(path):
    """The records of a replica as JSON, for a peer."""
    with sqlite3.connect(f'file:{demo(100000)}?mode=ro', uri=True) as db, open(path, 'w', encoding='utf-8') as out:
        for table, in db.execute("SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = "
                                 "'table' AND c.name = 'rid'").fetchall():
            rows = db.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                values = {name: value.hex() if isinstance(value, bytes) else value
                          for name, value in zip(names, row) if value is not None}
                values['_id'] = values.pop('id')
                out.write(json.dumps({'type': table, **values}, ensure_ascii=False) + '\n')


def bench_pouchdb():
    """A first sync beside pouchdb 9 replicating the same records from pouchdb-server 4, which ran just before."""
    other = json.loads((BUILD / 'pouchdb.json').read_text())
    with tempfile.TemporaryDirectory() as folder, Company(folder, 100000) as company:
        company.connect('one')
        value = company.ctl('one', 'sync')
        grown = company.last_rss - company.base_rss
    report('sync-pouchdb-100000', value, 's', '<= pouchdb', f'pouchdb 9 from pouchdb-server 4: {other["written"]} '
           f'documents in {other["seconds"]:.1f} s', other['seconds'], value <= other['seconds'])
    report('sync-pouchdb-100000-memory', grown, 'MB', '<= pouchdb', f'pouchdb 9 {other["memory"]:.0f} MB',
           other['memory'], grown <= other['memory'])


def bench_live(edits=200):
    """From an edit sent to the server until it stands in another replica that is connected."""
    with tempfile.TemporaryDirectory() as folder, Company(folder, 2000) as company:
        company.connect('two')
        company.ctl('two', 'sync')
        with subprocess.Popen([company.torgctl, '--replica', f'{folder}/two.db', 'sync', '--watch'], env=company.env,
                              stdout=subprocess.DEVNULL) as watch, \
                sqlite3.connect(f'file:{folder}/two.db?mode=ro', uri=True) as db:
            time.sleep(2)
            took = []
            for index in range(edits):
                time.sleep(random.uniform(0.05, 0.15))
                began = time.monotonic()
                company.add(f'Live {index}')
                while not db.execute('SELECT 1 FROM company WHERE name = ?', (f'Live {index}',)).fetchone():
                    time.sleep(0.001)
                took.append(1000 * (time.monotonic() - began))
            watch.terminate()
    took.sort()
    report('sync-live-p50', took[edits // 2], 'ms', '<= 50', ok=took[edits // 2] <= 50)
    report('sync-live-p99', took[edits * 99 // 100], 'ms', '<= 250', ok=took[edits * 99 // 100] <= 250)


def read_until(connection, word):
    answer = b''
    while word not in answer:
        answer += (part := connection.recv(65536))
        assert part, answer


def find_cursor(company):
    """Where a replica is that has all."""
    connection, cursor, more = http.client.HTTPConnection('127.0.0.1', company.port), '', True
    while more:
        connection.request('GET', f'/v1/sync/changes?client={uuid.uuid4()}{cursor}', headers=company.headers())
        end = json.loads(connection.getresponse().read().splitlines()[-1])['end']
        cursor, more = '&cursor=' + urllib.parse.quote(end['cursor'], safe=''), end['more']
    return cursor


def bench_idle(clients=1000):
    """What a thousand connected replicas cost the server, how long it takes to tell them all of one commit, and what it costs
    until each of them has it."""
    with tempfile.TemporaryDirectory() as folder, Company(folder, 2000) as company:
        company.add('First')
        cursor = find_cursor(company)
        before = company.memory()
        # Nobody asks as often with one key.
        keys = [company.run(company.server, 'token', 'anna').strip() for _ in range(10)]
        connections, told = [], http.client.HTTPConnection('127.0.0.1', company.port)
        told.request('GET', '/v1/sync/wait', headers=company.headers())
        seq = json.loads(told.getresponse().read())['seq']

        def ask(i, path):
            connections[i].sendall(f'GET /v1/sync/{path} HTTP/1.1\r\nHost: bench\r\n'
                                   f'Authorization: Bearer {keys[i % len(keys)]}\r\n\r\n'.encode())
        for i in range(clients):
            connections.append(socket.create_connection(('127.0.0.1', company.port)))
            ask(i, f'wait?seq={seq}')
        while f'\ntorg_waiting {clients}\n' not in urllib.request.urlopen(
                f'http://127.0.0.1:{company.port}/metrics').read().decode():
            time.sleep(0.1)
        grown = company.memory() - before
        used, began = company.cpu(), time.monotonic()
        company.add('Second')
        for connection in connections:
            read_until(connection, b'"seq"')
        value = 1000 * (time.monotonic() - began)
        for i in range(clients):
            ask(i, f'changes?client={uuid.uuid4()}{cursor}')
        for connection in connections:
            read_until(connection, b'"end"')
            connection.close()
        whole, used = 1000 * (time.monotonic() - began), 1000 * (company.cpu() - used)
    report(f'sync-idle-{clients}-memory', grown, 'MB', 'none', ok=True)
    report(f'sync-idle-{clients}-told', value, 'ms', 'none', ok=True)
    report(f'sync-idle-{clients}-taken', whole, 'ms', 'none', ok=True)
    report(f'sync-idle-{clients}-cpu', used, 'ms', 'none', ok=True)


BENCHES = {
    'start-1000000': lambda: bench_start(1000000), 'start-100000': lambda: bench_start(100000), 'demo': bench_demo,
    'search': bench_search, 'board': bench_board, 'card': bench_card, 'import': bench_import,
    'duplicates': bench_duplicates,
    'sync-100000': lambda: bench_sync(100000), 'sync-1000000': lambda: bench_sync(1000000), 'sync-live': bench_live,
    'sync-idle': bench_idle, 'sync-pouchdb': bench_pouchdb,
    'work-100000': lambda: bench_work(100000), 'work-1000000': lambda: bench_work(1000000),
}

if __name__ == '__main__':
    if sys.argv[1:2] == ['documents']:
        documents(sys.argv[2])
        sys.exit()
    # A name stands for all that begin with it too: `sync` for each of those.
    wanted = {name: [name] if name in BENCHES else [bench for bench in BENCHES if bench.startswith(f'{name}-')]
              for name in sys.argv[1:] or BENCHES}
    for name, benches in wanted.items():
        if not benches:
            sys.exit(f'bench: there is no {name}; there are {" ".join(BENCHES)}')
    for bench in [bench for benches in wanted.values() for bench in benches]:
        BENCHES[bench]()
