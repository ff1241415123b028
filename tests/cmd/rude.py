"""rude.py PORT CASE...: what no decent client sends, byte by byte. Prints `CASE STATUS`, or `closed`, or `open` for each.

Loopback only; every wait is bounded. Cases are in the table at the end; `rude.py PORT list` prints their names.
"""
import socket
import sys
import time

PORT = int(sys.argv[1])
HOST = b'Host: localhost\r\n'
NAME = b'/v1/fed/rounds/000001/plan.pb'


def ask(data, wait=15):
    """Send data, return the status of the answer."""
    s = socket.create_connection(('127.0.0.1', PORT), timeout=wait)
    try:
        s.sendall(data)
    except OSError:
        pass  # an answer may have come before the end
    got = b''
    try:
        while b'\r\n' not in got:
            piece = s.recv(4096)
            if not piece:
                break
            got += piece
    except socket.timeout:
        return 'open'
    except OSError:
        pass
    s.close()
    return got.split(b' ')[1].decode() if got.startswith(b'HTTP/') else 'closed'


def get(target, extra=b''):
    return lambda: ask(b'GET ' + target + b' HTTP/1.1\r\n' + HOST + extra + b'Connection: close\r\n\r\n')


def put(headers, body=b'abcde', target=NAME):
    return lambda: ask(b'PUT ' + target + b' HTTP/1.1\r\n' + HOST + headers + b'\r\n' + body)


def trickle(first, seconds=20):
    """A byte every 0.2 s after first; how that ends."""
    def go():
        s = socket.create_connection(('127.0.0.1', PORT), timeout=5)
        s.sendall(first)
        s.settimeout(0.2)
        end = time.time() + seconds
        while time.time() < end:
            try:
                s.send(b'x')
                if not s.recv(100):
                    return 'closed'
                return 'answered'
            except socket.timeout:
                pass
            except OSError:
                return 'closed'
        return 'open'
    return go


def second_request_smuggled():
    """A refused PATCH whose body looks like a request: nothing may answer it."""
    inner = b'GET /healthz HTTP/1.1\r\n' + HOST + b'\r\n'
    s = socket.create_connection(('127.0.0.1', PORT), timeout=5)
    s.sendall(b'PATCH ' + NAME + b'?upload=' + b'0' * 64 + b' HTTP/1.1\r\n' + HOST +
              b'Content-Length: %d\r\nExpect: 100-continue\r\n\r\n' % len(inner) + inner)
    got = b''
    try:
        while True:
            piece = s.recv(4096)
            if not piece:
                break
            got += piece
    except OSError:
        pass
    return str(got.count(b'HTTP/1.1 '))


CASES = {
    'two-lengths': put(b'Content-Length: 3\r\nContent-Length: 5\r\n'),
    'two-equal-lengths': put(b'Content-Length: 5\r\nContent-Length: 5\r\n'),
    'length-and-chunked': put(b'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', b'5\r\nabcde\r\n0\r\n\r\n'),
    'chunked-and-length': put(b'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', b'5\r\nabcde\r\n0\r\n\r\n'),
    'unknown-coding': put(b'Transfer-Encoding: xchunked\r\n', b'5\r\nabcde\r\n0\r\n\r\n'),
    'chunked': put(b'Transfer-Encoding: chunked\r\n', b'5\r\nabcde\r\n0\r\n\r\n'),
    'chunk-overflow': put(b'Transfer-Encoding: chunked\r\n', b'FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n'),
    'space-before-colon': put(b'Content-Length : 5\r\n'),
    'plus-length': put(b'Content-Length: +5\r\n'),
    'negative-length': put(b'Content-Length: -1\r\n'),
    'length-2-64': put(b'Content-Length: 18446744073709551616\r\n'),
    'length-2-tib': put(b'Content-Length: 2199023255552\r\nExpect: 100-continue\r\n', b''),
    'length-2-tib-no-expect': put(b'Content-Length: 2199023255552\r\n', b''),
    'no-length': put(b'', b''),
    'get-with-body': get(NAME, b'Content-Length: 5\r\n'),
    'two-hosts': get(NAME, HOST),
    'no-host': lambda: ask(b'GET ' + NAME + b' HTTP/1.1\r\nConnection: close\r\n\r\n'),
    'bad-header-name': get(NAME, b'X(y): 1\r\n'),
    'http-9': lambda: ask(b'GET ' + NAME + b' HTTP/9.9\r\n' + HOST + b'\r\n'),
    'http-2-preface': lambda: ask(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    'garbage': lambda: ask(bytes(range(1, 256)) * 8 + b'\r\n\r\n'),
    'method': lambda: ask(b'DELETE ' + NAME + b' HTTP/1.1\r\n' + HOST + b'Connection: close\r\n\r\n'),
    'header-100k': get(NAME, b'X: ' + b'a' * 100000 + b'\r\n'),
    'headers-10000': get(NAME, b'X: a\r\n' * 10000),
    'target-5000': get(b'/v1/fed/' + b'a' * 5000),
    'dotdot': get(b'/v1/../../etc/passwd'),
    'dotdot-in': get(b'/v1/fed/rounds/../../../etc/passwd'),
    'dotdot-last': get(b'/v1/fed/..'),
    'encoded-dotdot': get(b'/v1/%2e%2e/%2e%2e/etc/passwd'),
    'encoded-slash': get(b'/v1/fed/..%2f..%2fetc%2fpasswd'),
    'double-encoded': get(b'/v1/%252e%252e/%252e%252e/etc/passwd'),
    'nul': get(b'/v1/fed/federation.pb%00.txt'),
    'absolute': get(b'/v1//etc/passwd'),
    'absolute-form': get(b'http://localhost/v1/fed/federation.pb'),
    'backslash': get(b'/v1/fed/rounds\\000001\\plan.pb'),
    'hidden': get(b'/v1/fed/.refused/x'),
    'hidden-federation': get(b'/v1/.tmp/federation.pb'),
    'temporary': get(b'/v1/fed/.tmp-0000000000000000'),
    'upper-case': get(b'/v1/FED/federation.pb'),
    'trailing-slash': get(b'/v1/fed/federation.pb/'),
    'put-dotdot': put(b'Content-Length: 5\r\n', target=b'/v1/fed/blobs/../../../x'),
    'put-encoded': put(b'Content-Length: 5\r\n', target=b'/v1/fed/blobs/%2e%2e%2fx'),
    'put-hidden': put(b'Content-Length: 5\r\n', target=b'/v1/fed/.tmp-x'),
    'list-dotdot': get(b'/v1/fed/../?list'),
    'list-after': get(b'/v1/fed/?list&after=../../x'),
    'slow-header': trickle(b'GET ' + NAME + b' HTTP/1.1\r\n' + HOST + b'X-a: '),
    'slow-line': trickle(b'GET /v1/'),
    'slow-body': trickle(b'PUT ' + NAME + b' HTTP/1.1\r\n' + HOST + b'Content-Length: 1000\r\n\r\n', 40),
    'smuggled': second_request_smuggled,
}

if sys.argv[2:] == ['list']:
    print('\n'.join(CASES))
for case in sys.argv[2:]:
    if case != 'list':
        print(case, CASES[case]())
