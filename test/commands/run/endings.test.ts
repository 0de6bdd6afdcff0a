import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readStat } from '../../../src/linux/proc-stat.ts';
import { need } from '../../support/abilities.ts';
import { program, type Running, startProgram } from '../../support/command.ts';
import {
  descendants,
  how,
  mkdtemp,
  runScript,
  startRun,
  startScript,
  type Workplace,
  workplace,
} from '../../support/workplace.ts';

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
    const where = workplace();
    const ended = await runScript(`${MAKE}; ${MAKE}; ${ending}`, where);
    expect(how(ended)).toBe(expected);
    expect(where.left()).toEqual([]);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/^(removed \/\S+\/work\/\.criu\.temp-aa-policy\.\w{6}\n){2}$/);
  });

  test.each([
    'SIGTERM',
    'SIGINT',
    'SIGHUP',
    'SIGQUIT',
    'SIGUSR1',
    'SIGUSR2',
  ] as const)('when %s is sent to us', async (signal) => {
    const where = workplace();
    const running = startScript(`${MAKE}; echo ready; exec sleep 60`, where);
    await running.printed('stdout', /ready/);
    expect(where.left()).toHaveLength(1);
    running.kill(signal);
    expect(how(await running.ended)).toBe(signal);
    expect(where.left()).toEqual([]);
  });

  test('when all its processes are killed at once, as the OOM killer does', async () => {
    const where = workplace();
    const tree = `sh -c '${MAKE}; sleep 60 & wait' & (${MAKE}; sleep 60) & ${MAKE}; sleep 0.2; echo ready; wait`;
    const running = startScript(tree, where);
    await running.printed('stdout', /ready/);
    expect(where.left()).toHaveLength(3);
    for (const pid of descendants(running.pid)) process.kill(pid, 'SIGKILL');
    expect(how(await running.ended)).toBe('SIGKILL');
    expect(where.left()).toEqual([]);
  });

  test('when a criu of its is killed too but cannot die at once', async (context) => {
    need(context, 'root', 'namespaces', 'loop devices');
    const where = workplace();
    const frozen = await freezable(where);
    copyFileSync('/usr/bin/dd', `${where.dir}/criu`);
    const criu = '(cd work; exec ../criu if=/dev/zero of=../frozen/file bs=1 count=1 conv=notrunc)';
    const running = startScript(`${MAKE}; ${criu} & wait`, where);
    const pid = await frozen.writer(running);
    for (const each of descendants(running.pid)) process.kill(each, 'SIGKILL');
    await expect(Promise.race([running.ended, sleep(500, 'it waits')])).resolves.toBe('it waits');
    expect(readStat(pid)?.state).toBe('D');
    await frozen.thaw();
    expect(how(await running.ended)).toBe('SIGKILL');
    expect(where.left()).toEqual([]);
  });

  test('when it cannot be found', async () => {
    const where = workplace();
    for (const name of ['no-such-command', './no/such', '']) {
      const ended = await startRun(['--work-dir', 'work', '--', name], where).ended;
      expect(how(ended)).toBe('127');
      expect(ended.err).toBe(`criu-sweep: cannot run ${name}: ENOENT: no such file or directory\n`);
    }
    expect(where.left()).toEqual([]);
  });

  test('when it cannot be started', async () => {
    const where = workplace();
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

test('a command that dumps core leaves its own, and we leave none', async (context) => {
  need(context, 'bash', 'prlimit');
  const where = workplace();
  // bash(1) says of what it waited for whether it dumped core, wherever core_pattern sends that.
  const wrap = ['bash', '-c', 'ulimit -c unlimited && cd work && "$@"; exit $?', 'bash'];
  for (const signal of ['SEGV', 'ABRT', 'QUIT', 'XFSZ']) {
    const dying = ['sh', '-c', `kill -${signal} $$`];
    const alone = await startProgram(dying, { cwd: where.dir, wrap }).ended;
    expect(alone.err).toContain('(core dumped)');
    const below = await startRun(['--work-dir', '.', '--', ...dying], where, { wrap }).ended;
    expect(below.code).toBe(alone.code);
    expect(below.err).not.toContain('(core dumped)');
  }
});

test('a script without a first line that names its interpreter is the shell’s, as execvp(3) has it', async () => {
  const where = workplace();
  writeFileSync(`${where.dir}/script`, `${MAKE}\nexit 3\n`);
  chmodSync(`${where.dir}/script`, 0o755);
  expect(how(await startRun(['--work-dir', 'work', '--', './script'], where).ended)).toBe('3');
  expect(where.left()).toEqual([]);
});

test('as process 1, which no signal of its own ends, the status says which it was', async (context) => {
  need(context, 'root', 'namespaces');
  const where = workplace();
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

function isCriu(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'criu\n';
  } catch {
    return false;
  }
}

/** A small file system on `frozen` in the workplace's directory that lets nobody write: SIGKILL waits there for its turn. */
async function freezable({ dir }: Workplace) {
  const mount = `${dir}/frozen`;
  mkdirSync(mount);
  await program(['truncate', '--size=8M', `${dir}/image`]);
  await program(['mkfs.ext4', '-q', `${dir}/image`]);
  await program(['mount', '-o', 'loop', `${dir}/image`, mount]);
  writeFileSync(`${mount}/file`, '');
  await program(['fsfreeze', '--freeze', mount]);
  const thaw = async () => {
    await startProgram(['fsfreeze', '--unfreeze', mount]).ended;
  };
  onTestFinished(thaw);
  const stuck = ({ pid }: Running) =>
    descendants(pid).find((each) => readStat(each)?.state === 'D' && isCriu(each));
  const writer = (running: Running) =>
    vi.waitFor(async () => {
      const pid = stuck(running);
      await sleep(100); // It may wait for its own program to be read from a disk, but not for long.
      return pid !== undefined && pid === stuck(running) ? pid : Promise.reject(new Error('no writer'));
    }, 20_000);
  return { thaw, writer };
}
