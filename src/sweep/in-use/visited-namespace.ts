import type { ChildProcess } from 'node:child_process';
import { fstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fsPath } from '../../linux/bytes.ts';
import { monotonicMs } from '../../linux/clock.ts';
import { childProcess } from '../../linux/lazy-builtins.ts';
import { readLink } from '../../linux/magic-link.ts';
import { O_PATH } from '../../linux/mount-id.ts';
import { release } from '../../linux/release.ts';
import { attempt, type Seen } from '../../linux/seen.ts';
import { SYSTEM_PATH } from '../../linux/system-path.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes, Identity } from '../../model/model.ts';
import { FullSocket } from './full-socket.ts';
import { moment, NOT_ENTERED, PATIENCE_MS } from './waiting.ts';

/**
 * Enters mount namespaces that no process is in, so that /proc shows what is mounted there.
 *
 * nsenter(1) enters, and would then run a program *of that namespace* as root: a program of whoever made it.
 * So we tell it to run the program with the empty name, which no namespace can have (execve(2): ENOENT), and
 * give it a full socket for its error message. It waits there, in the namespace, without having run anything
 * of it, until it is killed. Its mountinfo comes from the kernel and is read from outside.
 */
export class NamespaceVisitor {
  readonly #visitors: ChildProcess[] = [];
  #full: FullSocket | null = null;

  /**
   * Sends a process into a namespace, where it stays until {@link close}; returns its pid.
   *
   * @param file a path to the namespace's file, as of a bind mount or a descriptor (namespaces(7))
   * @param namespace the one it must be: `mnt:[4026532178]`
   */
  *enter(file: Bytes, namespace: string, mounted: boolean): Generator<Pause, Seen<number>, void> {
    const fd = openNamespace(file, namespace, mounted);
    if (fd.kind !== 'seen') return fd;
    try {
      this.#full ??= new FullSocket();
      const stderr = yield* this.#full.filled();
      if (stderr.kind !== 'seen') return stderr;
      const child = attempt(() => start(stderr.value, fd.value), []);
      if (child.kind !== 'seen') return child;
      this.#visitors.push(child.value);
      return yield* arrival(child.value, namespace);
    } finally {
      release(fd.value);
    }
  }

  /** Ends the processes that were sent. */
  close(): void {
    for (const child of this.#visitors.splice(0)) child.kill('SIGKILL');
    this.#full?.close();
    this.#full = null;
  }
}

/** Whether a file is a namespace file of the kernel, of any kind. Throws the errno of stat(2) of our own. */
export function isNamespaceFile({ dev }: Pick<Identity, 'dev'>): boolean {
  return dev === statSync('/proc/self/ns/mnt').dev;
}

/** Opens a path to a namespace's file, and nothing else that may be there by now. */
function openNamespace(file: Bytes, namespace: string, mounted: boolean): Seen<number> {
  return attempt(() => {
    const fd = openSync(fsPath(file), O_PATH);
    if (isThat(fd, namespace, mounted)) return fd;
    release(fd);
    throw Object.assign(new Error(`${namespace} is no longer there`), {
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
    });
  });
}

/**
 * Whether a descriptor is that namespace's: by the text of its link. The file itself is asked only if that
 * is a path, and leads to no stranger.
 */
function isThat(fd: number, namespace: string, mounted: boolean): boolean {
  if (readlinkSync(`/proc/self/fd/${fd}`) === namespace) return true;
  if (!mounted) return false;
  const facts = fstatSync(fd);
  return isNamespaceFile(facts) && namespace === `mnt:[${facts.ino}]`;
}

function start(stderr: Socket, namespace: number): ChildProcess {
  const child = childProcess().spawn('nsenter', ['--mount=/proc/self/fd/3', '--', ''], {
    cwd: '/',
    env: { PATH: SYSTEM_PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', stderr, namespace],
  });
  child.on('error', () => {});
  child.unref();
  return child;
}

/** Waits until a process is in a namespace. */
function* arrival(child: ChildProcess, namespace: string): Generator<Pause, Seen<number>, void> {
  const { pid } = child;
  if (pid === undefined) return NOT_ENTERED;
  const end = monotonicMs() + PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null && monotonicMs() < end) {
    const link = readLink(`/proc/${pid}/ns/mnt`);
    if (link.kind === 'seen' && link.value === namespace) return { kind: 'seen', value: pid };
    yield* moment();
  }
  return NOT_ENTERED;
}
