import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { swappingAll, until } from '../../support/hazards.ts';
import { inspect } from '../../support/inspection.ts';
import { logOf } from '../../support/runs.ts';
import { MEMORY, scratch } from '../../support/scratch.ts';
import { asUser, straced } from '../../support/wrap.ts';

const LOG = '(00.000001) Version: 3.16.1 (gitid 0)\n(00.000002) Error (criu/a.c:1): first\n';

const names = (report: { runs: readonly { log: string }[] }, dir: string): string[] =>
  report.runs.map(({ log }) => log.slice(dir.length + 1)).sort();

test('a log of any name is found by its content: CRaC’s, zdtm’s, a script’s, a rotated one', async () => {
  const dir = scratch();
  const staged = [
    ['made-dump-crac-3.17.1/dump4.log', 'crac/dump4.log'],
    ['made-lazy-pages-cut-4.1/lazy-pages.log', 'zdtm/lazy-pages.log'],
    ['made-pre-dump-run-id-4.2/web.log-20261101', 'script/web.log-20261101'],
    ['dump-failed-3.16.1/dump.log', 'rotated/dump.log.old'],
    ['made-restore-pie-2.12/restore.log', 'in/app.log.d/sine.log'],
  ] as const;
  for (const [from, to] of staged) {
    mkdirSync(`${dir}/${to.slice(0, to.lastIndexOf('/'))}`, { recursive: true });
    writeFileSync(`${dir}/${to}`, logOf(from));
  }
  const { report, code, err } = await inspect([dir]);
  expect(names(report, dir)).toEqual(staged.map(([, to]) => to).sort());
  expect(Object.fromEntries(report.runs.map((run) => [run.log.slice(dir.length + 1), run.outcome]))).toEqual({
    'crac/dump4.log': 'succeeded',
    'zdtm/lazy-pages.log': 'cut-off',
    'script/web.log-20261101': 'failed',
    'rotated/dump.log.old': 'failed',
    'in/app.log.d/sine.log': 'failed',
  });
  expect([err, code]).toEqual(['', 0]);
});

test('what else is named like a log is passed over without a word: files of others, a FIFO, a device, a socket, links, directories', async (context) => {
  need(context, 'root');
  const dir = scratch();
  writeFileSync(`${dir}/nginx.log`, '127.0.0.1 - - [01/Nov/2026:00:00:00 +0000] "GET / HTTP/1.1" 200\n');
  writeFileSync(`${dir}/app.log.1`, '(1699999999) started\n(12.5) x\n');
  writeFileSync(`${dir}/empty.log`, '');
  writeFileSync(`${dir}/late.log`, `${'x\n'.repeat(10_000)}${LOG}`);
  writeFileSync(`${dir}/real.txt`, LOG);
  execFileSync('mkfifo', [`${dir}/fifo.log`]);
  execFileSync('mknod', [`${dir}/device.log`, 'c', '1', '8']);
  symlinkSync(`${dir}/real.txt`, `${dir}/link.log`);
  symlinkSync('/dev/zero', `${dir}/zero.log`);
  mkdirSync(`${dir}/directory.log`);
  const { report, code, err } = await inspect([dir], { timeoutMs: 20_000 });
  expect([report.runs, report.errors, err, code]).toEqual([[], [], '', 0]);
});

test('a file that need not be a log and may not be read is no error for a user', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = scratch();
  writeFileSync(`${dir}/root.log`, LOG, { mode: 0o600 });
  const { report, code } = await inspect([dir], { wrap: asUser(65534) });
  expect([report.runs, report.errors, code]).toEqual([[], [], 0]);
  expect((await inspect([dir])).report.runs).toHaveLength(1);
});

test('files beside the logs cost nothing: none is looked at but images, and none is opened', async (context) => {
  need(context, 'strace');
  const dir = scratch();
  const trace = `${scratch()}/trace`;
  for (let n = 0; n < 1000; n++)
    for (const end of ['img', 'txt']) writeFileSync(`${dir}/pages-${n}.${end}`, '');
  const calls = async (): Promise<string> => {
    await inspect([dir], { wrap: straced(trace, 'openat,stat,lstat,newfstatat,statx'), timeoutMs: 30_000 });
    return readFileSync(trace, 'latin1');
  };
  expect(await calls()).not.toContain('pages-');
  writeFileSync(`${dir}/web.log`, LOG);
  const after = await calls();
  expect(after).toMatch(/openat\([^"]*"web\.log"/);
  expect(after).not.toMatch(/openat\([^"]*"pages-|\.txt/);
  expect(after.match(/"pages-\d+\.img"/g)).toHaveLength(1000);
});

test('a hundred thousand images beside a log are weighed in seconds', async () => {
  const dir = scratch(MEMORY);
  execFileSync('sh', ['-c', 'seq -f "pages-%.0f.img" 100000 | xargs touch'], { cwd: dir });
  writeFileSync(`${dir}/web.log`, LOG);
  const { report } = await inspect([dir], { timeoutMs: 20_000 });
  expect(report.runs).toMatchObject([{ images: { bytes: 0 } }]);
  const { files = 0, complete } = report.runs[0]?.images ?? {};
  expect(complete === true ? files : 100_000).toBe(100_000);
});

test('twenty thousand logs of any name, in one directory', async () => {
  const dir = scratch(MEMORY);
  for (let n = 0; n < 20_000; n++) writeFileSync(`${dir}/${n}.log`, LOG.replaceAll(/\(00.\d+\) /g, ''));
  writeFileSync(`${dir}/stats-dump`, '');
  const { report, code } = await inspect([dir], { timeoutMs: 40_000 });
  expect([report.runs.length, code]).toEqual([20_000, 0]);
});

test('beyond 50,000 files named like logs the rest is not looked at, which is said; CRIU’s own names still are', async () => {
  const dir = scratch(MEMORY);
  for (let n = 0; n < 50_100; n++) writeFileSync(`${dir}/${n}.log`, 'x\n');
  mkdirSync(`${dir}/work`);
  writeFileSync(`${dir}/work/dump.log`, LOG);
  const { report, code } = await inspect([dir], { timeoutMs: 45_000 });
  expect(names(report, dir)).toEqual(['work/dump.log']);
  expect(report.errors).toMatchObject([{ code: 'too-many-logs' }]);
  expect(code).toBe(3);
});

test('huge files of others are read at their head alone, also by a thousand names', async () => {
  const dir = scratch();
  for (let n = 0; n < 50; n++) {
    writeFileSync(`${dir}/${n}.log`, 'x'.repeat(8000));
    truncateSync(`${dir}/${n}.log`, 1024 ** 4);
    for (let link = 0; link < 20; link++) linkSync(`${dir}/${n}.log`, `${dir}/${n}.log.${link}`);
  }
  const { report, code } = await inspect([dir], { timeoutMs: 10_000 });
  expect([report.runs, report.errors, code]).toEqual([[], [], 0]);
});

test('one line of 64 MiB behind a good head, and control characters, are bounded and escaped', async () => {
  const dir = scratch(MEMORY);
  writeFileSync(`${dir}/a.log`, `(00.000001) Error (criu/a.c:1): \x1b[2J\u202e${'y'.repeat(4000)}\n`);
  appendFileSync(`${dir}/a.log`, Buffer.alloc(64 * 1024 ** 2, '.criu.mntns.aaaaaa/'));
  const { report, out } = await inspect([dir], { timeoutMs: 20_000 });
  expect(report.runs[0]?.firstError?.message.length).toBeLessThanOrEqual(1024);
  expect(out).not.toMatch(/[\x1b\u202e]/);
});

test('a log that is exchanged with a link outside meanwhile is never read', async (context) => {
  need(context, 'root', 'cc');
  const dir = scratch();
  for (const place of ['target', 'links', 'outside']) mkdirSync(`${dir}/${place}`);
  writeFileSync(`${dir}/target/web.log`, LOG);
  writeFileSync(`${dir}/outside/web.log`, LOG.replace('first', 'SECRET'));
  symlinkSync(`${dir}/outside/web.log`, `${dir}/links/web.log`);
  const racer = await swappingAll(`${dir}/target`, `${dir}/links`, ['web.log']);
  let [seen, missed] = [0, 0];
  const enough = await until(30_000, async () => {
    const { report, out } = await inspect([`${dir}/target`]);
    expect(out).not.toContain('SECRET');
    seen += report.runs.length;
    missed += 1 - report.runs.length;
    return seen > 3 && missed > 3;
  });
  await racer.stop();
  expect({ enough, seen, missed }).toMatchObject({ enough: true });
});
