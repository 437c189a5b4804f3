#!/usr/bin/env python3
"""The demo company on a server of its own, as ./dev run opens it: demo_company.py FOLDER anna|boris makes both once in FOLDER, starts
the server unless it runs, and opens the window of one of the two. The one who started the server ends it too: the other one goes
on without a connection."""
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

BUILD = pathlib.Path(os.environ.get('MESON_BUILD_ROOT', pathlib.Path(__file__).resolve().parents[2] / '_build'))
APP, CTL, SERVER = BUILD / 'src/app/torg', BUILD / 'src/tools/torgctl', BUILD / 'src/server/torg-server'
LOGINS = ('anna', 'boris')
RECORDS = 20000


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def make(folder):
    """The company, its people and their keys. What is half made is made again."""
    print('Готовится демо-компания на своём сервере…', flush=True)
    for old in folder.glob('*.db*'):
        old.unlink()
    run(CTL, '--replica', folder / 'company.db', 'demo', '--records', RECORDS, '--seed', 1, '--lang', 'ru')
    run(SERVER, 'import', folder / 'company.db')
    users = json.loads(run(CTL, '--replica', folder / 'company.db', '--json', 'list', 'user', '--limit', len(LOGINS)))
    company = {'port': 0, 'people': {}}
    for login, user in zip(LOGINS, users):
        run(SERVER, 'user', 'add', login, user['id'], input='demo password\n')
        company['people'][login] = {'name': user['fields']['name'], 'key': run(SERVER, 'token', login).strip()}
    return company


def is_running(port):
    try:
        with urllib.request.urlopen(f'http://127.0.0.1:{port}/healthz', timeout=2) as answer:
            return answer.read() == b'ok\n'
    except OSError:
        return False


def start(folder, company):
    """The server, or None where it runs already. Replicas know its address, so it keeps its port."""
    if company['port'] and is_running(company['port']):
        return None
    log = open(folder / 'server.log', 'w', encoding='utf-8')
    server = subprocess.Popen([SERVER, 'serve', '--listen', f'127.0.0.1:{company["port"]}'], stdout=subprocess.PIPE, stderr=log,
                              text=True)
    line = server.stdout.readline()
    if not line:
        sys.exit(f'The server did not start; see {folder}/server.log.')
    company['port'] = int(line.split()[1])
    return server


def main():
    folder, login = pathlib.Path(sys.argv[1]), sys.argv[2]
    if login not in LOGINS:
        sys.exit(f'./dev run {"|".join(LOGINS)}')
    os.environ['TORG_STORE'] = f'sqlite:{folder}/server.db'
    kept = folder / 'company.json'
    company = json.loads(kept.read_text()) if kept.exists() else make(folder)
    server = start(folder, company)
    # The keys of a company that nobody needs; the server has their hashes.
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w', encoding='utf-8') as file:
        json.dump(company, file)
    person, replica = company['people'][login], folder / f'{login}.db'
    os.environ['TORG_TOKEN'] = person['key']
    try:
        if not replica.exists():
            run(CTL, '--replica', replica, 'connect', f'http://127.0.0.1:{company["port"]}')
        other = LOGINS[1 - LOGINS.index(login)]
        print(f'Torg открыт от имени: {person["name"]}. Сервер: http://127.0.0.1:{company["port"]}. '
              f'Коллега ({company["people"][other]["name"]}): ./dev run {other}', flush=True)
        subprocess.run([APP, '--replica', replica], check=False)
    finally:
        if server:
            server.terminate()
            server.wait()


if __name__ == '__main__':
    main()
