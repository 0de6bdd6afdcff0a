import { childProcess } from './lazy-builtins.ts';
import { SYSTEM_PATH } from './system-path.ts';

/** The signals whose default action writes a core (signal(7)). */
const DUMPING: readonly NodeJS.Signals[] = [
  ...(['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE'] as const),
  ...(['SIGSEGV', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS'] as const),
];

/** A limit of 1 byte keeps the kernel from a file and from a program of core_pattern (do_coredump in fs/coredump.c). */
const NO_CORE = '--core=1:';

/**
 * Forbids a core of ours, before a signal is raised again that ended another process: the core that matters is
 * that one's. Ours would be 60 MB of Node, in the directory we stand in or in place of the other's; timeout(1)
 * forbids its own too. Without prlimit(1) it is written.
 */
export function forbidCore(signal: NodeJS.Signals): void {
  if (!DUMPING.includes(signal)) return;
  childProcess().spawnSync('prlimit', [`--pid=${process.pid}`, NO_CORE], {
    cwd: '/',
    env: { PATH: SYSTEM_PATH, LC_ALL: 'C' },
    stdio: 'ignore',
    timeout: LONGEST_MS,
  });
}

const LONGEST_MS = 1000;
