"""onterminal.py ANSWER... -- COMMAND... - run COMMAND on a terminal of its own and give ANSWER to each question (": ").

What the terminal shows goes to standard output; an ANSWER is followed by Return unless it is "^C". The exit status is
COMMAND's, 128 + N where signal N ended it, and 99 where the terminal does not echo any more afterwards.
"""
import os
import pty
import select
import sys
import termios


def main():
    cut = sys.argv.index("--")
    answers, command = sys.argv[1:cut], sys.argv[cut + 1:]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    shown = pending = b""
    while select.select([fd], [], [], 60)[0]:
        try:
            got = os.read(fd, 4096)
        except OSError:
            break
        if not got:
            break
        shown += got
        pending += got
        if answers and pending.endswith(b": "):
            answer, pending = answers.pop(0), b""
            os.write(fd, b"\x03" if answer == "^C" else answer.encode() + b"\n")
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    echoes = termios.tcgetattr(fd)[3] & termios.ECHO
    status = os.waitpid(pid, 0)[1]
    sys.exit(99 if not echoes else 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


main()
