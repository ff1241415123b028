"""hub.py VERB ...: clients of a hub that a shell cannot be. Loopback only; every wait is bounded.

  slow PORT N BYTES SECONDS PID   N uploads of BYTES to /v1/fed/blobs/, each spread over SECONDS; while they run, one fast upload.
                                  Prints JSON: statuses of the slow ones, of the fast one, whether it overtook them, peak RSS of PID in kB.
  load PORT PID SECONDS           8 clients with the token in north.token put, get, list, wait and resume while PID gets SIGHUPs.
                                  Prints JSON: how many requests had which status, and what was wrong.
"""
import collections
import hashlib
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time


def place(data):
    return '/v1/fed/blobs/b2-256-' + hashlib.blake2b(data, digest_size=32).hexdigest()


def rss_kb(pid):
    with open(f'/proc/{pid}/status') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmRSS:'))


def slow(port, n, size, seconds, pid):
    socks = []
    for i in range(n):
        body = b'%08d' % i + bytes(size - 8)
        s = socket.create_connection(('127.0.0.1', port))
        s.sendall(b'PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nConnection: close\r\n\r\n'
                  % (place(body).encode(), size))
        s.setblocking(False)
        socks.append(s)
    sent, start, peak, fast, overtook = [0] * n, time.time(), 0, None, False
    zeros = bytes(65536)
    while not all(x >= size for x in sent) and time.time() - start < 10 * seconds:
        goal = min(size, int(size * (time.time() - start) / seconds))
        for i, s in enumerate(socks):
            while sent[i] < goal:
                piece = (b'%08d' % i)[sent[i]:] if sent[i] < 8 else zeros[:min(65536, goal - sent[i])]
                try:
                    sent[i] += s.send(piece)
                except BlockingIOError:
                    break
        peak = max(peak, rss_kb(pid))
        if fast is None and goal > size / 3:
            c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
            body = os.urandom(size)
            c.request('PUT', place(body), body)
            fast = c.getresponse().status
            overtook = not all(x >= size for x in sent)
        time.sleep(0.02)
    statuses = collections.Counter()
    for s in socks:
        s.setblocking(True)
        s.settimeout(60)
        statuses[s.recv(64).split(b' ')[1].decode()] += 1
        peak = max(peak, rss_kb(pid))
    print(json.dumps({'slow': statuses, 'fast': fast, 'overtook': overtook, 'peak_rss_kb': peak}))


class Client(threading.Thread):
    def __init__(self, port, number, end):
        super().__init__()
        with open('north.token') as f:
            self.token = f.read().strip()
        self.port, self.number, self.end = port, number, end
        self.statuses, self.wrong = collections.Counter(), []

    def ask(self, method, path, body=None, headers={}, want=()):
        self.c.request(method, path, body, {**headers, 'Authorization': 'Bearer ' + self.token})
        r = self.c.getresponse()
        data = r.read()
        self.statuses[f'{method} {r.status}'] += 1
        if r.status not in want:
            self.wrong.append(f'{method} {path}: {r.status} {data[:80]!r}')
        return r, data

    def resume(self, body):
        p, d = place(body), 'b2-256:' + hashlib.blake2b(body, digest_size=32).hexdigest()
        r, _ = self.ask('POST', p + '?upload', None, {'Upload-Length': str(len(body)), 'FL-Digest': d}, (201,))
        at = r.getheader('Location')
        half, kind = len(body) // 2, {'Content-Type': 'application/offset+octet-stream'}
        self.ask('PATCH', at, body[:half], {**kind, 'Upload-Offset': '0'}, (204,))
        self.ask('PATCH', at, body[half:], {**kind, 'Upload-Offset': str(half)}, (201,))

    def run(self):
        self.c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        i = 0
        while time.time() < self.end:
            body = b'%d %d ' % (self.number, i) + os.urandom(2000)
            self.ask('PUT', place(body), body, {}, (201,))
            _, got = self.ask('GET', place(body), None, {}, (200,))
            if got != body:
                self.wrong.append('other bytes came back')
            r, _ = self.ask('GET', '/v1/fed/blobs/?list&limit=10', None, {}, (200,))
            if i % 5 == 0:
                self.ask('GET', '/v1/fed/blobs/?list&limit=10', None,
                         {'If-None-Match': r.getheader('ETag'), 'Prefer': 'wait=1'}, (200, 304))
                self.ask('GET', '/v1/fed/rounds/000009/plan.pb', None, {'Prefer': 'wait=1'}, (404,))
            if i % 3 == 0:
                self.resume(b'parts ' + body)
            self.ask('PUT', '/v1/fed/rounds/000001/plan.pb', b'no message', {}, (422,))
            self.ask('GET', '/metrics', None, {}, (200,))
            i += 1


def load(port, pid, seconds):
    clients = [Client(port, i, time.time() + seconds) for i in range(8)]
    for c in clients:
        c.start()
    while any(c.is_alive() for c in clients):
        os.kill(pid, signal.SIGHUP)
        time.sleep(0.2)
    total = collections.Counter()
    for c in clients:
        c.join()
        total.update(c.statuses)
    print(json.dumps({'statuses': total, 'wrong': sum((c.wrong for c in clients), [])[:5]}))


if sys.argv[1] == 'slow':
    slow(*map(int, sys.argv[2:5]), float(sys.argv[5]), int(sys.argv[6]))
else:
    load(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
