# SPDX-License-Identifier: GPL-3.0-or-later
"""document.py SERVER TORGCTL: prints the OpenAPI document of a real server."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from serverprocess import Server  # noqa: E402  pylint: disable=wrong-import-position

with tempfile.TemporaryDirectory(prefix='torg-openapi-') as folder:
    server = Server(folder)
    try:
        status, text = server.ask('GET', '/openapi.json', token=None)
        assert status == 200, (status, text)
        print(text)
    finally:
        server.stop()
