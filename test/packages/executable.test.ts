import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, inject, test } from 'vitest';
import pinned from '../../packaging/node.json' with { type: 'json' };
import { need } from '../support/abilities.ts';
import { PACKAGE, program, type RunOptions, startProgram } from '../support/command.ts';
import { AA_POLICY, leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'strip'));

const executable = (args: readonly string[], options?: RunOptions) =>
  startProgram([inject('packed').executable, ...args], options).ended;

test('it is one file that sweeps, alone in a directory', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  expect(await executable(['-v', dir])).toMatchObject({ code: 0, out: `removed ${leftover}\n` });
  expect(readdirSync(dir)).toEqual([]);
});

test('nothing is said of its Node, nor that its code cache was of no use', async () => {
  const version = await executable(['--version']);
  expect(version).toMatchObject({
    code: 0,
    err: '',
    out: `${JSON.parse(readFileSync(`${PACKAGE}package.json`, 'utf8')).version}\n`,
  });
  const onOneCpu = await executable(['-n', scratch()], { wrap: ['taskset', '1'] });
  expect(onOneCpu).toMatchObject({ code: 0, err: '' });
});

test('no option reaches its Node: neither by NODE_OPTIONS nor by the command line', async () => {
  const dir = scratch();
  writeFileSync(`${dir}/evil.cjs`, `require('node:fs').writeFileSync('${dir}/was-here', '');`);
  const env = { NODE_OPTIONS: `--require ${dir}/evil.cjs --no-such-option` };
  expect(await executable(['--version'], { env })).toMatchObject({ code: 0, err: '' });
  expect(readdirSync(dir)).toEqual(['evil.cjs']);
  expect(await executable([`--require=${dir}/evil.cjs`, dir])).toMatchObject({ code: 2 });
  expect(readdirSync(dir)).toEqual(['evil.cjs']);
});

test('its words are those of the command line: bytes that are not UTF-8 too', async () => {
  const dir = scratch();
  const name = Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9])]);
  mkdirSync(name);
  mkdirSync(Buffer.concat([name, Buffer.from(`/${leftoverName()}`)]), { mode: 0o700 });
  writeFileSync(
    `${dir}/script`,
    Buffer.concat([
      Buffer.from(`exec ${quoted(inject('packed').executable)} --older-than 0s -v '`),
      name,
      Buffer.from("'\n"),
    ]),
  );
  const { code, out } = await program(['sh', `${dir}/script`]);
  expect(code).toBe(0);
  expect(out).toContain(`removed ${dir}/caf\\xe9/${AA_POLICY}`);
});

test('schedule prints it alone, by its path', async () => {
  const { executable: path } = inject('packed');
  const cron = await executable(['schedule', 'cron', '--', '/var/lib/criu']);
  expect(cron.out).toContain(` root ${path} -q /var/lib/criu\n`);
  const systemd = await executable(['schedule', 'systemd', '--', '/var/lib/criu']);
  expect(systemd.out).toContain(`\nExecStart=${path} /var/lib/criu\n`);
});

test.each(['run', 'inspect', 'doctor', 'schedule', 'completion'])('%s is in it', async (name) => {
  expect(await executable([name, '--help'])).toMatchObject({ code: 0, err: '' });
});

test.each([
  'bash',
  'zsh',
  'fish',
])('so are the templates: the completions of %s are those of the package', async (shell) => {
  const ours = await program([process.execPath, `${PACKAGE}bin/criu-sweep.js`, 'completion', shell]);
  expect((await executable(['completion', shell])).out).toBe(ours.out);
});

test('nothing in it tells where it was built', () => {
  expect(readFileSync(inject('packed').executable).includes(PACKAGE)).toBe(false);
});

test('it needs no newer libraries than glibc 2.28 (RHEL 8, Debian 10, Ubuntu 20.04) and GCC 5', async () => {
  const { out } = await program(['objdump', '--dynamic-syms', inject('packed').executable]);
  const newest = (library: string) => {
    const versions = [...out.matchAll(new RegExp(`\\(${library}_([0-9.]+)\\)`, 'g'))].map(
      ([, version = '']) => version,
    );
    return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  };
  expect(newest('GLIBC')).toBe('2.28');
  expect(newest('GLIBCXX')).toBe('3.4.21');
});

test('its Node is one that is pinned with a hash, the same for each processor', () => {
  for (const arch of ['x64', 'arm64'])
    expect(Object.keys(pinned.integrity)).toContain(`node-linux-${arch}@${pinned.embedded}`);
  for (const hash of Object.values(pinned.integrity)) expect(hash).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
});
