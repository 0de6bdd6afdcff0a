import { expect, test } from 'vitest';
import { linesOf, runsSweep } from '../../../src/commands/doctor/sweep-command.ts';

test.each([
  '17 * * * * root /usr/bin/criu-sweep --known',
  '17 * * * * root /usr/bin/node /opt/x/bin/criu-sweep.js -qv --known',
  "17 * * * * root '/opt/a b/criu-sweep' '/tmp/a b'",
  '@daily A=b nice criu-sweep --older-than 2h /x >/var/log/criu-sweep.log 2>&1',
  '@daily cd /var/lib && ./criu-sweep ./criu',
  '@daily docker run --rm --name criu-sweep registry/criu-sweep:1.0 criu-sweep /x | logger -t criu-sweep',
  '[ -x /usr/bin/criu-sweep ] && criu-sweep "$DIR"; exit 0',
  'logger -t criu-sweep begins; exec criu-sweep --every=1h $DIRS',
  'ExecStart=-/usr/bin/criu-sweep --exclude "a b" /srv/*/dump',
  'ExecStart=criu-sweep-1.1.0-linux-x64 --known',
])('a line that sweeps: %s', (line) => {
  expect(runsSweep(line)).toBe(true);
});

test.each([
  '@daily find /var/lib/criu-sweep -delete',
  '@daily rm -f /var/lib/criu-sweep /tmp/x -r',
  '@daily docker run --name criu-sweep alpine true',
  '@daily cat /etc/criu-sweep.conf /etc/x',
  '@daily systemctl restart criu-sweep && touch /x',
  'MAILTO=criu-sweep@example.org',
  'criu-sweep',
  'criu-sweep --help',
  'criu-sweep -n /x',
  'criu-sweep -qn /x',
  'criu-sweep --check --known',
  'criu-sweep --dry-run=x /x',
  'criu-sweep run -- criu dump -D /x',
  'criu-sweep inspect /x',
  'logger -t criu-sweep ended',
  'test -x /usr/bin/criu-sweep || exit 0',
])('a line that does not: %s', (line) => {
  expect(runsSweep(line)).toBe(false);
});

test('comments are no lines, and a backslash joins two', () => {
  expect(linesOf('# criu-sweep /x\n ; criu-sweep /x\ncriu-sweep \\\n /x')).toEqual(['criu-sweep   /x']);
});
