import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { lastSuccessIn } from '../../src/report/prometheus.ts';
import { need } from '../support/abilities.ts';
import { program, run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { after, straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root'));

/** A directory with a leftover in `work`, and the metrics file beside. */
function place(): { work: string; metrics: string; text: () => string } {
  const dir = scratch();
  mkdirSync(`${dir}/work`);
  plantLeftover(`${dir}/work`);
  const metrics = `${dir}/criu_sweep.prom`;
  return { work: `${dir}/work`, metrics, text: () => readFileSync(metrics, 'utf8') };
}

test('the metrics of a sweep are what promtool takes for metrics', async (context) => {
  need(context, 'promtool');
  const { work, metrics, text } = place();
  expect(await run(['--metrics', metrics, work])).toMatchObject({ code: 0 });
  expect(text()).toContain('criu_sweep_directories{outcome="removed"} 1\n');
  const checked = await program(['promtool', 'check', 'metrics'], { stdin: text() });
  expect(checked.out + checked.err).toBe('');
});

test('a run that failed keeps the last success, and one that succeeded sets it', async () => {
  const { work, metrics, text } = place();
  await run(['--metrics', metrics, work]);
  const first = lastSuccessIn(text());
  expect(Math.abs(first - Date.now() / 1000)).toBeLessThan(30);
  expect(await run(['--metrics', metrics, work, `${work}/missing`])).toMatchObject({ code: 3 });
  expect(lastSuccessIn(text())).toBe(first);
  expect(text()).not.toContain(`criu_sweep_last_run_timestamp_seconds ${first}\n`);
  expect(await run(['--metrics', metrics, '--check', work])).toMatchObject({ code: 0 });
  expect(lastSuccessIn(text())).toBeGreaterThan(first);
});

test('--check that found something is a success; the first failure of all tells of none', async () => {
  const { work, metrics, text } = place();
  expect(await run(['--metrics', metrics, `${work}/missing`])).toMatchObject({ code: 3 });
  expect(lastSuccessIn(text())).toBe(0);
  expect(await run(['--metrics', metrics, '--check', work])).toMatchObject({ code: 1 });
  expect(lastSuccessIn(text())).toBeGreaterThan(0);
});

test('others can read the metrics, whatever the umask', async () => {
  const { work, metrics } = place();
  await run(['--metrics', metrics, work], { wrap: after('umask 0777') });
  expect(statSync(metrics).mode & 0o7777).toBe(0o644);
});

test('the metrics are synced and then renamed into their place, from a name that no collector reads', async (context) => {
  need(context, 'strace');
  const { work, metrics } = place();
  const log = `${scratch()}/log`;
  await run(['--metrics', metrics, work], { wrap: straced(log, 'fsync,rename,renameat,renameat2') });
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /fsync|prom/.test(line));
  expect(calls[0]).toMatch(/fsync\(/);
  expect(calls.find((line) => line.includes('rename'))).toMatch(
    /rename\w*\(.*"[^"]*\/\.criu_sweep\.prom\.\d+\.\w+", .*criu_sweep\.prom"/,
  );
});

test('no path is in the metrics, and nothing is left beside them', async () => {
  const { work, metrics, text } = place();
  await run(['--metrics', metrics, '--prefix', 'surprise.', work, `${work}/missing`]);
  expect(text()).not.toMatch(/surprise|missing|criu-sweep-test|\//);
  expect(readdirSync(`${work}/..`).sort()).toEqual(['criu_sweep.prom', 'work']);
});

test('metrics that cannot be written are exit 2 before anything is touched, or exit 3 after the sweep', async () => {
  const { work, metrics } = place();
  const refused = await run(['--metrics', `${work}/missing/x.prom`, work]);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/^criu-sweep: --metrics: .*: cannot be written: ENOENT: .*\n$/);
  expect(readdirSync(work)).toHaveLength(1);
  const same = await run(['--metrics', metrics, '--report', metrics, work]);
  expect(same).toMatchObject({ code: 2 });
  expect(existsSync(metrics)).toBe(false);
  symlinkSync('/dev/full', metrics);
  const full = await run(['--metrics', metrics, work]);
  expect(full).toMatchObject({ code: 3 });
  expect(full.err).toContain(`criu-sweep: --metrics ${metrics}: ENOSPC: no space left on device\n`);
  expect(readdirSync(work)).toHaveLength(0);
});

test('an old file that is no metrics file is replaced', async () => {
  const { work, metrics, text } = place();
  writeFileSync(metrics, Buffer.from([0xff, 0, 0x0a]));
  expect(await run(['--metrics', metrics, `${work}/missing`])).toMatchObject({ code: 3 });
  expect(lastSuccessIn(text())).toBe(0);
});
