#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a header that tells programs apart whose tables may differ: OUTPUT SOURCES…"""
import hashlib
import pathlib
import sys

output, *sources = sys.argv[1:]
digest = hashlib.sha256()
for source in sources:
    digest.update(pathlib.Path(source).read_bytes())
pathlib.Path(output).write_text(f'#define TORG_TABLES_ID "{digest.hexdigest()[:16]}"\n', encoding='utf-8')
