import { mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { COMMAND, run, startProgram } from '../../support/command.ts';
import { AA_POLICY, leftoverName, plantLeftover, plantMany } from '../../support/leftovers.ts';
import { RECORDED, stageRun } from '../../support/runs.ts';
import { scratch } from '../../support/scratch.ts';
import { quoted } from '../../support/wrap.ts';

const env = { TZ: 'UTC' };

/** What `inspect` shows on a terminal that is so wide, without its line ends' carriage returns. */
async function inspectOnTerminal(
  columns: number,
  args: readonly string[],
  more: Record<string, string> = {},
) {
  const command = [...COMMAND, 'inspect', ...args].map(quoted).join(' ');
  const line = `stty cols ${columns} rows 24; exec ${command}`;
  const argv = ['script', '--quiet', '--return', '--echo=never', '--command', line, '/dev/null'];
  return (await startProgram(argv, { env: { ...env, ...more } }).ended).out.replaceAll('\r\n', '\n');
}

/** The recorded runs, and beside them a leftover of no known run; the path is the same length at each test. */
function plantRuns(): string {
  const root = scratch();
  for (const folder of RECORDED) stageRun(root, folder);
  const restore = `${root}/restore-ok-3.17.1/restore.log`;
  utimesSync(restore, 1795464200, 1795464200);
  mkdirSync(`${root}/unknown`);
  const left = `${root}/unknown/.criu.cgyard.aB3dEf`;
  mkdirSync(left, { mode: 0o700 });
  mkdirSync(`${left}/x`);
  utimesSync(left, 1795464100, 1795464100);
  return root;
}

const normal = (text: string, root: string) =>
  text.replaceAll(root, '/ROOT').replace(/\d+[smhd]+ (ago|old)/g, 'N $1');

test('without a terminal: every run in a line, no colour, nothing broken', async () => {
  const root = plantRuns();
  const { out, err, code } = await run(['inspect', root], { env });
  expect(normal(out, root)).toBe(`/ROOT/dump-killed-3.17.1
  cut off    dump by CRIU 3.17.1, 2026-11-23 20:03:40 (N ago), killed or crashed after 0.1 s, dump.log
             would remove .criu.temp-aa-policy.eH2jdU (N old)

/ROOT/dump-nopid-3.17.1
  failed     dump by CRIU 3.17.1, 2026-11-23 20:03:36 (N ago), took 0.7 s, dump.log
             compel/src/lib/infect.c:356: Unable to detach from 99999: No such process

/ROOT/dump-failed-3.16.1
  failed     dump by CRIU 3.16.1 (leaves a directory at every dump), 2026-11-23 20:03:33 (N ago), took 0.2 s, dump.log
             criu/sk-unix.c:864: unix: External socket is used. Consider using --ext-unix-sk option.
             would remove .criu.temp-aa-policy.CEPj2Y (N old)
  images     11 files, 0 B, N old

/ROOT/dump-ok-3.16.1-quiet
  succeeded  dump, version not logged, 2026-11-23 20:03:31 (N ago), dump.log
             would remove .criu.temp-aa-policy.Cm69Uo (N old)
  images     12 files, 0 B, N old

/ROOT/dump-ok-3.16.1
  succeeded  dump by CRIU 3.16.1 (leaves a directory at every dump), 2026-11-23 20:03:27 (N ago), took 1.3 s, dump.log
             would remove .criu.temp-aa-policy.UUMmzb (N old)
  images     12 files, 0 B, N old

/ROOT/unknown
  left by no run that a log here tells of
             would keep .criu.cgyard.aB3dEf: not-empty

/ROOT/restore-ok-3.17.1
  succeeded  restore by CRIU 3.17.1, 2026-11-23 20:03:19 (N ago), took 0.5 s, restore.log

6 runs: 3 succeeded, 2 failed, 1 cut off; 5 leftovers: 4 would be removed, 1 kept (1 not-empty); images of 0 B in 3 directories

Next:
  # remove the 4 leftovers
  criu-sweep /ROOT
  # read on why the newest of these runs was cut off
  less /ROOT/dump-killed-3.17.1/dump.log
  # CRIU 3.16.1 leaves a directory at every dump: is it still the one here?
  criu-sweep doctor
`);
  expect([err, code]).toEqual(['', 0]);
});

test('on a narrow terminal what can be broken fits, and errors are cut', async (context) => {
  need(context, 'script');
  const root = plantRuns();
  const out = await inspectOnTerminal(50, ['--color', 'never', root]);
  const commands = /^ +(criu-sweep|less) |\/(dump|restore|unknown)[^ ]*$/;
  const tooLong = out.split('\n').filter((line) => line.length > 50 && !commands.test(line));
  expect(tooLong).toEqual([]);
  expect(out).toContain(`
  failed dump by CRIU 3.17.1, 2026-11-23 20:03:36
    (`);
  expect(out).toContain('\n    compel/src/lib/infect.c:356: Unable to detach…\n');
});

test('with -v errors are whole on any terminal', async (context) => {
  need(context, 'script');
  const out = await inspectOnTerminal(50, ['--color', 'never', '-v', plantRuns()]);
  expect(out).toContain(`
    compel/src/lib/infect.c:356: Unable to detach
    from 99999: No such process
`);
});

test('a wide terminal shows what no terminal does, coloured', async (context) => {
  need(context, 'script');
  const root = plantRuns();
  const out = await inspectOnTerminal(300, [root]);
  const plain = (await run(['inspect', root], { env })).out;
  expect(out).toContain('\x1b[31mcut off\x1b[39m    dump by CRIU 3.17.1');
  expect(out).toContain('\x1b[33mwould remove\x1b[39m .criu.temp-aa-policy.eH2jdU');
  // biome-ignore lint/complexity/useRegexLiterals: an escape character stands better in a string
  expect(normal(out.replaceAll(new RegExp('\x1b\\[\\d+m', 'g'), ''), root)).toBe(normal(plain, root));
});

test('NO_COLOR and --color never turn colour off, --color always turns it on', async (context) => {
  need(context, 'script');
  const root = plantRuns();
  expect(await inspectOnTerminal(100, [root], { NO_COLOR: '1' })).not.toContain('\x1b');
  expect(await inspectOnTerminal(100, ['--color', 'never', root])).not.toContain('\x1b');
  expect((await run(['inspect', '--color', 'always', root], { env })).out).toContain(
    '\x1b[31mfailed\x1b[39m',
  );
});

test('of very many leftovers in a work dir ten are shown, and all with -v', async () => {
  const root = scratch();
  plantMany(root, 300);
  const { out } = await run(['inspect', root]);
  expect(out.match(/would remove \.criu/g)).toHaveLength(10);
  expect(out).toContain('would remove 290 more; -v shows them\n');
  expect(out).toContain('0 runs; 300 leftovers: 300 would be removed\n');
  const all = await run(['inspect', '-v', root]);
  expect(all.out.match(/would remove \.criu/g)).toHaveLength(300);
});

test('where there is nothing, it says how much it has looked at', async () => {
  const root = scratch();
  mkdirSync(`${root}/a/b`, { recursive: true });
  const { out, code } = await run(['inspect', root]);
  expect(out).toBe(`${root}: swept, 3 directories with 2 entries\n\n0 runs; 0 leftovers\n`);
  expect(code).toBe(0);
  const one = await run(['inspect', `${root}/a/b`]);
  expect(one.out).toContain(': swept, 1 directory with 0 entries\n');
});

test('names cannot write to a terminal or forge a line', async () => {
  const root = scratch();
  const dir = `${root}/\x1b[2J\u202e\n/ROOT`;
  mkdirSync(dir, { recursive: true });
  plantLeftover(dir);
  const { out } = await run(['inspect', '--color', 'never', dir]);
  expect(out).toContain(`${root}/\\x1b[2J\\u202e\\x0a/ROOT\n`);
  expect(out).toContain(`  criu-sweep $'${root}/\\033[2J\\342\\200\\256\\012/ROOT'\n`);
  expect(out).not.toMatch(/[\x1b\u202e]/);
});

test('the sweep that is advised is the one that was inspected', async () => {
  const root = scratch();
  plantLeftover(root);
  const options = [
    '--older-than',
    '90m',
    '--owner',
    'any',
    '--exclude',
    'a b',
    '--max-depth',
    '3',
    '--age-by',
    'mtime',
    '--prefix',
    AA_POLICY,
  ];
  const { out } = await run(['inspect', ...options, root]);
  const sweep = `--older-than 1h30m --prefix ${AA_POLICY} --owner any --max-depth 3 --exclude 'a b' ${root}`;
  expect(out).toContain(`\n  criu-sweep ${sweep}\n`);
  expect(out).toContain(`\n  criu-sweep schedule systemd -- ${sweep}\n`);
});

test('-q says nothing but errors', async () => {
  const root = plantRuns();
  const { out, err, code } = await run(['inspect', '-q', root]);
  expect([out, err, code]).toEqual(['', '', 0]);
});

const CHECKED: readonly (readonly [string, (dir: string) => unknown, number])[] = [
  ['a leftover that a sweep would remove', (dir) => plantLeftover(dir), 1],
  ['a run that failed', (dir) => stageRun(dir, 'dump-nopid-3.17.1'), 1],
  ['a run that was cut off', (dir) => stageRun(dir, 'dump-killed-3.17.1'), 1],
  ['a run that succeeded and left nothing', (dir) => stageRun(dir, 'restore-ok-3.17.1'), 0],
  ['nothing', () => {}, 0],
  ['a young directory of no known run', (dir) => mkdirSync(`${dir}/${leftoverName()}`, { mode: 0o700 }), 0],
  ['a link of such a name', (dir) => symlinkSync('/', `${dir}/${leftoverName()}`), 0],
];

test.each(CHECKED)('--check: %s', async (_, plant, expected) => {
  const dir = scratch();
  plant(dir);
  expect((await run(['inspect', '--check', '-q', dir])).code).toBe(expected);
  expect((await run(['inspect', '-q', dir])).code).toBe(0);
});

test('--check: what cannot be read wins', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, err } = await run(['inspect', '--check', dir, `${dir}/missing`]);
  expect(err).toContain('/missing: ENOENT');
  expect(code).toBe(3);
});

test.each([
  [['--older-than', '60'], "--older-than: '60' is not a duration"],
  [['--format', 'ndjson'], "option '--format <format>' argument 'ndjson' is invalid"],
  [['/proc'], '/proc: is never swept'],
  [['--nonsense'], "unknown option '--nonsense'"],
  [[''], 'a target is the empty string'],
])('wrong usage %j is a line and exit 2', async (args, message) => {
  const { out, err, code } = await run(['inspect', ...args]);
  expect(err).toContain(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect([out, code]).toEqual(['', 2]);
});

test('a signal ends it with a whole report that says so', async () => {
  const root = scratch('/dev/shm');
  plantMany(root, 20_000);
  const running = startProgram([...COMMAND, 'inspect', '--json', root]);
  await running.printed('stdout', /"runs"/);
  running.kill('SIGTERM');
  const { signal, out } = await running.ended;
  expect(JSON.parse(out)).toMatchObject({ interrupted: 'SIGTERM', exitCode: 143 });
  expect(signal).toBe('SIGTERM');
});

test('--max-runtime ends it with exit 3', async () => {
  const root = scratch();
  stageRun(root, 'dump-ok-3.16.1');
  const { out, code } = await run(['inspect', '--json', '--max-runtime', '1ms', root]);
  expect(JSON.parse(out)).toMatchObject({ interrupted: 'timeout' });
  expect(code).toBe(3);
});

test('a reader that goes away ends it quietly', async () => {
  const root = scratch();
  plantMany(root, 5_000);
  const ended = await startProgram([
    'bash',
    '-c',
    `${[...COMMAND, 'inspect', '-v', root].map(quoted).join(' ')} | head -1; echo "\${PIPESTATUS[0]}"`,
  ]).ended;
  expect(ended.out).toBe(`${root}\n0\n`);
  expect(ended.err).toBe('');
});
