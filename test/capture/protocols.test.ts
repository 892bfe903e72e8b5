// What is neither TCP nor UDP to a guarded port: an app that listens by SCTP there would be reached past Envoy.

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { POD, setUpPods } from './pods.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/**
 * Sends SCTP packets to the first port, and then to the second until something comes back; prints the ports of which
 * something did. A kernel answers what nobody listens for: without SCTP by an ICMP error, which holds the packet; with
 * it by an ABORT. So nobody waits for an answer that should not come.
 */
const SCTP_CLIENT = `
import select, socket, struct, sys, zlib
host, first, second = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ':' in host else socket.AF_INET
sock = socket.socket(family, socket.SOCK_RAW, 132)
level, receive_errors = (41, 25) if family == socket.AF_INET6 else (0, 11)
sock.setsockopt(level, receive_errors, 1)
TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    TABLE.append(n)
def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF
def packet(port):
    init = struct.pack('!BBHIIHHI', 1, 0, 20, 7, 65536, 1, 1, 7)
    head = struct.pack('!HHI', 40000, port, 0)
    return head + struct.pack('<I', crc32c(head + bytes(4) + init)) + init
def send(port):
    try:
        sock.sendto(packet(port), (host, 0))
    except OSError:
        pass
answered = set()
def read():
    while select.select([sock], [], [], 0.05)[0]:
        try:
            data = sock.recv(2048)
            data = data[(data[0] & 15) * 4:] if family == socket.AF_INET else data
            answered.add(struct.unpack('!H', data[0:2])[0])
        except OSError:
            pass
        try:
            data = sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE)[0]
            answered.add(struct.unpack('!H', data[2:4])[0])
        except OSError:
            pass
for _ in range(5):
    send(first)
while second not in answered:
    send(second)
    read()
print(' '.join(str(port) for port in sorted(answered)))
`;

it.each([POD.ipv4, POD.ipv6])(
  'SCTP to %s reaches ports that are not guarded alone',
  async (host) => {
    const pods = await setUpPods();
    onTestFinished(() => pods.stop());
    const answered = async () => {
      const { stdout, stderr } = await pods.atCaller('python3', ['-c', SCTP_CLIENT, host, '8080', '7070']);
      return `${stdout.trim()}${stderr}`;
    };
    expect(await answered()).toBe('7070 8080');
    expect((await pods.inPod(process.execPath, [program, 'capture', '8080=15906'])).code).toBe(0);
    expect(await answered()).toBe('7070');
  },
  60_000,
);
