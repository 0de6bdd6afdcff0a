import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readStat } from '../../../src/linux/proc-stat.ts';
import { need } from '../../support/abilities.ts';
import type { Running } from '../../support/command.ts';
import {
  descendants,
  how,
  mkdtemp,
  runScript,
  startRun,
  startScript,
  workplace,
} from '../../support/workplace.ts';

const MAKE = mkdtemp('work');

/** Says what it hears, until it is told to end by SIGUSR2. */
const LISTENER = [
  ...['HUP', 'INT', 'QUIT', 'TERM', 'USR1'].map((signal) => `trap 'echo ${signal}' ${signal}`),
  `trap 'exit 9' USR2; ${MAKE}; echo ready; while :; do sleep 0.02; done`,
].join('\n');

const state = (pid: number): string | undefined => readStat(pid)?.state;
const child = ({ pid }: Running): number => descendants(pid)[0] ?? -1;

beforeEach((context) => need(context, 'root', 'namespaces'));

describe('a signal', () => {
  test.each([
    'SIGHUP',
    'SIGINT',
    'SIGQUIT',
    'SIGTERM',
    'SIGUSR1',
  ] as const)('%s is passed on once for each time it was sent', async (signal) => {
    const where = workplace();
    const running = startScript(LISTENER, where);
    await running.printed('stdout', /ready/);
    const word = signal.slice(3);
    running.kill(signal);
    await running.printed('stdout', new RegExp(`${word}\n`));
    running.kill(signal);
    await running.printed('stdout', new RegExp(`${word}\n${word}\n`));
    await sleep(100);
    running.kill('SIGUSR2');
    const ended = await running.ended;
    expect(ended.out).toBe(`ready\n${word}\n${word}\n`);
    expect(how(ended)).toBe('9');
    expect(where.left()).toEqual([]);
  });

  test('goes to the command only, not to its children', async () => {
    const where = workplace();
    const running = startScript(
      `sh -c 'trap "echo child" TERM; sleep 0.5' & trap 'echo TERM' TERM; echo ready; wait; wait`,
      where,
    );
    await running.printed('stdout', /ready/);
    running.kill('SIGTERM');
    expect((await running.ended).out).toBe('ready\nTERM\n');
  });

  test('that the command ignores does not end us before it', async () => {
    const where = workplace();
    const running = startScript(`trap '' TERM INT; ${MAKE}; echo ready; sleep 60 & wait`, where);
    await running.printed('stdout', /ready/);
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGINT'] as const) {
      running.kill(signal);
      await sleep(50);
    }
    expect(state(running.pid)).toBe('S');
    expect(where.left()).toHaveLength(1);
    for (const pid of descendants(running.pid)) process.kill(pid, 'SIGKILL');
    expect(how(await running.ended)).toBe('SIGKILL');
    expect(where.left()).toEqual([]);
  });

  test('that comes at any time while we start is not lost', async () => {
    const where = workplace();
    for (let delay = 0; delay < 240; delay += 12) {
      // It makes the directory itself: a program that it runs for that would not be told, and be late.
      const make = "fs.mkdtempSync('work/.criu.temp-aa-policy.'); setTimeout(() => {}, 60_000)";
      const running = startRun(['--work-dir', 'work', '--', process.execPath, '-e', make], where);
      await sleep(delay);
      running.kill('SIGTERM');
      expect(how(await running.ended)).toBe('SIGTERM');
      expect(where.left()).toEqual([]);
    }
  });
});

describe('without a terminal', () => {
  test('a command that stops and is continued ends as it would have, and we have not stopped', async () => {
    const where = workplace();
    const running = startScript(`${MAKE}; echo ready; kill -STOP $$; exit 5`, where);
    await running.printed('stdout', /ready/);
    const pid = child(running);
    await vi.waitFor(() => expect(state(pid)).toBe('T'), 20_000);
    await sleep(200);
    expect(state(running.pid)).toBe('S');
    process.kill(pid, 'SIGCONT');
    expect(how(await running.ended)).toBe('5');
    expect(where.left()).toEqual([]);
  });

  test('SIGCONT sent to us continues a command that has stopped', async () => {
    const where = workplace();
    const running = startScript(`${MAKE}; echo ready; kill -STOP $$; exit 5`, where);
    await running.printed('stdout', /ready/);
    await vi.waitFor(() => expect(state(child(running))).toBe('T'), 20_000);
    running.kill('SIGCONT');
    expect(how(await running.ended)).toBe('5');
  });

  test('a command that has stopped can be ended', async () => {
    const where = workplace();
    const running = startScript(`${MAKE}; echo ready; kill -STOP $$; exec sleep 60`, where);
    await running.printed('stdout', /ready/);
    await vi.waitFor(() => expect(state(child(running))).toBe('T'), 20_000);
    running.kill('SIGTERM');
    running.kill('SIGCONT');
    expect(how(await running.ended)).toBe('SIGTERM');
    expect(where.left()).toEqual([]);
  });

  test('we ourselves can be stopped and continued while the command goes on', async () => {
    const where = workplace();
    const running = startScript(`${MAKE}; echo ready; sleep 0.3; exit 5`, where);
    await running.printed('stdout', /ready/);
    running.kill('SIGSTOP');
    await vi.waitFor(() => expect(state(running.pid)).toBe('T'), 20_000);
    await vi.waitFor(() => expect(['Z', undefined]).toContain(state(child(running))), 20_000);
    running.kill('SIGCONT');
    expect(how(await running.ended)).toBe('5');
    expect(where.left()).toEqual([]);
  });
});

test('under nohup(1) in front of the command SIGHUP ends neither', async () => {
  const where = workplace();
  const running = startScript(`${MAKE}; exec nohup sh -c 'echo ready; sleep 0.5; exit 4' 2>&1`, where);
  await running.printed('stdout', /ready/);
  running.kill('SIGHUP');
  expect(how(await running.ended)).toBe('4');
  expect(where.left()).toEqual([]);
});

test('two signals after the command has ended end us at once, while our words wait for a reader', async () => {
  const where = workplace();
  const fill = 'timeout 0.3 cat /dev/zero >&2';
  const running = startScript(`${MAKE}; echo ready; ${fill}; exit 3`, where, { stalled: true });
  await vi.waitFor(() => expect(where.left()).toHaveLength(1), 20_000);
  await vi.waitFor(() => expect(where.left()).toEqual([]), 20_000);
  running.kill('SIGTERM');
  await sleep(100);
  expect(state(running.pid)).toBe('S');
  running.kill('SIGTERM');
  expect(how(await running.ended)).toBe('SIGTERM');
});

test('the work of a command that ended by itself is swept although a signal arrives just then', async () => {
  const where = workplace();
  const until = (pid: string, state: string) =>
    `until grep -q '^State:.${state}' /proc/${pid}/status; do :; done`;
  const ended = await runScript(
    `${MAKE}; kill -STOP $PPID; ${until('$PPID', 'T')}; kill -TERM $PPID
    (${until('$$', 'Z')}; kill -CONT $PPID) & kill -KILL $$`,
    where,
  );
  expect(how(ended)).toBe('SIGKILL');
  expect(where.left()).toEqual([]);
});
