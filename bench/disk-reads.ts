import { readFileSync, statSync } from 'node:fs';

/**
 * Requests to read that the disk below a directory has served since the machine was started (Documentation/block/stat.rst);
 * 0 where there is no disk below it.
 */
export function diskReads(directory: string): number {
  const { dev } = statSync(directory, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  try {
    const [reads] = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8').trim().split(/\s+/);
    return Number(reads);
  } catch {
    return 0;
  }
}
