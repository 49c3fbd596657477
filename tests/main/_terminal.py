"""Runs a command on a pseudo-terminal: terminal.py SECONDS [EXPECT SEND]... -- COMMAND...

Whenever EXPECT shows up, SEND is typed ("\\x03" is Ctrl-C, "\\r" Enter; "kill:INT" sends a signal
to the command). Prints all that the command wrote, and ends with its exit code.
"""
import codecs
import os
import pty
import select
import signal
import sys
import time

split = sys.argv.index("--")
seconds = float(sys.argv[1])
steps = [(sys.argv[i].encode(), sys.argv[i + 1]) for i in range(2, split, 2)]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[split + 1], sys.argv[split + 1:])
output, searched = b"", 0
deadline = time.time() + seconds
while True:
    if time.time() > deadline:
        os.kill(pid, signal.SIGKILL)
        os.write(2, b"terminal.py: too slow\n")
        break
    if not select.select([fd], [], [], 0.1)[0]:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    output += data
    while steps and steps[0][0] in output[searched:]:
        expected, typed = steps.pop(0)
        searched = output.index(expected, searched) + len(expected)
        if typed.startswith("kill:"):
            os.kill(pid, getattr(signal, "SIG" + typed[5:]))
        else:
            os.write(fd, codecs.decode(typed, "unicode_escape").encode())
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(output)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status) & 255)
