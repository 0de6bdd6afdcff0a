import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeCommands } from '../../src/commands/describe.ts';
import { COMMANDS } from '../../src/commands/list.ts';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { KNOWN_WORK_DIRS, MOVABLE_ROOTS } from '../../src/criu/work-dirs.ts';
import { manualPage } from '../../src/manual/page.ts';
import { can, need } from '../support/abilities.ts';
import { PACKAGE, program, run } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';

const PAGE = `${PACKAGE}dist/criu-sweep.8`;
const WIDE = { MANWIDTH: '1000', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };

/** Words alone, as neither a help's columns nor a page's hyphens and spaces matter. */
const words = (text: string): string => text.replace(/[‐‑−]/g, '-').replace(/[’]/g, "'").replace(/\s+/g, ' ');

test('man, groff and mandoc find nothing to warn of', async (context) => {
  need(context, 'man', 'mandoc');
  const env = { ...WIDE, MANROFFSEQ: '' };
  const man = await program(['man', '--warnings', '-E', 'UTF-8', '-l', PAGE], { env });
  expect(man.err).toBe('');
  const groff = await program(['groff', '-ww', '-b', '-man', '-Kutf8', '-Tutf8', '-z', PAGE]);
  expect(groff.out + groff.err).toBe('');
  const mandoc = await program(['mandoc', '-Tlint', '-W', 'warning', PAGE]);
  expect(mandoc.out + mandoc.err).toBe('');
});

test('npm installs it, and completions come from the command that it installs', async (context) => {
  need(context, 'npm');
  const prefix = scratch();
  const install = [
    'npm',
    'install',
    '--global',
    '--offline',
    '--ignore-scripts',
    '--prefix',
    prefix,
    PACKAGE,
  ];
  await program(install, { env: { npm_config_cache: `${prefix}/cache` } });
  expect(readFileSync(`${prefix}/share/man/man8/criu-sweep.8`, 'utf8')).toBe(readFileSync(PAGE, 'utf8'));
  const { out } = await program([`${prefix}/bin/criu-sweep`, 'completion', 'bash']);
  expect(out).toContain('complete -F _criu_sweep criu-sweep');
});

describe('the page, read by man,', () => {
  let page = '';

  beforeEach((context) => need(context, 'man'));

  beforeAll(async () => {
    if (can('man')) page = (await program(['man', '-E', 'UTF-8', '-l', PAGE], { env: WIDE })).out;
  });

  test.each([null, ...COMMANDS.map(({ name }) => name)])('has all that --help says of %s', async (name) => {
    const { out } = await run([...(name === null ? [] : [name]), '--help']);
    const [, usage] = /^Usage: (.*)$/m.exec(out) ?? [];
    const options = out.slice(out.indexOf('\nOptions:\n') + 10).split('\n\n')[0] ?? '';
    const entries = options.split(/\n(?= {2}-)/).map((entry) => words(entry.trim().replace(/ {2,}/, ' ')));
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) expect(words(page)).toContain(entry);
    expect(words(page)).toContain(words(`${usage}`).replace(/^(criu-sweep )?(criu-sweep )?/, ''));
  });

  test('has every name that is ever removed, and every directory of --known', () => {
    expect(CATALOGUE).toHaveLength(10);
    for (const { prefix } of CATALOGUE) expect(words(page)).toContain(` ${prefix}XXXXXX mode 0`);
    const targets = KNOWN_WORK_DIRS.flatMap(({ target }) => (target === null ? [] : [target]));
    for (const target of targets) expect(words(page)).toContain(` ${target} `);
    for (const { file, keys } of MOVABLE_ROOTS) expect(words(page)).toContain(`${keys.join('.')} of ${file}`);
  });

  test('has the sections that an operator looks for', () => {
    for (const title of [
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'OPTIONS',
      'COMMANDS',
      'EXIT STATUS',
      'ENVIRONMENT',
      'FILES',
      'SAFETY',
      'EXAMPLES',
      'SEE ALSO',
    ])
      expect(page).toMatch(new RegExp(`^${title}$`, 'm'));
  });
});

test('nothing in a definition can be taken for a command of roff', async (context) => {
  need(context, 'man');
  const hostile = `.so /etc/passwd\n'ds x \\n(yr "quoted" \\fB~^\`-`;
  const [sweep] = await describeCommands([]);
  if (sweep === undefined) throw new Error('no sweep');
  const command = { ...sweep, name: 'x', usage: 'x', description: hostile, options: [], args: [] };
  const template = '.TH X 8 2026-01-01\n.SH NAME\nx \\- y\n.SH COMMANDS\n{{commands}}\n';
  const text = manualPage({
    template,
    commands: [sweep, command],
    kinds: [],
    workDirs: [],
    movableRoots: [],
    version: '1',
    date: '2026-01-01',
  });
  const { out, err } = await program(['groff', '-ww', '-man', '-Kutf8', '-Tutf8', '-P-cbou', '-rLL=500n'], {
    stdin: text,
    cwd: scratch(),
  });
  expect(err).toBe('');
  expect(words(out)).toContain(words(hostile));
});
