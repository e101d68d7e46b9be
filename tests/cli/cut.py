#!/usr/bin/env python3
"""cut.py FOLDER SERVER WORD: a socket for clients of PostgreSQL in FOLDER that leads to the socket SERVER. The first
connection in which a client says WORD is cut there, and the word is not passed on; all others are left alone."""
import os
import selectors
import socket
import sys

folder, server, word = sys.argv[1], sys.argv[2], sys.argv[3].encode()
listener = socket.socket(socket.AF_UNIX)
path = os.path.join(folder, os.path.basename(server))
listener.bind(path + ".new")
listener.listen(16)
os.rename(path + ".new", path)          # who sees it finds somebody who listens
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
others, is_client, cut = {}, set(), False


def close(end):
    for side in (end, others[end]):
        ready.unregister(side)
        side.close()
    del others[others[end]], others[end]


while True:
    for key, _ in ready.select():
        end = key.fileobj
        if end is listener:
            client, there = listener.accept()[0], socket.socket(socket.AF_UNIX)
            there.connect(server)
            others[client], others[there] = there, client
            is_client.add(client)
            for side in (client, there):
                ready.register(side, selectors.EVENT_READ)
        elif end in others:
            data = end.recv(65536)
            if data and end in is_client and word in data and not cut:
                cut, data = True, b""
            if data:
                others[end].sendall(data)
            else:
                is_client.discard(end)
                close(end)
