import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';
import { asUser, inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root'));

/** Runs dry and for real, each of which must say the same of every candidate, and end with the same status. */
async function foreseen(args: readonly string[], dir: string, wrap: readonly string[]) {
  const dry = await sweep(['--no-in-use', '-n', ...args, dir], { wrap });
  const real = await sweep(['--no-in-use', ...args, dir], { wrap });
  const said = Object.entries(outcomes(dry.report, dir)).map(([path, what]) => [
    path,
    what === 'would-remove' ? 'removed' : what,
  ]);
  expect(Object.fromEntries(said)).toEqual(outcomes(real.report, dir));
  expect(dry.code).toBe(real.code);
  const codes = (report: typeof dry.report) => report.items.map(({ path, code }) => ({ path, code }));
  expect(codes(dry.report)).toEqual(codes(real.report));
  return dry;
}

test('a dry run on a read-only file system: what could not be removed has failed, not would-remove', async (context) => {
  need(context, 'namespaces');
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [
    { path: name, age: '2h' },
    { path: `below/${leftoverName()}/inside`, kind: 'file' },
  ]);
  const ro = quoted(dir);
  const wrap = inMountNamespace(`mount --bind ${ro} ${ro}; mount -o remount,bind,ro ${ro}`);
  const { report, code } = await foreseen(['--older-than', '0s'], dir, wrap);
  expect(report.items.find(({ path }) => path === `${dir}/${name}`)).toMatchObject({
    outcome: 'failed',
    code: 'EROFS',
    syscall: 'access',
  });
  expect(code).toBe(3);
  const check = await run(['--no-in-use', '--check', dir], { wrap });
  expect(check.err).toContain(`failed ${dir}/${name}: EROFS: read-only file system\n`);
  expect(check.code).toBe(3);
});

test('a dry run where the parent may not be written to, is sticky or immutable: as the real run', async (context) => {
  need(context, 'setpriv', 'chattr', 'loop devices', 'namespaces');
  const dir = scratch();
  const [closed, sticky, ours, fixed] = [leftoverName(), leftoverName(), leftoverName(), leftoverName()];
  const make = [
    `mkdir -m 0755 on/closed on/fixed on/far; mkdir -m 1777 on/sticky`,
    `mkdir -m 0700 on/closed/${closed} on/sticky/${sticky} on/sticky/${ours} on/fixed/${fixed}`,
    `chown 65534 on/closed/${closed} on/sticky/${ours} on/fixed on/fixed/${fixed}; chown 1 on/sticky/${sticky}; chmod 755 on/sticky/${sticky}`,
    `touch -d '2 hours ago' on/*/.criu*; chattr +i on/fixed; chmod 755 on`,
  ].join('\n');
  const fresh = (): string[] =>
    inMountNamespace(
      `cd ${quoted(dir)}; mkdir -p on; rm -f disk.img; truncate -s 32M disk.img; mkfs.ext4 -q disk.img; mount -o loop disk.img on\n${make}`,
    );
  const wrap = [...fresh(), ...asUser(65534)];
  const { report } = await foreseen(['--owner', 'any', '--mode', 'any'], `${dir}/on`, wrap);
  expect(outcomes(report, `${dir}/on`)).toEqual({
    [`closed/${closed}`]: 'failed',
    [`sticky/${ours}`]: 'would-remove',
    [`fixed/${fixed}`]: 'failed',
    [`sticky/${sticky}`]: 'failed',
  });
});

test('root without CAP_DAC_OVERRIDE: what it may not read is said, what it may not remove has failed, the rest goes', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  const [shut, seen, free] = [leftoverName(), leftoverName(), leftoverName()];
  plant(dir, [
    { path: `private/${shut}`, age: '2h' },
    { path: `theirs/${seen}`, age: '2h' },
    { path: `ours/${free}`, age: '2h' },
    { path: 'private', uid: 1, mode: '0700' },
    { path: 'theirs', uid: 1, mode: '0755' },
  ]);
  const without = '-dac_override,-dac_read_search,-fowner';
  const wrap = ['setpriv', `--bounding-set=${without}`, '--inh-caps=-all', '--'];
  const { report, code } = await foreseen([], dir, wrap);
  expect(outcomes(report, dir)).toEqual({ [`theirs/${seen}`]: 'failed', [`ours/${free}`]: 'would-remove' });
  expect(report.errors).toEqual([{ path: `${dir}/private`, code: 'EACCES', syscall: 'chdir' }]);
  expect(code).toBe(3);
});

test('a dry run of many candidates asks each directory once whether it may be written to', async (context) => {
  need(context, 'strace');
  const dir = scratch();
  for (let n = 0; n < 40; n++) plantLeftover(dir);
  const log = `${scratch()}/trace`;
  const wrap = ['strace', '-D', '-f', '-qq', '-o', log, '-e', 'trace=access,faccessat,faccessat2', '--'];
  const { report } = await sweep(['--no-in-use', '-n', dir], { wrap });
  expect(report.summary.wouldRemove).toBe(40);
  expect(readFileSync(log, 'utf8').match(/"\.", W_OK\|X_OK/g)).toHaveLength(1);
});
