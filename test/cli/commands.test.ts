import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';

/** In a directory with a leftover in `run`; its own entries are never the names of other commands. */
function directory(): string {
  const dir = scratch();
  mkdirSync(`${dir}/run`);
  plantLeftover(`${dir}/run`);
  return dir;
}

/** A line on stderr that holds all these words, exit 2, and nothing was touched. */
async function refuses(args: readonly string[], ...words: readonly string[]): Promise<void> {
  const cwd = directory();
  const before = list(cwd);
  const { code, out, err } = await run(args, { cwd });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: [^\n]+\n$/);
  for (const word of words) expect(err).toContain(word);
  expect(list(cwd)).toEqual(before);
}

describe('a command comes first:', () => {
  test.each([
    ['after an option with a value', ['--report', 'f', 'run', '--', 'true']],
    ['after a flag', ['-n', 'run', '--', 'true']],
    ['after an option of the command', ['--work-dir', 'd', 'run', '--', 'true']],
    ['as a target that would be meant', ['-n', 'run']],
  ])('%s it is refused', (_, args) => refuses(args, 'a command comes first', 'criu-sweep run', './run'));

  test.each([
    ['./run', ['./run']],
    ['a path', ['../x/run/..//run']],
    ['after --', ['--', 'run']],
    ['after -- and options', ['-v', '--', 'run']],
    ['as the second target', ['./run', 'run']],
  ])('a directory of that name is swept by %s', async (_, args) => {
    const dir = directory();
    mkdirSync(`${dir}/x`);
    const cwd = args[0]?.startsWith('../x') ? `${dir}/x` : dir;
    const { code, err } = await run(
      args.map((word) => word.replace('../x/', '../')),
      { cwd },
    );
    expect({ code, left: list(`${dir}/run`) }, err).toEqual({ code: 0, left: [] });
  });

  test('the value of an option may be a command’s name', async () => {
    const cwd = directory();
    expect(await run(['--report', 'report', '--prefix', 'run', '.'], { cwd })).toMatchObject({ code: 0 });
    expect(list(cwd)).toContain('report');
  });
});

describe('a bare word that names nothing', () => {
  test.each([['rnu'], ['runn'], ['Run'], ['un']])('like %s is taken for a mistyped command', (word) =>
    refuses([word, '--', 'true'], `'${word}'`, 'did you mean run'),
  );

  test('is one also where no command is like it, and after options', async () => {
    await refuses(['checkpoint'], "'checkpoint'", 'did you mean', './checkpoint');
    await refuses(['-n', 'checkpoint'], "'checkpoint'", 'did you mean');
    await refuses(['-'], "'-'", 'did you mean');
  });

  test.each([['./rnu'], ['no/where'], ['rnu/'], ['/no/where']])(
    'is not one with a slash: %s is missing',
    async (word) => {
      const { code, err } = await run([word], { cwd: directory() });
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('ENOENT') });
    },
  );

  test('is not one after --, nor with glob characters', async () => {
    const cwd = directory();
    expect((await run(['--', 'rnu'], { cwd })).code).toBe(3);
    expect((await run(['rnu*'], { cwd })).code).toBe(0);
    expect((await run(['{a,b}'], { cwd })).code).toBe(0);
  });

  test('is not one where something has that name', async () => {
    const cwd = directory();
    mkdirSync(`${cwd}/rnu`);
    expect((await run(['rnu'], { cwd })).code).toBe(0);
  });
});

describe('run', () => {
  test.each([
    ['without a command', [], 'no command', 'criu-sweep run [options] -- '],
    ['with nothing after --', ['--'], 'no command', 'criu-sweep run [options] -- '],
    ['with a command that does not stand after --', ['true'], 'stands after --', '-- true'],
    [
      'with options of the command there',
      ['criu', 'dump', '-D', 'x'],
      'stands after --',
      '-- criu dump -D x',
    ],
    ['with words before --', ['touch', '--', 'x'], 'stands after --', '-- touch'],
    ['with an unknown option', ['--reprot', 'f', '--', 'true'], "unknown option '--reprot'", '--report'],
    [
      'with an option of a sweep that it has not',
      ['--older-than', '1h', '--', 'true'],
      "unknown option '--older-than'",
    ],
    ['with an option cut short', ['--rep', 'f', '--', 'true'], "unknown option '--rep'"],
    ['with an empty work dir', ['--work-dir', '', '--', 'true'], '--work-dir', 'is empty'],
    ['with a bad prefix', ['--prefix', 'a/b', '--', 'true'], '--prefix', 'slash'],
    ['with a bad mode', ['--mode', '9', '--', 'true'], '--mode'],
    ['with a bad owner', ['--owner', 'no such user', '--', 'true'], '--owner'],
    ['with a bad colour', ['--color', 'red', '--', 'true'], '--color'],
    ['both verbose and quiet', ['-v', '-q', '--', 'true'], 'cannot be used with'],
  ])('%s is refused', (_, args, ...words) => refuses(['run', ...args], ...words.flat()));

  test('has a help of its own, and is in that of all', async () => {
    const own = await run(['run', '--help']);
    expect(own).toMatchObject({ code: 0, err: '' });
    for (const word of [
      'criu-sweep run [options] -- <command...>',
      '--work-dir',
      '--report',
      '127',
      'Examples:',
    ])
      expect(own.out).toContain(word);
    const all = await run(['--help']);
    expect(all.out).toMatch(/^ {2}run \[options\] -- <command\.\.\.>/m);
  });
});
