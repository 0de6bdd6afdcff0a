import { decode, encode } from '../linux/bytes.ts';
import type { CommandEnd, End, Start, Summary, SweepError, TargetReport } from '../model/events.ts';
import type { Bytes, Policy } from '../model/model.ts';
import { isoTime } from '../model/time.ts';
import { octalMode } from '../sweep/filter.ts';

/** The values of the JSON report, the same in every format that has them. */

export const SCHEMA_VERSION = 1;

/** Name and version of this tool, as reports give them. */
export interface Tool {
  readonly name: string;
  readonly version: string;
}

/** The values at the head of a report. */
export function startValues(tool: Tool, { host, uid, startedAt, dryRun, policy, command }: Start): object {
  return {
    schemaVersion: SCHEMA_VERSION,
    tool,
    host,
    uid,
    startedAt: isoTime(startedAt),
    dryRun,
    policy: policyValues(policy),
    ...(command === undefined ? {} : { command: commandValues(command) }),
  };
}

function commandValues({ argv, end, startedAt, durationMs, watched }: CommandEnd): object {
  const directories = watched.map(({ path, why }) => ({ ...pathValues(path), why }));
  return {
    argv: argv.map(shown),
    ...endValues(end),
    startedAt: isoTime(startedAt),
    durationMs,
    watched: directories,
  };
}

function endValues(end: End): object {
  switch (end.kind) {
    case 'exited':
      return { exitCode: end.status, signal: null };
    case 'killed':
      return { exitCode: null, signal: end.signal };
    case 'not-started':
      return { exitCode: end.status, signal: null, code: end.code, syscall: end.syscall };
  }
}

/**
 * A word of the command line, with U+FFFD for bytes that are not UTF-8. Strict readers take no JSON with the lone surrogates
 * that stand for them.
 */
function shown(word: string): string {
  return decode(encode(word)).text;
}

/** The member `path`, and, if it is not UTF-8, `pathBase64` with the exact bytes. */
export function pathValues(path: Bytes): { path: string; pathBase64?: string } {
  const { text, exact } = decode(path);
  return exact ? { path: text } : { path: text, pathBase64: Buffer.from(path, 'latin1').toString('base64') };
}

/** One target of a report. */
export function targetValues({ path, resolved, status, directories, entries }: TargetReport): object {
  const shown = resolved === null ? null : decode(resolved).text;
  return { path: decode(path).text, resolved: shown, status, directories, entries };
}

/** One error of a report. */
export function errorValues({ path, code, syscall }: SweepError): object {
  return { ...pathValues(path), code, syscall };
}

/** The values at the foot of a report. */
export function summaryValues({
  counts,
  inUse,
  interrupted,
  finishedAt,
  durationMs,
  exitCode,
}: Summary): object {
  return { summary: counts, inUse, interrupted, finishedAt: isoTime(finishedAt), durationMs, exitCode };
}

function policyValues({
  kinds,
  olderThanMs,
  ageBy,
  owner,
  mode,
  maxDepth,
  crossDevice,
  exclude,
}: Policy): object {
  return {
    prefixes: kinds.map((kind) => decode(kind.prefix).text),
    olderThanMs,
    ageBy,
    owner,
    mode: mode === null ? null : octalMode(mode),
    maxDepth,
    crossDevice,
    exclude: exclude.map(shown),
  };
}
