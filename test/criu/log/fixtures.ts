import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeRun, type Evidence, type LogFile, type Run } from '../../../src/criu/log/criu-run.ts';
import { parseLogName, parseNameLikeLog } from '../../../src/criu/log/files.ts';
import { type LogTold, readLog } from '../../../src/criu/log/read.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import type { Bytes } from '../../../src/model/model.ts';

const ROOT = fileURLToPath(new URL('../../../fixtures/criu-logs/', import.meta.url));

/** The bytes of a file of fixtures/criu-logs. */
export function fixture(path: string): Bytes {
  return asBytes(readFileSync(`${ROOT}${path}`, 'latin1'));
}

/** What a log tells, read in chunks of `size` bytes. */
export function tell(log: Bytes, size = 64 * 1024): LogTold | null {
  const reader = readLog();
  for (let at = 0; at < log.length; at += size) reader.chunk(log.slice(at, at + size));
  return reader.finish();
}

/** The same, where the test knows that it is a log. */
export function told(log: Bytes): LogTold {
  const it = tell(log);
  if (it === null) throw new Error('not taken for a log of CRIU');
  return it;
}

/** A log of this name in /work, last written 100 s after 1970. */
export function logFile(name: string, more: Partial<LogFile> = {}): LogFile {
  const parsed = parseLogName(asBytes(name)) ?? parseNameLikeLog(asBytes(name));
  if (parsed === null) throw new Error(`no log's name: ${name}`);
  return { path: asBytes(`/work/${name}`), workDir: bytes`/work`, name: parsed, mtimeMs: 100_000, ...more };
}

/** Nothing known from outside the log. */
export const NO_EVIDENCE: Evidence = { open: false, statsMtimeMs: null, otherLogsMs: [] };

/** The mtimes (milliseconds) in `times.txt`, by name, as they were where the run was recorded. */
export function recordedTimes(folder: string): ReadonlyMap<string, number> {
  const lines = fixture(`${folder}/times.txt`).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [, name = '', seconds = ''] = /\/([^/ ]+) mtime=(\d+)$/.exec(line) ?? [];
      return [name, Number(seconds) * 1000];
    }),
  );
}

/** The directories in `left.txt`. */
export function recordedLeftovers(folder: string): { name: Bytes; parent: Bytes; mtimeMs: number }[] {
  if (!existsSync(`${ROOT}${folder}/left.txt`)) return [];
  const lines = fixture(`${folder}/left.txt`).trim().split('\n');
  return lines.map((line) => {
    const [, parent = '', name = '', seconds = ''] =
      /^(.*)\/(\S+) \d+ \d+ \d+ (\d+) directory$/.exec(line) ?? [];
    return { name: asBytes(name), parent: asBytes(parent), mtimeMs: Number(seconds) * 1000 };
  });
}

/** The run of a recorded folder, at the place and with the times it was recorded. */
export function recordedRun(folder: string, log: string): Run {
  const times = recordedTimes(folder);
  const workDir = `/var/tmp/r/${folder}`;
  return describeRun(
    told(fixture(`${folder}/${log}`)),
    logFile(log, {
      path: asBytes(`${workDir}/${log}`),
      workDir: asBytes(workDir),
      mtimeMs: times.get(log) ?? 0,
    }),
    { ...NO_EVIDENCE, statsMtimeMs: times.get('stats-dump') ?? null },
  );
}
