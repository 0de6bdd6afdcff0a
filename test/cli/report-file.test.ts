import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, run, start, startProgram } from '../support/command.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';
import { after, inMountNamespace, pipedInto, quoted } from '../support/wrap.ts';

test('--report writes the JSON report beside the usual output, in a dry run too', async () => {
  const [dir, out] = [scratch(), scratch()];
  const path = plantLeftover(dir);
  const dry = await run(['-n', '--report', `${out}/dry.json`, dir]);
  expect(dry.out).toBe(`would remove ${path}\n`);
  expect(reportOf(readFileSync(`${out}/dry.json`)).summary.wouldRemove).toBe(1);
  const real = await run(['--report', `${out}/real.json`, dir]);
  expect(real.out).toBe(`removed ${path}\n`);
  expect(reportOf(readFileSync(`${out}/real.json`))).toMatchObject({ exitCode: 0, summary: { removed: 1 } });
  expect(readdirSync(out).sort()).toEqual(['dry.json', 'real.json']);
});

test('--report and --json write the same report', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { out } = await run(['--json', '-n', '--report', `${dir}/r`, dir]);
  expect(reportOf(readFileSync(`${dir}/r`)).items).toEqual(reportOf(out).items);
});

test('an old report is replaced as a whole, with the permissions of the umask', async () => {
  const dir = scratch();
  writeFileSync(`${dir}/r`, 'x'.repeat(100_000));
  await run(['-q', '--report', 'r', dir], { cwd: dir, wrap: after('umask 027') });
  expect(reportOf(readFileSync(`${dir}/r`)).exitCode).toBe(0);
  expect(readdirSync(dir)).toEqual(['r']);
});

test('a link is resolved first, a dangling one too, and stays', async () => {
  const dir = scratch();
  const [there, here] = [scratch(), scratch()];
  writeFileSync(`${there}/old`, '');
  symlinkSync(`${there}/old`, `${here}/a`);
  symlinkSync('b2', `${here}/b`);
  symlinkSync(`${there}/new`, `${here}/b2`);
  for (const name of ['a', 'b']) {
    await run(['--report', `${here}/${name}`, dir]);
    expect(lstatSync(`${here}/${name}`).isSymbolicLink()).toBe(true);
    expect(reportOf(readFileSync(`${here}/${name}`)).exitCode).toBe(0);
  }
  expect([readdirSync(there).sort(), readdirSync(here).sort()]).toEqual([
    ['new', 'old'],
    ['a', 'b', 'b2'],
  ]);
});

test('a FIFO and a device are written directly', async () => {
  const dir = scratch();
  plantLeftover(dir);
  await program(['mkfifo', `${dir}/fifo`]);
  const reader = startProgram(['cat', `${dir}/fifo`]);
  await run(['-n', '--report', `${dir}/fifo`, dir]);
  expect(reportOf((await reader.ended).stdout).summary.wouldRemove).toBe(1);
  expect(lstatSync(`${dir}/fifo`).isFIFO()).toBe(true);
  expect((await run(['-n', '-q', '--report', '/dev/null', dir])).code).toBe(0);
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.each([
  ['a pipe', pipedInto('cat')],
  ['a socket, as under systemd', []],
])('--report /dev/stdout writes to %s', async (_, wrap) => {
  const dir = scratch();
  plantLeftover(dir);
  const { out, code, err } = await run(['-n', '-q', '--report', '/dev/stdout', dir], { wrap });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(reportOf(out).summary.wouldRemove).toBe(1);
});

test('/dev/stdout is written directly also where that is a file', async () => {
  const [dir, out] = [scratch(), `${scratch()}/out`];
  plantLeftover(dir);
  const wrap = ['sh', '-c', `("$@"; echo done) > ${quoted(out)}`, 'sh'];
  await run(['-n', '-q', '--report', '/dev/stdout', dir], { wrap });
  const text = readFileSync(out, 'utf8');
  expect(text.endsWith('}\ndone\n')).toBe(true);
  expect(reportOf(text.slice(0, -'done\n'.length)).summary.wouldRemove).toBe(1);
});

test('a sweep that is killed leaves the old report whole', async () => {
  const dir = scratch(MEMORY);
  plantMany(dir, 30_000);
  const out = scratch();
  writeFileSync(`${out}/r`, 'old');
  const running = start(['--report', `${out}/r`, dir]);
  await running.printed('stdout', /removed/);
  running.kill('SIGKILL');
  expect((await running.ended).signal).toBe('SIGKILL');
  expect(list(dir).length).toBeGreaterThan(0);
  expect(readFileSync(`${out}/r`, 'utf8')).toBe('old');
});

test('a report that finds the disk full is exit 3, the sweep is done all the same, and no half report is left', async (context) => {
  need(context, 'root', 'namespaces');
  const [dir, out, seen] = [scratch(), scratch(), `${scratch()}/seen`];
  plantMany(dir, 3000);
  chmodSync(out, 0o755);
  const script = `mount -t tmpfs -o size=64k none ${quoted(out)}; echo old > ${quoted(out)}/r`;
  const look = [
    'sh',
    '-c',
    `"$@"; code=$?; ls -A ${quoted(out)} > ${quoted(seen)}; cat ${quoted(out)}/r >> ${quoted(seen)}; exit $code`,
  ];
  const {
    code,
    out: text,
    err,
  } = await run(['--report', `${out}/r`, dir], {
    wrap: [...inMountNamespace(script), ...look, 'sh'],
  });
  expect(code).toBe(3);
  expect(err).toMatch(/^criu-sweep: --report .*\/r: ENOSPC: no space left on device$/m);
  expect(text.split('\n')).toHaveLength(3001);
  expect(list(dir)).toEqual([]);
  expect(readFileSync(seen, 'utf8')).toBe('r\nold\n');
  expect(existsSync(`${out}/r`)).toBe(false);
});
