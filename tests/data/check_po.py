#!/usr/bin/env python3
"""Checks that po/POTFILES names every file with strings, and that every translation is complete and valid. Prints TAP."""
import pathlib
import re
import subprocess
import sys
import tempfile

top = pathlib.Path(sys.argv[1])
marked = re.compile(r'\b(?:_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2)\s*\(\s*"|gi18n')
number = 0


def report(good, name, details=''):
    global number
    number += 1
    print(f'{"ok" if good else "not ok"} {number} - {name}')
    for line in details.strip().splitlines():
        print(f'# {line}')
    return good


def files_with_strings():
    for path in sorted((top / 'src').rglob('*.[ch]')):
        text = path.read_text(encoding='utf-8')
        if 'gi18n' in text and re.search(r'\b(?:N?C?_|ngettext)\s*\(\s*"', text):
            yield path
    for path in sorted((top / 'data' / 'ui').rglob('*.blp')):
        if re.search(r'\bC?_\s*\(', path.read_text(encoding='utf-8')):
            yield path
    yield from sorted((top / 'data').glob('*.in'))


listed = {line.strip() for line in (top / 'po/POTFILES').read_text().splitlines() if line.strip() and line[0] != '#'}
found = {str(path.relative_to(top)) for path in files_with_strings()}
report(not found - listed, 'POTFILES names every file with strings', '\n'.join(sorted(found - listed)))
missing = [name for name in listed if not (top / name).exists()]
report(not missing, 'POTFILES names only files that exist', '\n'.join(missing))

for language in (top / 'po/LINGUAS').read_text().split():
    po = top / 'po' / f'{language}.po'
    result = subprocess.run(['msgfmt', '--check', '--statistics', '-o', '/dev/null', po], env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'},
                            capture_output=True, text=True)
    report(result.returncode == 0, f'{language}: valid', result.stderr)
    report('untranslated' not in result.stderr and 'fuzzy' not in result.stderr, f'{language}: complete', result.stderr)
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'torg.pot'
        code = sorted(name for name in listed if not name.startswith('data/org.'))
        subprocess.run(['xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
                        '--keyword=ngettext:1,2', '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3', '--language=C', '-o', template, *code], cwd=top, check=True,
                       capture_output=True)
        result = subprocess.run(['msgcmp', '--use-untranslated', po, template], env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'},
                                capture_output=True, text=True)
        report(result.returncode == 0, f'{language}: follows the code', result.stderr)
        subprocess.run(['xgettext', '--from-code=UTF-8', '-j', '-o', template, *sorted(listed - set(code))], cwd=top, check=True,
                       capture_output=True)
        merged = subprocess.run(['msgmerge', '-q', '--no-fuzzy-matching', po, template], capture_output=True, check=True).stdout
        unused = subprocess.run(['msgattrib', '--only-obsolete', '--no-wrap'], input=merged, capture_output=True, check=True).stdout
        report(b'#~ msgid' not in unused, f'{language}: has nothing that no code says', unused.decode())

print(f'1..{number}')
