import { type ChildProcess, spawn } from 'node:child_process';
import { isExact } from '../../linux/bytes.ts';
import { type Errno, errnoOf } from '../../linux/errno.ts';
import type { End } from '../../model/events.ts';
import { inheritedStdio } from './descriptors.ts';

/** A command that was started, or could not be. */
export interface Child {
  /** `undefined`: it could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<End>;
  /** Sends it a signal; what kill(2) refused, `null` where it was sent or the command has ended. */
  kill(signal: NodeJS.Signals): Errno | null;
}

/**
 * Starts a command with our standard streams, working directory and environment. It has ended when the
 * process has, even while children of its own still hold the streams. Node has no names for realtime signals:
 * a command killed by one looks as if it had exited with 0.
 *
 * @param complain says which descriptors it does not get
 */
export function startChild(command: readonly string[], complain: (message: string) => void): Child {
  const [program = '', ...args] = command;
  if (!command.every(isExact)) return notStarted({ code: 'EILSEQ', syscall: 'spawn' });
  let child: ChildProcess;
  try {
    if (program === '') return notStarted({ code: 'ENOENT', syscall: 'spawn' });
    child = spawn(program, args, { stdio: inheritedStdio(complain) });
  } catch (error) {
    return notStarted(errnoOf(error));
  }
  let refused: Errno | null = null;
  const ended = new Promise<End>((resolve) => {
    child.once('exit', (status, signal) => {
      resolve(signal === null ? { kind: 'exited', status: status ?? 0 } : { kind: 'killed', signal });
    });
    child.on('error', (error) => {
      const errno = errnoOf(error);
      if (child.pid === undefined) resolve(cannotStart(errno));
      else refused = errno;
    });
  });
  return {
    pid: child.pid,
    ended,
    kill(signal) {
      refused = null;
      child.kill(signal);
      return refused;
    },
  };
}

function notStarted(errno: Errno): Child {
  return { pid: undefined, ended: Promise.resolve(cannotStart(errno)), kill: () => null };
}

/** env(1): 127 "if COMMAND cannot be found", 126 "if COMMAND is found but cannot be invoked". */
function cannotStart({ code, syscall }: Errno): End {
  return {
    kind: 'not-started',
    status: code === 'ENOENT' ? 127 : 126,
    code,
    syscall: syscall.split(' ')[0] ?? '',
  };
}
