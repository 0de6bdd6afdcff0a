import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { need } from '../../support/abilities.ts';
import { startProgram } from '../../support/command.ts';
import {
  descendants,
  how,
  mkdtemp,
  runScript,
  startRun,
  startScript,
  unseen,
  workplace,
} from '../../support/workplace.ts';
import { after as inShell, pipedInto, straced, withByteArguments } from '../../support/wrap.ts';

const MAKE = mkdtemp('work');

beforeEach((context) => need(context, 'root', 'namespaces'));

describe('the streams are the command’s:', () => {
  test('what it reads, and what it prints on each', async () => {
    const where = workplace();
    const ended = await runScript('cat; echo err >&2; exit 2', where, { stdin: 'in\0\xff\n' });
    expect(ended).toMatchObject({ code: 2, out: 'in\0\u00ff\n', err: 'err\n' });
  });

  test('10 MB into a pipe whose reader stalls', async () => {
    const where = workplace();
    const script = `${MAKE}; head -c 10000000 /dev/zero && exit 3`;
    const running = startScript(script, where, { wrap: pipedInto('(sleep 0.3; wc -c)') });
    const ended = await running.ended;
    expect({ out: ended.out.trim(), how: how(ended) }).toEqual({ out: '10000000', how: '3' });
    expect(where.left()).toEqual([]);
  });

  test('no system call of ours makes one of them non-blocking', async (context) => {
    need(context, 'strace');
    const where = workplace();
    const log = `${where.dir}/log`;
    const wrap = [...straced(log, 'fcntl,ioctl,write'), ...pipedInto('cat')];
    expect(how(await runScript(`${MAKE}; exit 3`, where, { wrap }))).toBe('3');
    const calls = readFileSync(log, 'utf8').split('\n');
    expect(calls.filter((call) => /write\(2, "removed /.test(call))).toHaveLength(1);
    expect(calls.filter((call) => /(?:ioctl|fcntl)\([012], (?:FIONBIO|F_SETFL)/.test(call))).toEqual([]);
  });

  test('a reader that goes away ends the command by SIGPIPE, and us', async () => {
    const where = workplace();
    const wrap = pipedInto('head -1');
    const ended = await runScript(`${MAKE}; exec yes`, where, { wrap });
    expect({ out: ended.out, how: how(ended) }).toEqual({ out: 'y\n', how: '141' });
    expect(where.left()).toEqual([]);
  });

  test('each of them closed', async () => {
    for (const closed of ['<&-', '>&-', '2>&-', '<&- >&- 2>&-']) {
      const where = workplace();
      const ended = await runScript(`${MAKE}; exit 6`, where, { wrap: inShell(`exec ${closed}`) });
      expect({ closed, how: how(ended), left: where.left() }).toEqual({ closed, how: '6', left: [] });
    }
  });

  test('a full disk behind stderr is no concern of the command', async () => {
    const where = workplace();
    expect(how(await runScript(`${MAKE}; exit 6`, where, { stderr: '/dev/full' }))).toBe('6');
    expect(where.left()).toEqual([]);
  });

  test('a grandchild that keeps running and holds them does not keep us', async () => {
    const where = workplace();
    const script = `${MAKE}; sleep 60 & echo $! >pid; exit 3`;
    const ended = await startScript(script, where, { stalled: true }).ended;
    const grandchild = Number(readFileSync(`${where.dir}/pid`, 'utf8'));
    expect(process.kill(grandchild, 0)).toBe(true);
    process.kill(grandchild, 'SIGKILL');
    expect(how(ended)).toBe('3');
    expect(where.left()).toEqual([]);
  });
});

describe('the command has from our caller', () => {
  test('descriptors beyond the streams: files, pipes, and under their numbers', async () => {
    const where = workplace();
    writeFileSync(`${where.dir}/in`, 'said\n');
    const wrap = inShell('exec 3<in 5>out 7>&1 9>/dev/null 8>eight');
    const script =
      'cat <&3 >&7; echo five >&5; echo nine >&9; echo eight >&8; { echo no >&4; } 2>/dev/null || exit 8';
    const ended = await runScript(script, where, { wrap });
    expect({ out: ended.out, err: ended.err, how: how(ended) }).toEqual({ out: 'said\n', err: '', how: '8' });
    expect(readFileSync(`${where.dir}/out`, 'utf8')).toBe('five\n');
    expect(readFileSync(`${where.dir}/eight`, 'utf8')).toBe('eight\n');
  });

  test('no descriptor that is Node’s', async () => {
    const where = workplace();
    const script = 'ls /proc/self/fd';
    const alone = await startProgram(['sh', '-c', script]).ended;
    expect((await runScript(script, where)).out).toBe(alone.out);
  });

  test('its environment, umask and working directory', async () => {
    const where = workplace();
    const wrap = inShell('umask 027');
    const env = { WORD: 'a\nü' };
    const ended = await runScript('printf "%s|" "$WORD"; umask; pwd', where, { wrap, env });
    expect(ended.out).toBe(`a\nü|0027\n${where.dir}\n`);
  });

  test('a variable that has lost bytes only with a word of it', async () => {
    const where = workplace();
    const wrap = inShell(`export WORD="$(printf 'a\\377')" REPLACED="$(printf '\\357\\277\\275')"`);
    const { out, err } = await runScript('printf "%s|%s" "$WORD" "$REPLACED"', where, { wrap });
    expect(out).toBe('a\uFFFD|\uFFFD');
    expect(err).toBe(
      'criu-sweep: the command gets WORD with other bytes: it is not UTF-8, and Node.js passes on UTF-8 only\n',
    );
  });

  test('a working directory that was removed', async () => {
    const where = workplace();
    const wrap = inShell('mkdir gone; cd gone; rmdir ../gone');
    const script = `${mkdtemp(where.work)}; exit 3`;
    const args = ['--work-dir', where.work, '--', '/bin/sh', '-c', script];
    expect(how(await startRun(args, where, { wrap }).ended)).toBe('3');
    expect(where.left()).toEqual([]);
    const ended = await startRun(['--', '/bin/true'], where, { wrap }).ended;
    expect({ how: how(ended), err: ended.err }).toEqual({ how: '0', err: unseen() });
  });

  test('its arguments as they are, also after a second --', async () => {
    const where = workplace();
    const words = ['', 'a b', '--', '-q', '--help', 'ü\n\u202e', '*', '\uFFFD'];
    const ended = await startRun(['--', 'printf', '<%s>', ...words], where).ended;
    expect(ended.out).toBe(words.map((word) => `<${word}>`).join(''));
  });

  test('no argument that has lost bytes: what is not UTF-8 is refused', async () => {
    const where = workplace();
    const words = ['run', '--work-dir', 'work', '--', 'touch', 'work/\xff'];
    const argv = withByteArguments(`${where.dir}/script`, words);
    const ended = await startProgram(argv, { cwd: where.dir }).ended;
    expect(how(ended)).toBe('126');
    expect(ended.err).toBe(
      'criu-sweep: cannot run touch: EILSEQ: illegal byte sequence: Node.js passes on UTF-8 only; call it from a script\n',
    );
    expect(where.left()).toEqual([]);
  });
});

test('while the command runs, nothing of ours keeps a watched directory from being unmounted', async () => {
  const where = workplace();
  const script = `mount -t tmpfs none work && ${MAKE} && umount work && mkdir work/below && exit 3`;
  const ended = await runScript(script, where);
  expect({ how: how(ended), err: ended.err }).toEqual({ how: '3', err: '' });
});

test('a command that runs for long has a watcher that sleeps', async () => {
  const where = workplace();
  const running = startScript('echo ready; exec sleep 60', where);
  await running.printed('stdout', /ready/);
  await vi.waitFor(() => expect(descendants(running.pid).map(comm)).toEqual(['sleep\n']), 20_000);
  const before = ticks(running.pid);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(ticks(running.pid) - before).toBeLessThan(3);
  running.kill('SIGTERM');
  await running.ended;
});

const comm = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8');

/** Clock ticks of processor time so far (utime and stime of proc_pid_stat(5)). */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

test('a descriptor that cannot be looked at is not passed on, and that is said', async (context) => {
  need(context, 'root', 'strace');
  const where = workplace();
  const failing = [
    ...['strace', '-D', '-f', '-qq', '-b', 'execve', '-o', `${where.dir}/trace`, '-P', '/proc/self/fdinfo/5'],
    ...['-e', 'trace=openat', '-e', 'inject=openat:error=EMFILE', '--'],
  ];
  const wrap = ['sh', '-c', 'exec 5</dev/null 6</dev/zero; exec "$@"', 'sh', ...failing];
  const ended = await startRun(['--', 'sh', '-c', 'readlink /proc/self/fd/6'], where, { wrap }).ended;
  expect(ended.err).toContain(
    'criu-sweep: the command does not get our descriptor 5: EMFILE: too many open files\n',
  );
  expect([ended.out, ended.code]).toEqual(['/dev/zero\n', 0]);
});
