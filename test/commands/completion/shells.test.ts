import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/commands/list.ts';
import { need } from '../../support/abilities.ts';
import { program, run, startProgram } from '../../support/command.ts';
import { makeScratch, removeScratch } from '../../support/scratch.ts';
import { quoted } from '../../support/wrap.ts';

/** A directory to complete in, with the three scripts. */
let dir = '';

beforeAll(async () => {
  dir = makeScratch();
  for (const path of ['functions', 'a place/deep', 'plain']) mkdirSync(`${dir}/${path}`, { recursive: true });
  writeFileSync(`${dir}/plan.txt`, '');
  const names = { bash: 'criu-sweep.bash', zsh: 'functions/_criu-sweep', fish: 'criu-sweep.fish' };
  for (const [shell, name] of Object.entries(names)) {
    const { code, out, err } = await run(['completion', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    writeFileSync(`${dir}/${name}`, out);
  }
  return () => removeScratch(dir);
});

/** How each shell is made to complete the command, and to write its line into a file at ^T; nothing of the user's is read. */
const SETUPS = {
  bash: () => bash(''),
  'bash with bash-completion': () => bash('source /usr/share/bash-completion/bash_completion;'),
  'bash where = is part of a word': () => bash('COMP_WORDBREAKS="$(echo "$COMP_WORDBREAKS" | tr -d =)";'),
  zsh: () => zsh(`fpath=(${quoted(`${dir}/functions`)} $fpath);`, ''),
  'zsh where it is sourced': () => zsh('', `; source ${quoted(`${dir}/functions/_criu-sweep`)}`),
} as const;
type Interactive = keyof typeof SETUPS;

const zsh = (first: string, last: string): string =>
  `bindkey -e; ${first} autoload -U compinit; compinit -u -D${last}
dump() { print -rn -- "$BUFFER" > line; BUFFER= }; zle -N dump; bindkey '^T' dump`;

const bash = (first: string): string =>
  `${first} source ${quoted(`${dir}/criu-sweep.bash`)}; dump() { printf %s "$READLINE_LINE" > line; READLINE_LINE=; }
bind -x '"\\C-t": dump'`;

const TAB = '\t';
/** readline's insert-completions: all there are, not just what they have in common. */
const ALL = '\x1b*';

/** Types a line and a key into the shell itself, on a terminal, and tells what then stands on its command line. */
async function typed(shell: Interactive, line: string, key: string = TAB): Promise<string> {
  const interactive = shell.startsWith('zsh') ? 'zsh -f -i' : 'bash --norc --noprofile -i';
  const argv = ['script', '--quiet', '--return', '--echo=never', '--command', interactive, '/dev/null'];
  const keys = `cd ${quoted(dir)}\n${SETUPS[shell]()}\n${line}${key}\x14\nexit\n`;
  const { out } = await startProgram(argv, { stdin: keys, env: { TERM: 'dumb', HOME: dir } }).ended;
  const path = `${dir}/line`;
  if (!existsSync(path)) throw new Error(`${shell} wrote no line: ${out}`);
  const written = readFileSync(path, 'utf8');
  rmSync(path);
  return written;
}

const SHELLS = [
  'bash',
  'bash with bash-completion',
  'bash where = is part of a word',
  'zsh',
  'zsh where it is sourced',
] as const satisfies readonly Interactive[];

describe.each(SHELLS)('%s completes', (shell) => {
  beforeEach((context) => need(context, 'script', shell.startsWith('zsh') ? 'zsh' : 'bash'));

  test.each([
    ['commands', 'criu-sweep sched', 'criu-sweep schedule '],
    ["a sweep's options", 'criu-sweep --dry', 'criu-sweep --dry-run '],
    ['options that take a value', 'criu-sweep --older', 'criu-sweep --older-than='],
    ['values after =', 'criu-sweep --format=nd', 'criu-sweep --format=ndjson '],
    ['values after a space', 'criu-sweep --format nd', 'criu-sweep --format ndjson '],
    ['users', 'criu-sweep --owner nobo', 'criu-sweep --owner nobody '],
    ['directories alone', 'criu-sweep pl', 'criu-sweep plain/'],
    ['directories after options', 'criu-sweep -n -v pl', 'criu-sweep -n -v plain/'],
    ['a directory with a space', 'criu-sweep -n a', 'criu-sweep -n a\\ place/'],
    ['files', 'criu-sweep --report pla', 'criu-sweep --report pla'],
    ['a file', 'criu-sweep --report plan', 'criu-sweep --report plan.txt '],
    ["a command's own options", 'criu-sweep run --work', 'criu-sweep run --work-dir='],
    ["no option of another's", 'criu-sweep run --older', 'criu-sweep run --older'],
    ['an argument to choose', 'criu-sweep schedule sy', 'criu-sweep schedule systemd '],
    ['no second of it', 'criu-sweep schedule cron sy', 'criu-sweep schedule cron sy'],
    [
      'the sweep of a schedule',
      'criu-sweep schedule cron -- --dry',
      'criu-sweep schedule cron -- --dry-run ',
    ],
    ['its targets', 'criu-sweep schedule cron -- -n pl', 'criu-sweep schedule cron -- -n plain/'],
    ['shells', 'criu-sweep completion z', 'criu-sweep completion zsh '],
    ['the command of a run', 'criu-sweep run -- setpr', 'criu-sweep run -- setpriv '],
    ["inspect's targets", 'criu-sweep inspect pl', 'criu-sweep inspect plain/'],
    ['only targets after --', 'criu-sweep -- --dry', 'criu-sweep -- --dry'],
  ])('%s', async (_, line, expected) => {
    expect(await typed(shell, line)).toBe(expected);
  });
});

test('all that a first word can be in bash: every command, and directories', async (context) => {
  need(context, 'script', 'bash');
  const words = (await typed('bash', 'criu-sweep ', ALL)).trim().split(' ').slice(1);
  for (const { name } of COMMANDS) expect(words).toContain(name);
  expect(words).toContain('plain');
  expect(words).not.toContain('plan.txt');
});

test('every option of every command is completed in bash as its help spells it', async (context) => {
  need(context, 'script', 'bash');
  for (const { name } of [{ name: '' }, ...COMMANDS]) {
    const line = name === '' ? 'criu-sweep' : `criu-sweep ${name}`;
    const { out } = await run([...(name === '' ? [] : [name]), '--help']);
    const spelled = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(spelled.length).toBeGreaterThan(0);
    const words = (await typed('bash', `${line} --`, ALL)).replace(line, '').trim().split(/=? /);
    expect(words.map((word) => word.replace(/=$/, '')).sort()).toEqual(spelled.sort());
  }
});

test('fish knows the same: commands, options with what they say, values, what follows --', async (context) => {
  need(context, 'fish');
  const complete = async (line: string) => {
    const script = `source criu-sweep.fish; complete -C ${quoted(line)}`;
    const { out } = await program(['fish', '--no-config', '-c', script], { cwd: dir, env: { HOME: dir } });
    return out.trimEnd().split('\n');
  };
  expect(await complete('criu-sweep sched')).toEqual(['schedule\tprint what makes a sweep run periodically']);
  expect(await complete('criu-sweep --dry')).toEqual([
    '--dry-run\tchange nothing; say what would be removed',
  ]);
  expect((await complete('criu-sweep --format ')).map((line) => line.split('\t')[0])).toEqual([
    'github',
    'json',
    'ndjson',
    'text',
  ]);
  expect(await complete('criu-sweep pl')).toEqual(['plain/\tDirectory']);
  expect(await complete('criu-sweep schedule ')).toEqual(['cron', 'kubernetes', 'systemd']);
  expect((await complete('criu-sweep schedule cron -- --dry'))[0]).toMatch(/^--dry-run\t/);
  expect((await complete('criu-sweep run -- setpri'))[0]).toMatch(/^setpriv\t/);
  expect(await complete('criu-sweep run --older')).toEqual(['']);
  for (const { name } of COMMANDS)
    expect((await complete('criu-sweep ')).map((line) => line.split('\t')[0])).toContain(name);
});

test('a shell that there is none for is refused', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' });
  expect(await run(['completion'])).toMatchObject({ code: 2, out: '' });
  expect(await run(['completion', 'bash'], { stdout: '/dev/full' })).toMatchObject({ code: 3 });
});
