# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad way to a server: a TCP proxy that cuts, delays, swallows and corrupts what passes, as a seed says."""
import contextlib
import random
import selectors
import socket
import threading
import time

FAULTS = ('cut', 'delay', 'swallow', 'corrupt')


class BadProxy:
    """Passes on to what @target gives, a port of this machine or None, with @faults on most connections."""

    def __init__(self, target, seed, faults, address='127.0.0.1'):
        self.target, self.seed, self.faults = target, seed, faults
        self.online, self.counts, self.open = True, dict.fromkeys(FAULTS, 0), set()
        self.socket = socket.create_server((address, 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        number = 0
        while True:
            try:
                client = self.socket.accept()[0]
            except OSError:
                return
            number += 1
            threading.Thread(target=self.serve, args=(client, random.Random(f'{self.seed} {number}')),
                             daemon=True).start()

    def serve(self, client, chance):
        server = None
        try:
            if self.online and self.target():
                server = socket.create_connection(('127.0.0.1', self.target()))
                self.open.add(client)
                fault = chance.choice(self.faults) if self.faults and chance.random() < 0.6 else None
                self.carry(client, server, fault, chance)
        except OSError:
            pass
        finally:
            self.open.discard(client)
            for end in (client, server):
                if end:
                    end.close()

    def carry(self, client, server, fault, chance):
        """Until one of them ends, or the fault ends both."""
        # A fault comes after so many bytes of one direction: handshakes, questions and long answers alike are hit.
        place, upwards, passed = int(10 ** chance.uniform(1, 4.3)), chance.random() < 0.4, {client: 0, server: 0}
        if fault == 'swallow':
            upwards = False
        struck = False
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    data = key.fileobj.recv(16384)
                    if not data:
                        return
                    begin = passed[key.fileobj]
                    passed[key.fileobj] += len(data)
                    if fault and (key.fileobj is client) == upwards and passed[key.fileobj] > place:
                        if not struck:
                            self.counts[fault] += 1
                        at = max(place - begin, 0)
                        if fault == 'cut':
                            key.data.sendall(data[:at])
                            return
                        if fault == 'swallow':
                            # The server has done it, and the client never hears of it.
                            time.sleep(0.05)
                            return
                        if fault == 'corrupt' and not struck:
                            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]
                        if fault == 'delay':
                            time.sleep(chance.uniform(0, 0.1))
                        struck = True
                    key.data.sendall(data)

    def go_offline(self):
        """Cuts what is open, and takes nothing new."""
        self.online = False
        for client in list(self.open):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.go_offline()
