import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import {
  descendants,
  how,
  mkdtemp,
  runScript,
  stage,
  startRun,
  startScript,
} from '../../support/stand-in.ts';

const MAKE = mkdtemp('work');

beforeEach((context) => need(context, 'root', 'namespaces'));

describe('nothing is left in the work dir, and the status is the command’s,', () => {
  test.each([
    ['it exits 0', 'exit 0', '0'],
    ['it exits 1', 'exit 1', '1'],
    ['it exits 7', 'exit 7', '7'],
    ['it exits 255', 'exit 255', '255'],
    ['SIGKILL ends it', 'kill -KILL $$', 'SIGKILL'],
    ['SIGTERM ends it', 'kill -TERM $$', 'SIGTERM'],
    ['SIGSEGV ends it', 'kill -SEGV $$', 'SIGSEGV'],
    ['SIGABRT ends it', 'kill -ABRT $$', 'SIGABRT'],
    ['SIGPIPE ends it', 'kill -PIPE $$', 'SIGPIPE'],
    ['SIGUSR1 ends it', 'kill -USR1 $$', 'SIGUSR1'],
    ['SIGHUP ends it', 'kill -HUP $$', 'SIGHUP'],
    ['SIGXFSZ ends it', 'kill -XFSZ $$', 'SIGXFSZ'],
  ])('when %s', async (_, ending, expected) => {
    const where = stage();
    const ended = await runScript(`${MAKE}; ${MAKE}; ${ending}`, where);
    expect(how(ended)).toBe(expected);
    expect(where.left()).toEqual([]);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/^(removed \/\S+\/work\/\.criu\.temp-aa-policy\.\w{6}\n){2}$/);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'when %s is sent to us',
    async (signal) => {
      const where = stage();
      const running = startScript(`${MAKE}; echo ready; exec sleep 60`, where);
      await running.printed('stdout', /ready/);
      expect(where.left()).toHaveLength(1);
      running.kill(signal);
      expect(how(await running.ended)).toBe(signal);
      expect(where.left()).toEqual([]);
    },
  );

  test('when all its processes are killed at once, as the OOM killer does', async () => {
    const where = stage();
    const tree = `sh -c '${MAKE}; sleep 60 & wait' & (${MAKE}; sleep 60) & ${MAKE}; sleep 0.2; echo ready; wait`;
    const running = startScript(tree, where);
    await running.printed('stdout', /ready/);
    expect(where.left()).toHaveLength(3);
    for (const pid of descendants(running.pid)) process.kill(pid, 'SIGKILL');
    expect(how(await running.ended)).toBe('SIGKILL');
    expect(where.left()).toEqual([]);
  });

  test('when a criu that is killed with it takes its time to give its memory back', async () => {
    const where = stage();
    // tail(1) by the name of criu: it keeps what it reads, and stands in the work dir
    copyFileSync('/usr/bin/tail', `${where.dir}/criu`);
    const criu = '(head -c 256M /dev/zero; echo full >&2; sleep 60) | (cd work; exec ../criu -c 300M) &';
    const running = startScript(`${MAKE}; ${criu} wait`, where);
    await running.printed('stderr', /full/);
    for (const pid of descendants(running.pid)) process.kill(pid, 'SIGKILL');
    const ended = await running.ended;
    expect({ how: how(ended), left: where.left(), err: ended.err }).toMatchObject({
      how: 'SIGKILL',
      left: [],
    });
  });

  test('when it cannot be found', async () => {
    const where = stage();
    for (const name of ['no-such-command', './no/such', '']) {
      const ended = await startRun(['--work-dir', 'work', '--', name], where).ended;
      expect(how(ended)).toBe('127');
      expect(ended.err).toBe(`criu-sweep: cannot run ${name}: ENOENT: no such file or directory\n`);
    }
    expect(where.left()).toEqual([]);
  });

  test('when it cannot be started', async () => {
    const where = stage();
    writeFileSync(`${where.dir}/text`, 'nothing\n', { mode: 0o644 });
    for (const [name, why] of [
      ['./text', 'EACCES: permission denied'],
      ['./work', 'EACCES: permission denied'],
      ['./text/below', 'ENOTDIR: not a directory'],
    ]) {
      const ended = await startRun(['--work-dir', 'work', '--', name ?? ''], where).ended;
      expect(how(ended)).toBe('126');
      expect(ended.err).toBe(`criu-sweep: cannot run ${name}: ${why}\n`);
    }
    expect(where.left()).toEqual([]);
  });
});

test('a script without a first line that names its interpreter is the shell’s, as execvp(3) has it', async () => {
  const where = stage();
  writeFileSync(`${where.dir}/script`, `${MAKE}\nexit 3\n`);
  chmodSync(`${where.dir}/script`, 0o755);
  expect(how(await startRun(['--work-dir', 'work', '--', './script'], where).ended)).toBe('3');
  expect(where.left()).toEqual([]);
});

test('as process 1, which no signal of its own ends, the status says which it was', async (context) => {
  need(context, 'root', 'namespaces');
  const where = stage();
  const wrap = ['unshare', '--pid', '--fork', '--mount-proc', '--'];
  for (const [ending, status] of [
    ['exit 7', '7'],
    ['kill -TERM $$', '143'],
    ['kill -KILL $$', '137'],
    ['kill -SEGV $$', '139'],
  ])
    expect(how(await runScript(`${MAKE}; ${ending}`, where, { wrap }))).toBe(status);
  expect(where.left()).toEqual([]);
});
