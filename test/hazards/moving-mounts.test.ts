import { renameSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { inNamespaceOf, sweepWhile } from '../support/meantime.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes } from '../support/sweep.ts';
import { exists, list, plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces', 'strace'));

/** A target with a way down to a mount point, a directory to bind there, and a leftover in each. */
function stage() {
  const dir = scratch();
  plant(dir, [{ path: 'target/above/on' }, { path: 'source/below' }]);
  const free = plantLeftover(`${dir}/target/above`).slice(`${dir}/target/above/`.length);
  const bound = plantLeftover(`${dir}/source/below`);
  return { dir, target: `${dir}/target`, free, bound };
}

test('an ancestor of a bind mount of the same file system is renamed while the sweep runs: not entered', async () => {
  const { dir, target, free, bound } = stage();
  const wrap = inMountNamespace(`mount --bind ${quoted(`${dir}/source`)} ${quoted(`${target}/above/on`)}`);
  const { report, code } = await sweepWhile(['--no-in-use', target], { wrap }, async () =>
    renameSync(`${target}/above`, `${target}/renamed`),
  );
  expect(outcomes(report, target)).toEqual({ [`renamed/${free}`]: 'removed' });
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
  expect(exists(bound, '')).toBe(true);
});

test('a bind mount of the same file system that is made while the sweep runs: not entered', async () => {
  const { dir, target, free, bound } = stage();
  const { report, code } = await sweepWhile(['--no-in-use', target], { wrap: inMountNamespace() }, (pid) =>
    inNamespaceOf(pid, `mount --bind ${quoted(`${dir}/source`)} ${quoted(`${target}/above/on`)}`),
  );
  expect(outcomes(report, target)).toEqual({ [`above/${free}`]: 'removed' });
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
  expect(exists(bound, '')).toBe(true);
});

test('a directory that is bound on itself while the sweep runs, the same by device and inode: not entered', async () => {
  const { target, free } = stage();
  const inside = plantLeftover(`${target}/above/on`);
  const on = quoted(`${target}/above/on`);
  const { report } = await sweepWhile(['--no-in-use', target], { wrap: inMountNamespace() }, (pid) =>
    inNamespaceOf(pid, `mount --bind ${on} ${on}`),
  );
  expect(outcomes(report, target)).toEqual({ [`above/${free}`]: 'removed' });
  expect(exists(inside, '')).toBe(true);
});

test('what cannot be read in such a mount is no error of the sweep', async () => {
  const { dir, target, free } = stage();
  plant(dir, [{ path: 'source/closed', mode: '0000' }]);
  const wrap = [
    ...inMountNamespace(`mount --bind ${quoted(`${dir}/source`)} ${quoted(`${target}/above/on`)}`),
    ...['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all', '--'],
  ];
  const { report } = await sweepWhile(['--no-in-use', target], { wrap }, async () =>
    renameSync(`${target}/above`, `${target}/renamed`),
  );
  expect(outcomes(report, target)).toEqual({ [`renamed/${free}`]: 'removed' });
  expect(report.errors).toEqual([]);
});

test('--cross-device: an ancestor of a proc is renamed, and one is made: neither is entered', async () => {
  const { target, free } = stage();
  plant(target, [{ path: 'above/later' }]);
  const wrap = inMountNamespace(`mount -t proc none ${quoted(`${target}/above/on`)}`);
  const { report } = await sweepWhile(['--no-in-use', '--cross-device', target], { wrap }, async (pid) => {
    renameSync(`${target}/above`, `${target}/renamed`);
    await inNamespaceOf(pid, `mount -t sysfs none ${quoted(`${target}/renamed/later`)}`);
  });
  expect(outcomes(report, target)).toEqual({ [`renamed/${free}`]: 'removed' });
  expect(report.targets).toMatchObject([{ directories: 2, status: 'swept' }]);
  expect(list(target)).toEqual(['renamed', 'renamed/later', 'renamed/on']);
});
