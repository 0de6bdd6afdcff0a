import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { startProgram } from '../../support/command.ts';
import { inspect } from '../../support/inspection.ts';
import { held } from '../../support/processes.ts';
import { logOf, stageRun } from '../../support/runs.ts';
import { scratch } from '../../support/scratch.ts';
import { asUser, inMountNamespace, quoted } from '../../support/wrap.ts';

const FAILED = logOf('dump-failed-3.16.1/dump.log');

test('what has a log’s name and is no file is said in a line each, and waited for by nobody', async (context) => {
  need(context, 'root');
  const dir = scratch();
  execFileSync('mkfifo', [`${dir}/dump.log`]);
  execFileSync('mknod', [`${dir}/restore.log`, 'c', '1', '5']);
  mkdirSync(`${dir}/criu.log`);
  execFileSync('ln', ['-s', '/etc/passwd', `${dir}/pre-dump.log`]);
  const server = createServer().listen(`${dir}/dump.log.12`);
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { report, code, err } = await inspect([dir], { timeoutMs: 30_000 });
  expect(err.trimEnd().split('\n').sort()).toEqual(
    [
      `criu-sweep: ${dir}/criu.log: is a directory, not a log: passed over`,
      `criu-sweep: ${dir}/dump.log.12: is a socket, not a log: passed over`,
      `criu-sweep: ${dir}/dump.log: is a FIFO, not a log: passed over`,
      `criu-sweep: ${dir}/pre-dump.log: is a symbolic link, not a log: passed over`,
      `criu-sweep: ${dir}/restore.log: is a device, not a log: passed over`,
    ].sort(),
  );
  expect([report.runs, report.errors, code]).toEqual([[], [], 0]);
});

test('very many of them are counted after the first twenty', async () => {
  const dir = scratch();
  for (let n = 0; n < 25; n++) mkdirSync(`${dir}/${n}/dump.log`, { recursive: true });
  const { err } = await inspect([dir]);
  expect(err.trimEnd().split('\n')).toHaveLength(21);
  expect(err).toContain('criu-sweep: 5 more that are no logs\n');
});

test('a log that may not be read is an error, and the others are read', async (context) => {
  need(context, 'root', 'setpriv');
  const root = scratch();
  for (const folder of ['dump-failed-3.16.1', 'dump-killed-3.17.1']) stageRun(root, folder);
  chmodSync(`${root}/dump-failed-3.16.1/dump.log`, 0o600);
  chmodSync(`${root}/dump-killed-3.17.1/dump.log`, 0o644);
  const { report, code, err } = await inspect([root], { wrap: asUser(65534) });
  const path = `${root}/dump-failed-3.16.1/dump.log`;
  expect(report.errors).toEqual([{ path, code: 'EACCES', syscall: 'open' }]);
  expect(report.runs.map(({ outcome }) => outcome)).toEqual(['cut-off']);
  expect(err).toContain(`${path}: EACCES: permission denied`);
  expect(code).toBe(3);
});

test('of a log of 10 GB the start and the end are read', async () => {
  const dir = scratch();
  writeFileSync(`${dir}/dump.log`, FAILED.subarray(0, 20_000));
  truncateSync(`${dir}/dump.log`, 10 * 1024 ** 3);
  appendFileSync(`${dir}/dump.log`, '\n(00.900000) Error (criu/cr-dump.c:2053): Dumping FAILED.\n');
  const { report, code } = await inspect([dir], { timeoutMs: 30_000 });
  expect(report.runs).toMatchObject([{ version: '3.16.1', outcome: 'failed' }]);
  expect(code).toBe(0);
});

test('a file of 10 GB of something else is passed over', async () => {
  const dir = scratch();
  writeFileSync(`${dir}/dump.log`, 'no log of CRIU\n'.repeat(10_000));
  truncateSync(`${dir}/dump.log`, 10 * 1024 ** 3);
  const { report, code, err } = await inspect([dir], { timeoutMs: 30_000 });
  expect([report.runs, err, code]).toEqual([[], '', 0]);
});

test('a log that grows without end is read as far as it was when it was opened', async () => {
  const dir = scratch();
  writeFileSync(`${dir}/dump.log`, FAILED.subarray(0, 20_000));
  const write = `echo ready; while :; do echo '(00.900000) still at it' >> ${quoted(`${dir}/dump.log`)}; done`;
  await held(startProgram(['sh', '-c', write]));
  const { report } = await inspect([dir], { timeoutMs: 45_000 });
  expect(report.runs).toMatchObject([{ version: '3.16.1', outcome: 'cut-off' }]);
});

test('logs that are not CRIU’s are passed over', async () => {
  const dir = scratch();
  for (const [folder, name] of [
    ['made-not-criu-binary', 'criu.log'],
    ['made-not-criu-mongo', 'restore.log'],
    ['made-not-criu-pg', 'dump.log'],
  ]) {
    mkdirSync(`${dir}/${folder}`);
    writeFileSync(`${dir}/${folder}/${name}`, logOf(`${folder}/${name}`));
  }
  const { report, code, err } = await inspect([dir]);
  expect([report.runs, err, code]).toEqual([[], '', 0]);
});

test('logs below directories whose names are no UTF-8, or would write to a terminal, are found and named exactly', async () => {
  const dir = scratch();
  const names = [
    Buffer.from('a\xffb', 'latin1'),
    Buffer.from('\x1b[31m\n'),
    Buffer.from('ü'),
    Buffer.from('.\\a'),
  ];
  const logs = names.map((name) => Buffer.concat([Buffer.from(`${dir}/`), name, Buffer.from('/dump.log')]));
  for (const log of logs) {
    mkdirSync(log.subarray(0, log.lastIndexOf(0x2f)));
    writeFileSync(log, FAILED);
  }
  const { report, stdout } = await inspect([dir]);
  const found = report.runs.map(({ log, logBase64 }) =>
    logBase64 === undefined ? Buffer.from(log) : Buffer.from(logBase64, 'base64'),
  );
  expect(found.map((log) => log.toString('latin1')).sort()).toEqual(
    logs.map((log) => log.toString('latin1')).sort(),
  );
  expect(report.runs.filter(({ logBase64 }) => logBase64 !== undefined)).toHaveLength(1);
  expect(stdout.includes('\x1b')).toBe(false);
});

test('logs are looked for where a sweep looks: not below what is excluded, too deep, or another file system', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  for (const place of ['top', 'excluded', 'a/b/deep', 'other', '.criu.mntns.aB3dEf']) {
    mkdirSync(`${dir}/${place}`, { recursive: true });
    writeFileSync(`${dir}/${place}/dump.log`, FAILED);
  }
  copyFileSync(`${dir}/top/dump.log`, `${dir}/log-of-another-name`);
  const wrap = inMountNamespace(
    `mount -t tmpfs none ${quoted(`${dir}/other`)}; cp ${quoted(`${dir}/top/dump.log`)} ${quoted(`${dir}/other/`)}`,
  );
  const logs = async (...args: string[]) =>
    (await inspect([...args, dir], { wrap })).report.runs.map(({ log }) => log.slice(dir.length + 1)).sort();
  expect(await logs()).toEqual(['a/b/deep/dump.log', 'excluded/dump.log', 'top/dump.log']);
  expect(await logs('--exclude', 'excluded', '--max-depth', '2')).toEqual(['top/dump.log']);
  expect(await logs('--exclude', '**/dump.log')).toEqual([]);
  expect(await logs('--cross-device', '--max-depth', '2')).toEqual([
    'excluded/dump.log',
    'other/dump.log',
    'top/dump.log',
  ]);
});

test('on a file system whose entries bear no type, logs are found as well', async (context) => {
  need(context, 'root', 'namespaces', 'mkfs.ext4');
  const dir = scratch();
  writeFileSync(`${dir}/dump.log`, FAILED);
  writeFileSync(`${dir}/image`, '');
  truncateSync(`${dir}/image`, 16 * 1024 ** 2);
  execFileSync('mkfs.ext4', ['-q', '-O', '^filetype', `${dir}/image`]);
  mkdirSync(`${dir}/fs`);
  const wrap = inMountNamespace(`cd ${quoted(dir)}
    mount -o loop image fs
    mkdir -p fs/a/b "fs/$(printf 'x\\377')"
    for place in fs fs/a/b fs/x*; do cp dump.log "$place"; done`);
  const { report, code } = await inspect([`${dir}/fs`], { wrap });
  expect(report.runs.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
  expect(code).toBe(0);
});

test('a tree deeper than any path is inspected as far as paths reach, and the rest is said', async () => {
  const dir = scratch();
  execFileSync(
    'sh',
    ['-c', 'for i in $(seq 1100); do mkdir abcdefgh && cd -P abcdefgh; done 2>/dev/null || :'],
    {
      cwd: dir,
    },
  );
  mkdirSync(`${dir}/abcdefgh/w`);
  writeFileSync(`${dir}/abcdefgh/w/dump.log`, FAILED);
  const { report, code } = await inspect([dir], { timeoutMs: 30_000 });
  expect(report.runs).toHaveLength(1);
  expect(code === 0 || report.errors.every((error) => error.code === 'ENAMETOOLONG')).toBe(true);
});

test('a report that is to be written is there as a whole', async () => {
  const dir = scratch();
  stageRun(dir, 'dump-ok-3.16.1');
  const file = `${dir}/report.json`;
  const { out } = await inspect(['--report', file, dir]);
  const written: unknown = JSON.parse(execFileSync('cat', [file], { encoding: 'utf8' }));
  expect(written).toMatchObject({ runs: [{ version: '3.16.1' }] });
  expect(Object.keys(Object(written))).toEqual(Object.keys(Object(JSON.parse(out))));
});

test('a descriptor limit is no limit to the number of logs', async (context) => {
  need(context, 'prlimit');
  const dir = scratch();
  for (let n = 0; n < 100; n++) {
    mkdirSync(`${dir}/${n}`);
    writeFileSync(`${dir}/${n}/dump.log`, FAILED);
  }
  const { report } = await inspect([dir], { wrap: ['prlimit', '--nofile=64:64', '--'] });
  expect(report.runs).toHaveLength(100);
});

test('of runs that were appended to one file the last one is told, with nothing of those before', async () => {
  const [failed, killed] = [FAILED, logOf('dump-killed-3.17.1/dump.log')];
  const succeeded = logOf('dump-ok-3.16.1/dump.log');
  const dir = scratch();
  for (const [name, runs] of Object.entries({
    'failed-ok': [failed, succeeded],
    'ok-killed': [succeeded, killed],
    'killed-restored': [killed, logOf('restore-ok-3.17.1/restore.log')],
  })) {
    mkdirSync(`${dir}/${name}`);
    writeFileSync(`${dir}/${name}/criu.log`, Buffer.concat(runs));
  }
  const { report } = await inspect([dir]);
  const runs = report.runs.map(({ log, operation, version, outcome, firstError }) => [
    log.split('/').at(-2),
    ...[operation, version, outcome, firstError],
  ]);
  expect(runs.sort()).toEqual([
    ['failed-ok', 'dump', '3.16.1', 'succeeded', null],
    ['killed-restored', 'restore', '3.17.1', 'succeeded', null],
    ['ok-killed', 'dump', '3.17.1', 'cut-off', null],
  ]);
});
