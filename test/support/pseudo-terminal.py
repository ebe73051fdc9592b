"""A program in a pseudo-terminal: its output comes out of here, and what is typed goes in.

pseudo-terminal.py COLUMNS ROWS PROGRAM [ARGUMENT ...]

Each line of stdin is one order: `resize COLUMNS ROWS`, or `keys` with the bytes in hexadecimal digits. The program is
hung up on when stdin ends. The exit code is that of the program, or 128 and the number of the signal that ended it.
"""

import errno
import fcntl
import os
import pty
import select
import struct
import sys
import termios


def set_size(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


def obey(terminal, order):
    name, _, rest = order.partition(" ")
    if name == "resize":
        set_size(terminal, *rest.split())
    elif name == "keys":
        os.write(terminal, bytes.fromhex(rest))


def output_of(terminal):
    """What was written; nothing when the program has gone, which Linux tells as an error."""
    try:
        return os.read(terminal, 65536)
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise


def relay(terminal):
    pending = b""
    while True:
        readable, _, _ = select.select([terminal, 0], [], [])
        if terminal in readable:
            output = output_of(terminal)
            if output == b"":
                return
            while output:
                output = output[os.write(1, output) :]
        if 0 in readable:
            orders = os.read(0, 65536)
            if orders == b"":
                return
            *lines, pending = (pending + orders).split(b"\n")
            for line in lines:
                obey(terminal, line.decode())


def main():
    columns, rows, *command = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        set_size(0, columns, rows)
        os.execvp(command[0], command)
    set_size(terminal, columns, rows)
    relay(terminal)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.exit(code if code >= 0 else 128 - code)


main()
