import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { snapshot } from '../support/tree.ts';

/** Words as a shell would split them, and what the one line on stderr must hold. */
type Mistake = readonly [line: string, ...says: string[]];

/** What a tired operator writes; `DIR` is a directory with a leftover, which has to be there afterwards. */
const MISTAKES: readonly Mistake[] = [
  // the command is another program's
  ['sweep DIR', "'sweep' is no command", 'sweeping is the default: criu-sweep /'],
  ['clean', 'sweeping is the default: criu-sweep DIR'],
  ['rm DIR', "'rm' is no command", 'the default'],
  ['prune --older-than 2d DIR', 'criu-sweep --older-than 2d /'],
  ['PURGE DIR', 'the default'],
  ['list DIR', 'criu-sweep -n DIR', 'criu-sweep inspect DIR'],
  ['ls', 'criu-sweep -n DIR'],
  ['status', 'inspect DIR'],
  ['check DIR', 'criu-sweep --check DIR'],
  ['dry-run DIR', 'criu-sweep -n DIR'],
  ['version', 'criu-sweep --version'],
  ['man', 'man criu-sweep'],
  ['logs DIR', 'criu-sweep inspect DIR'],
  ['cron DIR', 'criu-sweep schedule'],
  ['daemon DIR', '--every'],
  ['exec -- criu dump', 'criu-sweep run -- COMMAND'],
  ['zsh', 'criu-sweep completion'],
  ['config', 'no configuration file'],
  // the command is mistyped, or in the wrong place
  ['inspekt DIR', "'inspekt' is no command", 'did you mean inspect?'],
  ['docter', 'did you mean doctor?'],
  ['Schedule cron -- DIR', 'did you mean schedule?'],
  ['runn -- true', 'did you mean run?'],
  ['help inspct', "'inspct' is no command", 'did you mean inspect?'],
  ['help inspect doctor', "'doctor' is too much"],
  ['-n inspect DIR', 'a command comes first', 'criu-sweep inspect [options]'],
  ['DIR inspect', 'a command comes first', './inspect'],
  ['--json doctor', 'a command comes first', 'criu-sweep doctor'],
  ['--work-dir DIR run -- true', 'a command comes first'],
  ['frobnicate', 'did you mean run, inspect, doctor'],
  // no target, or one that is refused
  ['', 'no target', 'criu-sweep -n /var/lib/criu'],
  ['-n', 'no target', '--known'],
  ['--', 'no target'],
  ["''", 'empty'],
  ['DIR /', '/: is never swept', 'name a directory below'],
  ['DIR /proc', '/proc'],
  ['DIR /sys/fs/cgroup', '/sys'],
  ['DIR /dev/../dev', '/dev'],
  ['DIR //', '//: is never swept'],
  // options of other programs, and options that are mistyped
  ['--force DIR', "unknown option '--force'", 'nothing is forced', '-v says'],
  ['-f DIR', "unknown option '-f'", 'nothing is forced'],
  ['-y DIR', "unknown option '-y'", 'nothing is asked'],
  ['-r DIR', "unknown option '-r'", 'every depth', '--max-depth'],
  ['-rf DIR', "unknown option '-rf'", 'every depth', 'nothing is forced'],
  ['--recursive DIR', 'every depth'],
  ['--delete DIR', 'the default'],
  ['DIR -mtime +1', "unknown option '-mtime'", '--older-than 2d'],
  ['DIR -maxdepth 1', '--max-depth'],
  ['--days=2 DIR', '--older-than'],
  ['-o report.json DIR', '--report FILE'],
  ['--silent DIR', '-q, --quiet'],
  ['--debug DIR', '-v says'],
  ['--all', '--known'],
  ['--user root DIR', '--owner'],
  ['--xdev DIR', 'not entered as it is'],
  ['--timeout 5m DIR', '--max-runtime'],
  ['--dry-rum DIR', "unknown option '--dry-rum'", 'did you mean --dry-run?'],
  ['--older-then 1h DIR', 'did you mean --older-than?'],
  ['--colour never DIR', 'did you mean --color?'],
  ['--dryrun DIR', 'did you mean --dry-run?'],
  ['-nx DIR', "unknown option '-x'"],
  ['–n DIR', 'U+2013', 'write -n'],
  ['DIR —dry-run', 'U+2014', 'write --dry-run'],
  ['--since 1h DIR', "unknown option '--since'"],
  ['--work-dir DIR', 'without an option: criu-sweep DIR'],
  // values
  ['--older-than 60 DIR', "'60' is not a duration", '90s'],
  ['--older-than 1M DIR', "'1M' is not a duration", 'ms s m h d w'],
  ['--older-than -1h DIR', "'-1h' is not a duration"],
  ['--older-than DIR', 'is not a duration'],
  ['DIR --older-than', 'argument missing', '<duration>'],
  ['--older-than= DIR', 'is not a duration'],
  ['--older-than 200y DIR', 'is not a duration'],
  ['--older-than 5300w DIR', '100 years'],
  ['--age-by atime DIR', 'mtime, ctime, birthtime, newest'],
  ['--prefix .criu.* DIR', '--prefix', 'no glob'],
  ['--prefix criu? DIR', 'no glob'],
  ['--prefix /tmp/x DIR', 'slash', 'target'],
  ["--prefix '' DIR", '--prefix: is empty'],
  ['--owner no-such-user DIR', "'no-such-user' is no user here"],
  ['--owner -1 DIR', 'is no user here'],
  ['--mode 0800 DIR', 'octal'],
  ['--mode rwx DIR', 'octal'],
  ['--max-depth 0 DIR', "target's own entries"],
  ['--max-removals 0 DIR', '--max-removals', 'write 1 or more'],
  ['--max-removals many DIR', '--max-removals', 'write 1 or more'],
  ['--max-removals -1 DIR', '--max-removals'],
  ['--max-removals 1e3 DIR', '--max-removals'],
  ['--max-removals 99999999999999999999 DIR', '--max-removals'],
  ['--exclude /abs DIR', 'below the target'],
  ['--format yaml DIR', 'text, json, ndjson, github'],
  ['--json=yes DIR', '--json takes no value'],
  ['--color red DIR', 'auto, always, never'],
  ['--report /no/such/dir/r.json DIR', '--report: /no/such/dir/r.json', 'ENOENT'],
  ['--report DIR DIR', 'is a directory', 'name a file'],
  ['--report -n DIR', '--report: its value is missing', "'-n' is an option itself", '--report=-n'],
  ['--metrics -- DIR', '--metrics: its value is missing'],
  ['--every 0 DIR', 'is not a duration'],
  ['--every 0s DIR', 'no time at all'],
  // options that contradict
  ['-q -v DIR', 'cannot be used with', 'write one of them'],
  ['--check --every 1h DIR', '--check', '--every', 'write one of them'],
  // run
  ['run', 'no command', 'criu-sweep run [options] -- '],
  ['run criu dump -t 1', 'stands after --', '-- criu dump -t 1'],
  ['run --older-than 1h -- true', "unknown option '--older-than'", 'it is one of'],
  ['run --work-dir -- true', '--work-dir: its value is missing'],
  // schedule
  ['schedule', 'write cron, systemd or kubernetes', 'criu-sweep schedule <cron'],
  ['schedule daily -- DIR', "'daily' is no scheduler: write cron, systemd, kubernetes"],
  ['schedule cron', 'no target', 'criu-sweep schedule cron -- '],
  ['schedule cron --every 7m -- DIR', '--every', '6m or 10m'],
  ['schedule cron --older-than 2d -- DIR', "unknown option '--older-than'", 'after --'],
  ['schedule cron -- --every 2h DIR', 'before --'],
  ['schedule cron -- --force DIR', "unknown option '--force'", 'nothing is forced'],
  ['schedule cron -- relative', 'write it absolute'],
  ['schedule systemd --image x -- DIR', 'schedule kubernetes'],
  ['schedule kubernetes -- DIR', '--image: is needed'],
  ['schedule kubernetes --image x -- --check DIR', '--check'],
  // the rest
  ['completion', 'write bash, zsh or fish', 'criu-sweep completion <bash'],
  ['completion tcsh', "'tcsh' is no shell: write bash, zsh, fish"],
  ['run -V', "unknown option '-V'", 'criu-sweep --version'],
  ['run --version -- true', "unknown option '--version'", 'criu-sweep --version'],
  ['inspect -nV DIR', "unknown option '-V'", 'criu-sweep --version'],
  ['schedule cron -- --version DIR', "unknown option '--version'"],
  ['doctor DIR', 'takes no argument'],
  ['inspect --metrics x.prom DIR', "unknown option '--metrics'", 'it is one of'],
  ['inspect --every 1h DIR', "unknown option '--every'"],
];

function wordsOf(line: string, dir: string): string[] {
  const words = line === '' ? [] : line.split(' ');
  return words.map((word) => (word === "''" ? '' : word.replace(/^DIR$/, dir)));
}

async function made([line, ...says]: Mistake): Promise<object> {
  const dir = scratch();
  mkdirSync(`${dir}/work`);
  plantLeftover(`${dir}/work`);
  const before = snapshot(dir);
  const { code, out, err } = await run(wordsOf(line, `${dir}/work`), { cwd: dir });
  const help = /criu-sweep: [^\n]+[;?] [sS]ee criu-sweep (?:\w+ )?--help\n$/;
  return {
    line,
    code,
    out,
    oneLine: /^criu-sweep: [^\n]+\n$/.test(err) ? true : err,
    saysHelp: help.test(err) ? true : err,
    lacks: says.filter((word) => !err.includes(word)).map((word) => `${word} in ${err}`),
    untouched: JSON.stringify(snapshot(dir)) === JSON.stringify(before),
  };
}

const BATCH = 8;

test(`${MISTAKES.length} mistakes are each answered by one line that says what would be right`, async () => {
  const answers: object[] = [];
  for (let at = 0; at < MISTAKES.length; at += BATCH)
    answers.push(...(await Promise.all(MISTAKES.slice(at, at + BATCH).map(made))));
  const right = { code: 2, out: '', oneLine: true, saysHelp: true, lacks: [], untouched: true };
  expect(answers).toEqual(MISTAKES.map(([line]) => ({ line, ...right })));
}, 120_000);
