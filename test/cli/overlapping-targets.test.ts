import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leftoverName } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';

const OLD = { age: '2h' } as const;
const NAME = leftoverName();

test('targets that are the same or lie in one another are swept once', async () => {
  const dir = scratch();
  plant(dir, [
    { path: `a/b/${NAME}`, ...OLD },
    { path: `a/${NAME}`, ...OLD },
    { path: 'l', kind: 'symlink', to: 'a/b' },
  ]);
  for (const targets of [
    ['a', 'a'],
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['l', 'a', './a/', 'a/../a'],
    [`a/${NAME}`, 'a'],
  ]) {
    const { report, code } = await sweep(['-n', ...targets], { cwd: dir });
    const found = Object.keys(outcomes(report, dir)).sort();
    expect([targets, found]).toEqual([targets, [`a/${NAME}`, `a/b/${NAME}`]]);
    expect([code, report.targets.length]).toEqual([0, targets.length]);
  }
  mkdirSync(`${dir}/c`);
  const { report } = await sweep(['a', 'a', 'c', 'l'], { cwd: dir });
  expect(report.summary).toMatchObject({ matched: 2, removed: 2, vanished: 0 });
});
