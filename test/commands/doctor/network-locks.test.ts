import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { diagnose } from '../../support/diagnosis.ts';
import { onEmptyHost } from '../../support/empty-host.ts';
import { after, asUser, inPidNamespace } from '../../support/wrap.ts';

/** Other tests have CRIUs of their own: those that live now are not seen. */
const ALONE =
  'for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" != criu ] || mount --bind /proc/2 $p || :; done';

/** A host with a network namespace of its own, after these commands of a shell. */
const host = (...commands: string[]): string[] => [
  'unshare',
  '--net',
  '--',
  ...onEmptyHost([ALONE, ...commands]),
];

const CHAIN =
  "printf '*filter\\n:CRIU - [0:0]\\n-I INPUT -j CRIU\\n-I OUTPUT -j CRIU\\n-A CRIU -m mark --mark 0xC114 -j ACCEPT\\n-A CRIU -j DROP\\nCOMMIT\\n'";
const LOCK = (tool: string) => `${CHAIN} | ${tool}-restore -w --noflush`;
const CONNECTION =
  'iptables -w -I INPUT --protocol tcp -m mark ! --mark 0xC114 --source 10.0.0.1 --sport 80 --destination 10.0.0.2 --dport 9 -j DROP';

beforeEach((context) => need(context, 'root', 'namespaces', 'host pid namespace', 'nft', 'iptables'));

test('a network namespace without locks is well, and it is said which are not looked at', async () => {
  const other = 'nft add table inet CRIUX; nft add table ip CRIU-1; iptables -N CRIU2; nft add table inet x';
  const { of } = await diagnose({ wrap: host(other) });
  expect(of('network-locks')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('containers are not looked at'),
  });
});

test.each([
  ['a table of a pid', 'nft add table inet CRIU-4711', 'nft table inet CRIU-4711'],
  [
    'a table of a run, with its chains',
    'nft add table inet CRIU-0b6d2c5e-31d8-4d0f; nft add chain inet CRIU-0b6d2c5e-31d8-4d0f o',
    'nft table inet CRIU-0b6d2c5e-31d8-4d0f',
  ],
  ['a chain of iptables', LOCK('iptables'), 'iptables chain CRIU'],
  ['the same made twice', `${LOCK('iptables')}; ${LOCK('iptables')}`, 'iptables chain CRIU'],
  ['a chain of ip6tables', LOCK('ip6tables'), 'ip6tables chain CRIU'],
  ['a rule for a connection', CONNECTION, "1 iptables rule with CRIU's mark"],
])(
  '%s that no living CRIU holds is said, with what removes it, and is not touched',
  { retry: 5 },
  async (_, lock, named) => {
    const state = 'nft list ruleset > /run/state 2>/dev/null';
    const unchanged = 'nft list ruleset 2>/dev/null | cmp - /run/state >&2';
    const watched = ['sh', '-c', `"$@"; code=$?; ${unchanged}; exit $code`, 'sh'];
    const { of, code, err } = await diagnose({ wrap: [...host(lock, state), ...watched] });
    const { status, message, advice } = of('network-locks');
    expect([status, code, err]).toEqual(['warning', 1, '']);
    expect(message).toContain(`${named}: no CRIU is alive`);
    const commands = advice?.replace(/^[^:]*: /, '') ?? 'false';
    const undone = await diagnose({ wrap: host(lock, commands) });
    expect(undone.of('network-locks').status).toBe('ok');
  },
);

/** While a program called criu runs in the background. */
const living = (before = '', name = 'criu') =>
  `cp "$(command -v sleep)" /run/${name}; ${before} /run/${name} 60 & criu=$!; sleep 0.3; "$@"; code=$?; kill $criu; exit $code`;

test.each(['criu', 'criu-4.2'])('a lock that a living %s may hold is left to it', async (name) => {
  const lives = living('', name);
  const { of } = await diagnose({ wrap: [...host('nft add table inet CRIU-4711'), ...after(lives)] });
  expect(of('network-locks')).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/^nft table inet CRIU-4711: a living CRIU \(pid \d+\) may hold this$/),
  });
});

test('a process of somebody else that calls itself criu holds none', { retry: 5 }, async (context) => {
  need(context, 'setpriv');
  const calm = living('setpriv --reuid=65534 --regid=65534 --clear-groups');
  const { of } = await diagnose({ wrap: [...host('nft add table inet CRIU-4711'), ...after(calm)] });
  expect(of('network-locks').status).toBe('warning');
});

test('in a pid namespace that does not show the host’s CRIU nothing is advised to be removed', async () => {
  const { of } = await diagnose({ wrap: [...inPidNamespace(), ...host('nft add table inet CRIU-4711')] });
  expect(of('network-locks')).toMatchObject({
    status: 'unknown',
    advice: expect.not.stringContaining('nft'),
  });
});

test('very many locks are counted', { retry: 5 }, async () => {
  const many = 'for n in $(seq 1000 1099); do echo "add table inet CRIU-$n"; done | nft -f -';
  const { of } = await diagnose({ wrap: host(many) });
  const { message, advice } = of('network-locks');
  expect(message).toContain('CRIU-1011, 88 more nft tables');
  expect(advice).toContain('delete table inet CRIU-1011; and 88 more like these');
});

const INSTEAD = (script: string) =>
  `printf '#!/bin/sh\\n${script}\\n' > /run/nft; chmod 755 /run/nft; mount --bind /run/nft /usr/sbin/nft`;

test.each([
  ['fails', 'exit 3', 'exit 3'],
  ['hangs', 'sleep 1000', 'no answer within 5 s'],
  ['prints without end', 'exec yes', 'more than 64 MiB'],
])('a program that %s is said, and the other checks are made', async (_, script, why) => {
  const { of, code } = await diagnose({ wrap: host(INSTEAD(script)), timeoutMs: 60_000 });
  expect(of('network-locks')).toMatchObject({ status: 'unknown', message: expect.stringContaining(why) });
  expect(code).toBe(3);
});

test('no program of the caller’s PATH is run, and the programs get none of our environment', async () => {
  const evil =
    "mkdir /run/bin; printf '#!/bin/sh\\ntouch /run/bin/ran\\n' > /run/bin/nft; chmod 755 /run/bin/nft";
  const shown = INSTEAD('env > /run/environment');
  const told = ['sh', '-c', '"$@"; code=$?; ls /run/bin >&2; cat /run/environment >&2; exit $code', 'sh'];
  const { err } = await diagnose({
    wrap: [...host(evil, shown, 'PATH=/run/bin:$PATH'), ...told],
    env: { SECRET: 'told' },
  });
  expect(err).not.toMatch(/^ran$/m);
  expect(err).not.toContain('SECRET');
  expect(err).toContain('LC_ALL=C');
});

test('one who is not root may not list them', async (context) => {
  need(context, 'setpriv');
  const { of } = await diagnose({ wrap: [...host(), ...asUser(65534)] });
  expect(of('network-locks')).toMatchObject({ status: 'unknown', advice: 'run criu-sweep doctor as root' });
});

test('without nft and iptables that is said', async () => {
  const gone = ['nft', 'iptables-save', 'ip6tables-save'].map(
    (name) => `[ ! -e /usr/sbin/${name} ] || mount --bind /dev/null /usr/sbin/${name}`,
  );
  const { of } = await diagnose({ wrap: host(...gone) });
  expect(of('network-locks')).toMatchObject({ status: 'ok', message: expect.stringContaining('neither') });
});
