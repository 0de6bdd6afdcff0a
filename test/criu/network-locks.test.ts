import { expect, test } from 'vitest';
import { lockTables, packetLocks, unlockCommands } from '../../src/criu/network-locks.ts';
import { asBytes } from '../../src/linux/bytes.ts';

test("only CRIU's own tables of the family inet are its locks", () => {
  const listed = `table ip CRIU-1
table inet CRIU-4711
table inet CRIU-0b6d2c5e-31d8-4d0f
table inet CRIU
table inet CRIU-
table inet XCRIU-2
 table inet CRIU-3
table inet CRIU-4 x
table inet CRIU-5;reboot
table inet CRIU-${'6'.repeat(65)}
`;
  expect(lockTables(asBytes(listed))).toEqual(['CRIU-4711', 'CRIU-0b6d2c5e-31d8-4d0f']);
  expect(lockTables(asBytes(`table inet CRIU-${'6'.repeat(64)}`))).toHaveLength(1);
});

const CONNECTION =
  '-A INPUT -s 10.0.0.1/32 -d 10.0.0.2/32 -p tcp -m mark ! --mark 0xc114 -m tcp --sport 80 --dport 9 -j DROP';
const SAVED = `*filter
:INPUT ACCEPT [0:0]
:CRIU - [0:0]
-A INPUT -j CRIU
${CONNECTION}
-A OUTPUT -j CRIU
-A CRIU -m mark --mark 0xc114 -j ACCEPT
-A CRIU -j DROP
COMMIT
`;

test('the rules that lead to the chain, the chain and the rules of connections are its locks', () => {
  const locks = packetLocks(asBytes(SAVED));
  expect(locks).toEqual({
    jumps: ['-A INPUT -j CRIU', '-A OUTPUT -j CRIU'],
    hasChain: true,
    connections: [CONNECTION],
  });
  expect(unlockCommands('ip6tables', locks)).toEqual([
    'ip6tables -D INPUT -j CRIU',
    'ip6tables -D OUTPUT -j CRIU',
    `ip6tables ${CONNECTION.replace('-A', '-D')}`,
    'ip6tables -F CRIU',
    'ip6tables -X CRIU',
  ]);
});

test.each([
  ':CRIU2 - [0:0]',
  '# :CRIU - [0:0]',
  '-A FORWARD -j CRIU',
  '-A INPUT -j CRIU2',
  '-A INPUT -s 10.0.0.1/32 -j CRIU',
  'x-A INPUT -j CRIU',
  CONNECTION.replace('INPUT', 'FORWARD'),
  CONNECTION.replace('0xc114', '0xc115'),
  CONNECTION.replace(' !', ''),
  CONNECTION.replace('-j DROP', '-j DROPS'),
  CONNECTION.replace('-j DROP', '-j ACCEPT'),
  `# ${CONNECTION}`,
])('%s is somebody else’s', (line) => {
  const locks = packetLocks(asBytes(`*filter\n${line}\nCOMMIT\n`));
  expect(locks).toEqual({ jumps: [], hasChain: false, connections: [] });
  expect(unlockCommands('iptables', locks)).toEqual([]);
});

test('a rule of a connection has no need of a chain', () => {
  const short = asBytes('-A OUTPUT -m mark ! --mark 0xc114 -j DROP');
  const locks = packetLocks(short);
  expect(locks.connections).toEqual([short]);
  expect(unlockCommands('iptables', locks)).toEqual(['iptables -D OUTPUT -m mark ! --mark 0xc114 -j DROP']);
});
