import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run, startProgram } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { bytesOf, outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { asUser, inMountNamespace, quoted, straced, withByteArguments } from '../support/wrap.ts';

/** Parents whose names attack terminals, logs, shells, options and decoders. */
const PARENTS: readonly string[] = [
  'new\nremoved etc',
  '\x1b[2J\x1b]0;owned\x07',
  '::error::owned',
  '%0A::warning::owned',
  '$(touch owned)',
  '`touch owned`;touch owned|touch owned',
  '-rf',
  '--older-than=0s',
  '*?[a]{b,c}',
  'not\xff\xfeutf8',
  'half\xc3',
  '\xe2\x80\xaegpj.exe',
  'c1\xc2\x9b31m',
  'back\\x1bslash',
];
/** Nothing in a line may move a cursor, turn it round, or end it early: C0, DEL, C1, marks, separators. */
const DANGEROUS = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]/;

const treeOf = (parents: readonly string[]) =>
  parents.map((parent) => ({ path: `${parent}/${leftoverName()}`, age: '2h' }));

test('names that attack, in the parents: found, removed, exact in JSON', async () => {
  const dir = scratch();
  const entries = treeOf(PARENTS);
  plant(dir, entries);
  const { report, code, err, out } = await sweep([dir]);
  expect(outcomes(report, dir)).toEqual(Object.fromEntries(entries.map(({ path }) => [path, 'removed'])));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(list(dir)).toEqual([...PARENTS].sort());
  expect(report.items.filter((item) => item.pathBase64 !== undefined)).toHaveLength(2);
  expect(report.items.map((item) => bytesOf(item)).sort()).toEqual(
    entries.map(({ path }) => `${dir}/${path}`).sort(),
  );
  expect(out).not.toMatch(DANGEROUS);
});

test.each(['text', 'ndjson'])('names that attack, in the parents: printed escaped as %s', async (format) => {
  const dir = scratch();
  plant(dir, treeOf(PARENTS));
  const { out, err } = await run(['-v', `--format=${format}`, dir]);
  expect(out + err).not.toMatch(DANGEROUS);
  if (format === 'text') {
    expect(
      out
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith(`removed ${dir}/`)),
    ).toEqual([]);
    expect(out).toContain(String.raw`/not\xff\xfeutf8/`);
    expect(out).toContain(String.raw`/new\x0aremoved etc/`);
  }
  expect(out.split('\n').filter((line) => line.startsWith('::'))).toEqual([]);
});

test('names that attack, in directories that cannot be swept: the messages are escaped too', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = scratch();
  plant(
    dir,
    PARENTS.flatMap((path) => [{ path: `${path}/below` }, { path, mode: '0000' }]),
  );
  const { err, code } = await run([dir], { wrap: asUser(65534) });
  expect(code).toBe(3);
  expect(err).not.toMatch(DANGEROUS);
  expect(
    err
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('criu-sweep: ')),
  ).toEqual([]);
});

test('names that attack, in targets: nothing is run, nothing is taken for an option', async (context) => {
  need(context, 'strace');
  const dir = scratch();
  const entries = treeOf(PARENTS);
  plant(dir, entries);
  const log = `${scratch()}/execs`;
  const targets = PARENTS.filter((name) => !/[\x80-\xff]/.test(name)).map((name) => `${dir}/${name}`);
  const { code } = await run(['--', ...targets], { wrap: straced(log, 'execve') });
  expect(code).toBe(0);
  expect(list(dir).filter((path) => path.includes('owned/'))).toEqual([]);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
  const relative = await run(['--', '-rf'], { cwd: dir });
  expect(relative.code).toBe(0);
});

test('a name that is not UTF-8 on a file system whose entries bear no type: found and removed', async (context) => {
  need(context, 'root', 'namespaces', 'loop devices');
  const dir = scratch();
  plant(dir, [{ path: 'disk.img', kind: 'file' }, { path: 'on' }]);
  const name = leftoverName();
  const wrap = inMountNamespace(`cd ${quoted(dir)}
    truncate -s 16M disk.img; mkfs.ext4 -q -O ^filetype disk.img; mount -o loop disk.img on
    bad=$(printf 'on/not\\377utf8'); mkdir "$bad" on/plain on/plain/deep; touch "$(printf 'on/file\\376')" on/file
    for where in on "$bad" on/plain on/plain/deep; do mkdir -m 0700 "$where/${name}"; touch -d '2 hours ago' "$where/${name}"; done`);
  const { report, code } = await sweep([`${dir}/on`], { wrap });
  expect(outcomes(report, `${dir}/on`)).toEqual({
    [name]: 'removed',
    [`not\xffutf8/${name}`]: 'removed',
    [`plain/${name}`]: 'removed',
    [`plain/deep/${name}`]: 'removed',
  });
  expect(code).toBe(0);
});

test('a name that is not UTF-8 as a target: swept, or said that it cannot be, never another directory', async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [
    { path: `not\xff/${name}`, age: '2h' },
    { path: `not\xef\xbf\xbd/${name}`, age: '2h' },
  ]);
  const { code, err } = await startProgram(withByteArguments(`${dir}/run.sh`, ['-q', `${dir}/not\xff`]))
    .ended;
  const left = list(dir).filter((path) => path.endsWith(name));
  expect(left).toContain(`not\xef\xbf\xbd/${name}`);
  expect(code === 0 ? left.length : 1).toBe(1);
  expect(err === '').toBe(code === 0);
});

test('a name that is not UTF-8 as a target, without /proc: refused, for nobody can tell its bytes', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  plant(dir, [{ path: `not\xff/${leftoverName()}`, age: '2h' }]);
  const words = withByteArguments(`${dir}/run.sh`, [`${dir}/not\xff`]);
  const { code, err } = await startProgram(words, { wrap: inMountNamespace('umount -l /proc') }).ended;
  expect({ code, left: list(dir).filter((path) => path.includes('.criu.')).length }).toEqual({
    code: 2,
    left: 1,
  });
  expect(err).toMatch(/^criu-sweep: .*is not UTF-8, and there is no \/proc to read it from: .*\n$/);
});

test('a name that is not UTF-8, without /proc: what cannot be entered is said', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [
    { path: `not\xff/${name}`, age: '2h' },
    { path: `plain/${name}`, age: '2h' },
  ]);
  const { report, code } = await sweep([dir], { wrap: inMountNamespace('umount -l /proc') });
  expect(outcomes(report, dir)[`plain/${name}`]).toBe('removed');
  if (outcomes(report, dir)[`not\xff/${name}`] === 'removed') return;
  expect(report.errors).toHaveLength(1);
  expect(code).toBe(3);
});

test('a glob of --exclude that is not UTF-8: excluded, and the report is no JSON that strict readers refuse', async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [
    { path: `\xff1/${name}`, age: '2h' },
    { path: `\xfe1/${name}`, age: '2h' },
  ]);
  const words = withByteArguments(`${dir}/run.sh`, ['--json', '-n', '--exclude', '\xff*', dir]);
  const { out } = await startProgram(words).ended;
  const report = reportOf(out);
  expect(outcomes(report, dir)).toEqual({ [`\xfe1/${name}`]: 'would-remove' });
  expect(report.policy.exclude).toEqual(['\ufffd*']);
});

test('names that are not UTF-8 as globs: matched byte by byte', async () => {
  const dir = scratch();
  const name = leftoverName();
  const parents = ['one\xff', 'one\xfe', 'two\xff\xff', 'three'];
  plant(
    dir,
    parents.map((parent) => ({ path: `${parent}/${name}`, age: '2h' })),
  );
  const args = ['-q', `${dir}/one?`, `${dir}/two\xff*`];
  const { code, err } = await startProgram(withByteArguments(`${dir}/run.sh`, args)).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const left = list(dir).filter((path) => path.endsWith(name));
  expect(left).toEqual([`three/${name}`]);
});

test('a name that is not UTF-8 as an exclude: kept', async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [
    { path: `not\xff/${name}`, age: '2h' },
    { path: `not\xfe/${name}`, age: '2h' },
  ]);
  const args = ['-q', '--exclude', 'not\xff/**', dir];
  const { code } = await startProgram(withByteArguments(`${dir}/run.sh`, args)).ended;
  expect(code).toBe(0);
  expect(list(dir).filter((path) => path.endsWith(name))).toEqual([`not\xff/${name}`]);
});

test('a report named in bytes that are not UTF-8: refused, nothing touched', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const args = ['--report', `${dir}/not\xff`, dir];
  const { code, err } = await startProgram(withByteArguments(`${dir}/run.sh`, args)).ended;
  expect(err).toMatch(/^criu-sweep: --report: [^\n]* is not UTF-8: name another file; see [^\n]*\n$/);
  expect(code).toBe(2);
  expect(list(dir)).toContain(path.slice(dir.length + 1));
});
