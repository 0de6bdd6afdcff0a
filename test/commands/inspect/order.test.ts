import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run } from '../../support/command.ts';
import { inspect } from '../../support/inspection.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { withOwnTmp } from '../../support/own-tmp.ts';
import { scratch } from '../../support/scratch.ts';

const LINES = {
  succeeded: '(00.000002) Dumping finished successfully\n',
  failed: '(00.000002) Error (criu/cr-dump.c:2): Dumping FAILED.\n',
  'cut-off': '(00.000002) Dumping core\n',
} as const;

const HOUR = 3600;

/** A work dir with a dump that ended so, some hours ago. */
function plantRun(root: string, name: string, outcome: keyof typeof LINES, hoursAgo: number): string {
  const dir = `${root}/${name}`;
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${dir}/dump.log`, `(00.000001) Version: 3.16.1 (gitid 0)\n${LINES[outcome]}`);
  const time = Math.floor(Date.now() / 1000) - hoursAgo * HOUR;
  utimesSync(`${dir}/dump.log`, time, time);
  return dir;
}

/** The directories in the order in which a text report shows them. */
const shown = (out: string, root: string): string[] =>
  out.split('\n').flatMap((line) => (line.startsWith(`${root}/`) ? [line.slice(root.length + 1)] : []));

test('cut off comes first, then failed, then what left something; the newest first within', async () => {
  const root = scratch();
  plantRun(root, 'well', 'succeeded', 1);
  plantRun(root, 'failed-new', 'failed', 2);
  plantRun(root, 'cut-old', 'cut-off', 9);
  plantRun(root, 'failed-old', 'failed', 8);
  plantLeftover(plantRun(root, 'left', 'succeeded', 2));
  mkdirSync(`${root}/orphan`);
  plantLeftover(`${root}/orphan`);
  plantRun(root, 'cut-new', 'cut-off', 3);
  const { out } = await run(['inspect', root]);
  expect(shown(out, root).filter((dir) => dir !== 'orphan' && dir !== 'left')).toEqual([
    'cut-new',
    'cut-old',
    'failed-new',
    'failed-old',
    'well',
  ]);
  expect(shown(out, root).slice(4, 6).sort()).toEqual(['left', 'orphan']);
});

test('of runs that succeeded and left nothing, ten are listed where the place was named; all with -v and in JSON', async () => {
  const root = scratch();
  for (let n = 0; n < 100; n++) plantRun(root, `run-${n}`, 'succeeded', n + 1);
  const { out } = await run(['inspect', root]);
  expect(shown(out, root)).toEqual(Array.from({ length: 10 }, (_, n) => `run-${n}`));
  expect(out).toContain('\n90 runs succeeded and left nothing; -v shows them\n');
  expect(out).toContain('100 runs: 100 succeeded; 0 leftovers\n');
  expect(shown((await run(['inspect', '-v', root])).out, root)).toHaveLength(100);
  expect((await inspect([root])).report.runs).toHaveLength(100);
});

test('inspect without a target stays a screenful on a host with a hundred successful runs', async (context) => {
  need(context, 'root', 'namespaces');
  const line = "'(00.000001) Dumping finished successfully'";
  const wrap = withOwnTmp(
    `for n in $(seq 100); do mkdir -p /tmp/$n; echo ${line} > /tmp/$n/dump.log; touch /tmp/$n/pages-1.img; done
     mkdir -p /tmp/bad; echo '(00.000001) x' > /tmp/bad/dump.log`,
  );
  for (const args of [[], ['--known']]) {
    const { out } = await run(['inspect', ...args], { wrap });
    expect(out.split('\n').length).toBeLessThan(24);
    expect(out).toContain('/tmp/bad\n');
    expect(out).toMatch(/\n\d+ runs succeeded and left nothing; -v shows them\n/);
  }
  expect((await inspect([], { wrap })).report.runs.length).toBeGreaterThanOrEqual(101);
});

test('--since shows only runs that ended later, and --check counts only those; a leftover is one all the same', async () => {
  const root = scratch();
  plantRun(root, 'old', 'failed', 30);
  plantRun(root, 'new', 'succeeded', 1);
  const { out } = await run(['inspect', '--since', '1d', root]);
  expect(shown(out, root)).toEqual(['new']);
  expect(out).toContain('1 run: 1 succeeded; 0 leftovers\n');
  const check = async (...args: string[]) => (await run(['inspect', '--check', '-q', ...args, root])).code;
  expect([await check(), await check('--since', '1d'), await check('--since', '2d')]).toEqual([1, 0, 1]);

  const { report } = await inspect(['--since', '1d', root]);
  expect(report.runs.map(({ log }) => log)).toEqual([`${root}/new/dump.log`]);
  expect(Date.parse(report.since ?? '')).toBeLessThan(Date.now() - 23 * HOUR * 1000);
  expect((await inspect([root])).report.since).toBeUndefined();

  const left = plantLeftover(`${root}/old`);
  const { mtime } = statSync(`${root}/old/dump.log`);
  utimesSync(left, mtime, mtime);
  expect(await check('--since', '1d')).toBe(1);
  const after = await run(['inspect', '--since', '1d', root]);
  expect(after.out).toContain(`${root}/old\n  left by a run that ended earlier, dump.log\n`);
  expect((await inspect(['--since', '1d', root])).report.items).toMatchObject([
    { path: left, run: `${root}/old/dump.log` },
  ]);
});

test.each([['1'], ['-1h'], ['1mo'], ['']])('--since %j is a line and exit 2', async (since) => {
  const { code, err, out } = await run(['inspect', `--since=${since}`, '/tmp']);
  expect([code, out, err.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  expect(err).toContain('--since');
});
