import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readStat } from '../../../src/linux/proc-stat.ts';
import { need } from '../../support/abilities.ts';
import {
  CTRL_BACKSLASH,
  CTRL_C,
  CTRL_Z,
  runLine,
  type TypedTerminal,
  terminal,
} from '../../support/typing.ts';
import { descendants, mkdtemp, type Workplace, workplace } from '../../support/workplace.ts';
import { straced } from '../../support/wrap.ts';

const MAKE = mkdtemp('work');
const HEAR = `trap 'echo heard-$((n = n + 1))-INT' INT; trap 'echo heard-QUIT' QUIT; trap 'exit 9' USR2; n=0`;
const LOOP = 'while :; do sleep 0.02; done';

/** An interactive shell, in which `./it` is `criu-sweep run` around the script. */
function shell(script: string, where: Workplace, wrap: readonly string[] = []): TypedTerminal {
  writeFileSync(`${where.dir}/it`, `exec ${runLine(script, wrap)}\n`);
  const started = terminal('exec bash --norc --noprofile -i', where);
  started.type('stty -echo\n');
  return started;
}

const RUN = `sh ./it; echo "it ended: $?"\n`;

/** The states of criu-sweep and of its command, below the shell. */
function states({ pid }: TypedTerminal): (string | undefined)[] {
  const [, ...below] = descendants(pid);
  return below.slice(0, 2).map((each) => readStat(each)?.state);
}

beforeEach((context) => need(context, 'root', 'namespaces', 'script', 'strace'));

describe('on a terminal', () => {
  test('Ctrl-C ends the command and us, and nothing is left', async () => {
    const where = workplace();
    const at = shell(`${MAKE}; echo ready; exec sleep 60`, where);
    at.type(RUN);
    await at.shows(/ready/);
    expect(where.left()).toHaveLength(1);
    at.type(CTRL_C);
    await vi.waitFor(() => expect(where.left()).toEqual([]), 20_000);
    at.type('echo "it ended: $?"\n');
    await at.shows(/it ended: 130/);
  });

  test('each Ctrl-C reaches the command once, and it may go on', async () => {
    const where = workplace();
    const at = shell(`${HEAR}; ${MAKE}; echo ready; ${LOOP}`, where);
    at.type(RUN);
    await at.shows(/ready/);
    at.type(CTRL_C);
    await at.shows(/heard-1-INT/);
    at.type(CTRL_C);
    await at.shows(/heard-2-INT/);
    await sleep(150);
    expect(at.shown()).not.toContain('heard-3');
    expect(where.left()).toHaveLength(1);
    at.type(CTRL_BACKSLASH);
    await at.shows(/heard-QUIT/);
    await sleep(150);
    expect(at.shown().match(/heard-QUIT/g)).toHaveLength(1);
    const command = descendants(at.pid)[2] ?? -1;
    process.kill(command, 'SIGUSR2');
    await at.shows(/it ended: 9/);
    expect(where.left()).toEqual([]);
  });

  test('SIGTERM, which no terminal sends, is passed on all the same', async () => {
    const where = workplace();
    const at = shell(`trap 'echo heard-TERM; exit 4' TERM; ${MAKE}; echo ready; ${LOOP}`, where);
    at.type(RUN);
    await at.shows(/ready/);
    process.kill(descendants(at.pid)[1] ?? -1, 'SIGTERM');
    await at.shows(/heard-TERM\s+(.*\s+)*it ended: 4/);
    expect(where.left()).toEqual([]);
  });

  test('a command in a session of its own, which the terminal does not reach, has Ctrl-C from us', async () => {
    const where = workplace();
    const own = `trap "echo heard-INT; exit 4" INT; ${MAKE}; echo ready; ${LOOP}`;
    const at = shell(`exec setsid sh -c '${own}'`, where);
    at.type(RUN);
    await at.shows(/ready/);
    at.type(CTRL_C);
    await at.shows(/heard-INT/);
    await vi.waitFor(() => expect(where.left()).toEqual([]), 20_000);
  });

  test('Ctrl-Z stops both, the shell has the terminal, fg goes on', async () => {
    const where = workplace();
    const at = shell(`${MAKE}; echo ready; sleep 0.5; exit 7`, where);
    at.type(RUN);
    await at.shows(/ready/);
    at.type(CTRL_Z);
    await at.shows(/Stopped/);
    expect(states(at)).toEqual(['T', 'T']);
    at.type('echo "here I am"\n');
    await at.shows(/here I am/);
    expect(where.left()).toHaveLength(1);
    at.type('fg; echo "it ended: $?"\n');
    await at.shows(/it ended: 7/);
    expect(where.left()).toEqual([]);
  });

  test('where the command alone stops, we stop with it, and fg continues both', async () => {
    const where = workplace();
    const at = shell(`${MAKE}; kill -STOP $$; echo "goes on"; exit 7`, where);
    at.type(RUN);
    await at.shows(/Stopped/);
    expect(states(at)).toEqual(['T', 'T']);
    at.type('fg; echo "it ended: $?"\n');
    await at.shows(/goes on/);
    await at.shows(/it ended: 7/);
    expect(where.left()).toEqual([]);
  });

  test('stopped in the background, where a command reads the terminal, fg lets it read', async () => {
    const where = workplace();
    const at = shell(`${MAKE}; read line </dev/tty; echo "read $line"; exit 7`, where);
    at.type('set +m; set -m; sh ./it &\n');
    await vi.waitFor(() => expect(states(at)).toEqual(['T', 'T']), 20_000);
    // The shell is told when the last thread of ours has stopped: before that, its fg continues nobody.
    at.type('until [ -n "$(jobs -s)" ]; do sleep 0.05; done; fg; echo "it ended: $?"\n');
    await sleep(300);
    at.type('words\n');
    await at.shows(/read words/);
    await at.shows(/it ended: 7/);
    expect(where.left()).toEqual([]);
  });
});

describe('when the terminal hangs up', () => {
  const SCRIPT = `trap 'echo HUP >>heard; sleep 0.3; exit 3' HUP; ${MAKE}; echo ready; ${LOOP}`;
  const traced = ({ dir }: Workplace): string[] => straced(`${dir}/log`, 'kill');

  test.each([
    [
      'the shell has told the command, and we do not',
      0,
      (where: Workplace) => shell(SCRIPT, where, traced(where)),
      RUN,
    ],
    [
      'the leader of the session alone is told; where we are that, we tell the command',
      1,
      (where: Workplace) => terminal(`exec ${runLine(SCRIPT, traced(where))}`, where),
      '',
    ],
  ])('%s', async (_, times, start, line) => {
    const where = workplace();
    const at = start(where);
    at.type(line);
    await at.shows(/ready/);
    const ours = descendants(at.pid);
    await at.hangUp();
    await vi.waitFor(() => expect(ours.filter((pid) => readStat(pid) !== null)).toEqual([]), 20_000);
    const sent = readFileSync(`${where.dir}/log`, 'utf8').match(/kill\(\d+, SIGHUP\)/g) ?? [];
    expect(sent).toHaveLength(times);
    expect(readFileSync(`${where.dir}/heard`, 'utf8')).toMatch(/^(HUP\n)+$/);
    expect(where.left()).toEqual([]);
  });
});
