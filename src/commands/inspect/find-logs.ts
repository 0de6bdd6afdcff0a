import type { Dirent } from 'node:fs';
import fastGlob from 'fast-glob';
import { joinPath } from '../../bytes.ts';
import { LOG_GLOBS, type LogName, parseLogName } from '../../criu/log/files.ts';
import type { Bytes, SweepError } from '../../model.ts';
import type { Target } from '../../sweep/targets.ts';
import { DirectoryReader, type LogScope } from './directory-reader.ts';

/** Something that has a log's name; nothing of it has been read. */
export interface NamedLikeLog {
  readonly path: Bytes;
  /** The directory it lies in, with links resolved. */
  readonly workDir: Bytes;
  readonly name: LogName;
}

/** What was found below all targets. */
export interface FoundLogs {
  readonly logs: readonly NamedLikeLog[];
  readonly errors: readonly SweepError[];
}

/**
 * Finds by name what can be a log of CRIU's below each target, and beside a target that is a leftover itself. Links
 * are not followed.
 */
export async function findLogs(
  targets: readonly Target[],
  scope: LogScope,
  onDirectories: (count: number, where: Bytes) => void,
): Promise<FoundLogs> {
  const found = new Map<Bytes, NamedLikeLog>();
  const errors: SweepError[] = [];
  let directories = 0;
  for (const target of targets) {
    const place = placeOf(target, scope.scan.maxDepth);
    if (place === null) continue;
    const reader = new DirectoryReader(place.root, scope);
    for await (const entry of search(place, reader, (where) => {
      onDirectories(directories + reader.directories, where);
    })) {
      const log = namedLikeLog(joinPath(place.root, entry));
      if (log !== null) found.set(log.path, log);
    }
    directories += reader.directories;
    errors.push(...reader.errors);
  }
  return { logs: [...found.values()], errors };
}

interface Place {
  readonly root: Bytes;
  readonly depth: number;
}

function placeOf(target: Target, maxDepth: number | null): Place | null {
  switch (target.plan) {
    case 'tree':
      return { root: target.resolved, depth: maxDepth ?? Number.POSITIVE_INFINITY };
    case 'candidate':
      return { root: target.parent, depth: 1 };
    case 'again':
    case 'none':
      return null;
  }
}

/** The paths below a place whose names are a log's. */
async function* search(
  { root, depth }: Place,
  reader: DirectoryReader,
  onDirectory: (where: Bytes) => void,
): AsyncGenerator<Bytes> {
  type Callback<T> = (error: null, entries: T[]) => void;
  function readdir(path: string, options: { withFileTypes: true }, callback: Callback<Dirent>): void;
  function readdir(path: string, callback: Callback<string>): void;
  function readdir(path: string, ...rest: [{ withFileTypes: true }, Callback<Dirent>] | [Callback<string>]) {
    const directory = withControls(path);
    const entries = reader.list(directory);
    for (const entry of entries) entry.name = withoutControls(entry.name);
    onDirectory(directory);
    // A tick for every directory, in which signals are heard.
    if (rest.length === 2) setImmediate(rest[1], null, entries);
    else
      setImmediate(
        rest[0],
        null,
        entries.map(({ name }) => name),
      );
  }
  const entries = fastGlob.stream([...LOG_GLOBS], {
    cwd: withoutControls(root),
    deep: depth,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: false,
    fs: { readdir },
  });
  for await (const entry of entries) yield withControls(String(entry));
}

/** What a dot of a regular expression does not match, or fast-glob takes for something else; far from any byte. */
const CONTROL_OFFSET = 0xe000;

function withoutControls(name: Bytes): string {
  return name.replace(/[\x00-\x1f\\\x7f]/g, (byte) =>
    String.fromCharCode(byte.charCodeAt(0) + CONTROL_OFFSET),
  );
}

function withControls(path: string): Bytes {
  return path.replace(/[\ue000-\ue07f]/g, (character) =>
    String.fromCharCode(character.charCodeAt(0) - CONTROL_OFFSET),
  );
}

function namedLikeLog(path: Bytes): NamedLikeLog | null {
  const slash = path.lastIndexOf('/');
  const name = parseLogName(path.slice(slash + 1));
  return name === null ? null : { path, workDir: path.slice(0, slash) || '/', name };
}
