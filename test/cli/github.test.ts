import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, run } from '../support/command.ts';
import { AA_POLICY, plantLeftover, plantMany } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';

beforeEach((context) => need(context, 'root'));

test('each leftover is a warning, and the step summary has a table of them', async () => {
  const [dir, out] = [scratch(), scratch()];
  const leftover = plantLeftover(dir);
  writeFileSync(`${out}/summary.md`, '# before\n');
  const env = { GITHUB_STEP_SUMMARY: `${out}/summary.md` };
  const dry = await run(['-n', '--format', 'github', dir], { env });
  expect(dry).toMatchObject({
    code: 0,
    out: `::warning title=Leftover of CRIU%2C would be removed::${leftover}\n`,
  });
  const swept = await run(['--format', 'github', dir], { env });
  expect(swept).toMatchObject({ code: 0, out: `::warning title=Leftover of CRIU removed::${leftover}\n` });
  const summary = readFileSync(`${out}/summary.md`, 'utf8');
  expect(summary).toMatch(/^# before\n### criu-sweep\n\n1 would be removed, 0 kept in/);
  expect(summary).toMatch(/\n\| outcome \| directory \|\n\|---\|---\|\n\| would be removed \| <code>/);
  expect(summary).toMatch(/\n### criu-sweep\n\n1 removed, 0 kept in .*\n\n\|.*\n\|.*\n\| removed \| <code>/);
});

test('no more than ten warnings, then a count', async () => {
  const dir = scratch();
  plantMany(dir, 14);
  const { out } = await run(['--format', 'github', dir]);
  expect(out.match(/^::warning /gm)).toHaveLength(10);
  expect(out).toMatch(/\n::notice title=criu-sweep::4 more warnings like these\n$/);
});

test('what failed is an error', async (context) => {
  need(context, 'chattr');
  const dir = scratch();
  const leftover = plantLeftover(dir);
  await program(['chattr', '+i', leftover]);
  const { code, out } = await run(['--format', 'github', dir, `${dir}/missing`]);
  await program(['chattr', '-i', leftover]);
  expect(code).toBe(3);
  expect(out).toContain(
    `::error title=Leftover of CRIU not removed::${leftover}: EPERM: operation not permitted\n`,
  );
  expect(out).toContain(`::error title=Not swept::${dir}/missing: ENOENT: no such file or directory`);
});

test('no name can give the runner a command, a column or a tag', async () => {
  const [dir, out] = [scratch(), scratch()];
  const hostile = [
    '\n::error::forged',
    '##[error]forged',
    '100%0A::add-mask::x',
    '`|<script>alert(1)<',
    '::stop-commands::x',
  ];
  for (const name of hostile) mkdirSync(`${dir}/${name}`);
  for (const name of hostile) plantLeftover(`${dir}/${name}`);
  writeFileSync(`${dir}/##[error]y`, '');
  const env = { GITHUB_STEP_SUMMARY: `${out}/summary.md` };
  const { stdout, err } = await run(['--format', 'github', '-v', dir, `${dir}/##[error]y`], { env });
  const lines = stdout.toString().trimEnd().split('\n');
  expect(lines).toHaveLength(hostile.length + 1);
  for (const line of lines) expect(line).toMatch(/^::(warning|error) title=[\w %]+::\//);
  expect(stdout.toString()).toContain(`${dir}/100%250A::add-mask::x/${AA_POLICY}`);
  expect(err).not.toContain('##[');
  expect(err).toContain('#\\x23[error]y');
  const rows = readFileSync(`${out}/summary.md`, 'utf8').split('\n').slice(6, -2);
  expect(rows).toHaveLength(hostile.length + 1);
  for (const row of rows)
    expect(row).toMatch(/^\| [^|<`]+ \| <code>[^|<>`#[\]*_]*(&#\d+;[^|<>`[\]*_]*)*<\/code> \|$/);
});

test('a table of many has a hundred rows and a count', async () => {
  const [dir, out] = [scratch(), scratch()];
  plantMany(dir, 150);
  const env = { GITHUB_STEP_SUMMARY: `${out}/summary.md` };
  await run(['--format', 'github', dir], { env });
  const summary = readFileSync(`${out}/summary.md`, 'utf8');
  expect(summary.match(/^\| removed /gm)).toHaveLength(100);
  expect(summary).toMatch(/\n\nand 50 more\n/);
});

test('other formats leave the step summary alone; one that cannot be written is exit 3', async () => {
  const [dir, out] = [scratch(), scratch()];
  plantMany(dir, 2);
  await run(['--json', '-n', dir], { env: { GITHUB_STEP_SUMMARY: `${out}/s` } });
  expect(() => readFileSync(`${out}/s`)).toThrow('ENOENT');
  const lost = await run(['--format', 'github', dir], { env: { GITHUB_STEP_SUMMARY: `${out}/missing/s` } });
  expect(lost).toMatchObject({ code: 3 });
  expect(lost.out.match(/^::warning/gm)).toHaveLength(2);
  expect(lost.err).toContain(`criu-sweep: $GITHUB_STEP_SUMMARY ${out}/missing/s: ENOENT`);
});
