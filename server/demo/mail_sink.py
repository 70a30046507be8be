#!/usr/bin/env python3
"""A mail server that delivers nothing: each letter becomes a file that can be read.

usage: mail_sink.py DIRECTORY [PID]

Listens on a free port of 127.0.0.1, writes its address to DIRECTORY/address and stays as
long as the process PID, so that a starter that was killed leaves nothing behind. For
trying the server out and for its tests; not a mail server."""

import asyncio
import itertools
import os
import sys

LETTER_MAX = 64 << 20

names = itertools.count(1)


def keep(directory, letter):
    """The file gets its name last, so that a half-written one is never read."""
    while True:
        path = os.path.join(directory, f"{next(names):06}.eml")
        if not os.path.exists(path):
            break
    with open(path + ".new", "wb") as file:
        file.write(letter)
    os.rename(path + ".new", path)


async def read_letter(reader):
    lines = []
    size = 0
    while True:
        line = await reader.readline()
        if not line:
            return None
        if line == b".\r\n":
            return b"".join(lines)
        size += len(line)
        if size > LETTER_MAX:
            return None
        lines.append(line[1:] if line.startswith(b".") else line)


async def converse(reader, writer, directory):
    def say(text):
        writer.write(text.encode() + b"\r\n")

    say("220 localhost mail sink")
    while True:
        await writer.drain()
        line = await reader.readline()
        verb = line[:4].upper()
        if not line:
            return
        if verb in (b"EHLO", b"HELO"):
            say("250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE")
        elif verb == b"DATA":
            say("354 go ahead")
            await writer.drain()
            letter = await read_letter(reader)
            if letter is None:
                return
            keep(directory, letter)
            say("250 kept")
        elif verb == b"QUIT":
            say("221 bye")
            await writer.drain()
            return
        elif verb in (b"MAIL", b"RCPT", b"RSET", b"NOOP"):
            say("250 fine")
        else:
            say("502 not known here")


async def watch(pid):
    while os.path.exists(f"/proc/{pid}"):
        await asyncio.sleep(1)
    sys.exit(0)


async def main(directory, pid):
    async def on_connection(reader, writer):
        try:
            await converse(reader, writer, directory)
        except (ConnectionError, ValueError):
            pass  # a line without end, or a client that left
        finally:
            writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with open(os.path.join(directory, "address.new"), "w", encoding="ascii") as file:
        file.write(f"127.0.0.1:{port}\n")
    os.rename(os.path.join(directory, "address.new"), os.path.join(directory, "address"))
    async with server:
        await (watch(pid) if pid else server.serve_forever())


if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
try:
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None))
except KeyboardInterrupt:
    pass
