import { mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';
import { snapshot } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces'));

/** Whatever is written: nothing of this machine can be changed while these are tried. */
const harmless = (dir: string): string[] =>
  inMountNamespace(`mount -t tmpfs none ${quoted(dir)}; mkdir -m 0700 ${quoted(dir)}/.criu.mnt.abcdef; touch -d '2 hours ago' ${quoted(dir)}/.criu.mnt.abcdef
    ln -s / ${quoted(dir)}/root; ln -s /proc/self ${quoted(dir)}/self; ln -s /dev ${quoted(dir)}/dev
    mount -o remount,bind,ro /`);

test.each([
  '/',
  '//',
  '///',
  '/.',
  '/..',
  '/tmp/..',
  '/../',
  '/proc',
  '/proc/',
  '/proc/self',
  '/proc/self/root',
  '/proc/self/cwd',
  '/sys',
  '/sys/kernel',
  '/dev',
  '/dev/pts',
  '/dev/mqueue',
  '',
])('the target "%s" is refused: exit 2, one line, nothing touched', async (target) => {
  const dir = scratch();
  const good = scratch();
  plantLeftover(good);
  const before = snapshot(good);
  const wrap = [
    ...harmless(dir),
    'sh',
    '-c',
    `cd ${quoted(dir)}; "$@"; end=$?; ls -A ${quoted(dir)}; exit $end`,
    'sh',
  ];
  const { code, out, err } = await run([good, target], { wrap });
  expect({ code, out }).toEqual({ code: 2, out: '.criu.mnt.abcdef\ndev\nroot\nself\n' });
  expect(err).toMatch(/^criu-sweep: [^\n]+\n$/);
  expect(snapshot(good)).toEqual(before);
});

test.each([
  'root',
  'root/',
  'self',
  'self/root',
  'dev',
])('the target "%s", which only a link leads to: nothing is touched there, exit 3, the others are swept', async (target) => {
  const dir = scratch();
  const good = scratch(MEMORY);
  const leftover = plantLeftover(good);
  const wrap = [...harmless(dir), 'sh', '-c', `cd ${quoted(dir)}; exec "$@"`, 'sh'];
  const { report, code } = await sweep(['--no-in-use', good, target], { wrap });
  expect(report.items.map(({ path, outcome }) => [path, outcome])).toEqual([[leftover, 'removed']]);
  expect(report.errors).toMatchObject([{ code: 'forbidden' }]);
  expect(code).toBe(3);
});

test('the way into a refused place by a glob is passed over', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/here`);
  const { code, report } = await sweep(
    ['--dry-run', '--max-depth=1', '/{proc,sys,dev}', '/{proc,sys}/*', `${dir}/*`],
    { wrap: harmless(scratch()) },
  );
  expect(code).toBe(0);
  expect(report.targets.filter((target) => /^\/(proc|sys|dev)\b/.test(target.resolved ?? ''))).toEqual([]);
});
