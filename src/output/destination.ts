import { isExact, toText } from '../linux/bytes.ts';
import { describeErrno, errnoOf } from '../linux/errno.ts';
import type { Bytes } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';
import { whyUnusable } from './inherited.ts';
import { absolutePath, type Located, locate, NotFollowed } from './locate.ts';
import { type FileFacts, isSame, type PinnedDirectory } from './pinned-directory.ts';
import { STDERR, STDOUT } from './standard-streams.ts';
import { isPlacedByUs } from './trust.ts';

/** The option or variable that named an output file, and its value. */
export interface Named {
  /** `--report`, `$GITHUB_STEP_SUMMARY`. */
  readonly option: string;
  readonly value: string;
}

/**
 * The place that output goes to: a path, followed anew each time it is opened, or an inherited descriptor.
 */
export type Destination = Named &
  ({ readonly kind: 'path'; readonly path: Bytes } | { readonly kind: 'descriptor'; readonly fd: number });

/** The end of a destination's path, as it is now. The caller closes the directory. */
export interface Place {
  readonly directory: PinnedDirectory;
  readonly name: Bytes;
  /** The facts about what has that name; `null`: nothing has. */
  readonly facts: FileFacts | null;
  /**
   * `file`: a regular file, replaced as a whole. `stream`: a FIFO or a device, written to as it is. `link`: a
   * kernel's link to one of those.
   */
  readonly kind: 'file' | 'stream' | 'link';
}

/**
 * Checks that an output file can be written before anything is touched.
 *
 * @throws UsageError if it is a directory, if its directory cannot be written, if it is a descriptor that was
 *   not open for writing when we were started, or if another user may have made a link on the way to it
 */
export function destinationOf(value: string, option: string): Destination {
  const named = { option, value };
  if (value === '') throw wrong(named, 'is empty: name a file');
  if (!isExact(value)) throw wrong(named, 'is not UTF-8: name another file');
  if (value.endsWith('/')) throw wrong(named, "is a directory's name: name a file");
  const fd = descriptorOf(value);
  if (fd !== null) return descriptor(named, fd);
  return refusing(named, () => {
    const path = absolutePath(value);
    const located = locate(path);
    if (located.kind === 'descriptor') return descriptor(named, located.fd);
    const { directory, kind } = placeOf(located);
    try {
      if (kind === 'file') directory.checkWritable();
    } finally {
      directory.close();
    }
    return { ...named, kind: 'path', path } as const;
  });
}

/** A destination that is only added to. Its path is followed only when it is opened. */
export function appendedTo(value: string, option: string): Destination {
  const named = { option, value };
  const fd = descriptorOf(value);
  return fd === null
    ? { ...named, kind: 'path', path: absolutePath(value) }
    : { ...named, kind: 'descriptor', fd };
}

/** stdout as a destination: `-`. */
export function stdoutAs(option: string): Destination {
  return descriptor({ option, value: '-' }, STDOUT);
}

/** Whether two destinations are the same file, each by its directory and name. @throws UsageError */
export function isSameFile(one: Destination, other: Destination): boolean {
  if (one.kind !== 'path' || other.kind !== 'path') return false;
  const [a, b] = [refusing(one, () => openPlace(one.path)), refusing(other, () => openPlace(other.path))];
  for (const { directory } of [a, b]) directory.close();
  return a.kind === 'file' && a.name === b.name && isSame(a.directory.facts, b.directory.facts);
}

/**
 * Follows a destination's path, anew each time. Throws {@link NotFollowed}, or the errno of a call that
 * failed.
 */
export function openPlace(path: Bytes): Place {
  const located = locate(path);
  if (located.kind === 'descriptor') throw new NotFollowed('was a path, and now leads to a descriptor');
  return placeOf(located);
}

function placeOf({ directory, name, facts, ofOther }: Extract<Located, { kind: 'name' }>): Place {
  if (ofOther) return { directory, name, facts, kind: 'link' };
  const why = facts === null ? null : whyNot(facts, directory);
  if (why === null) return { directory, name, facts, kind: facts?.isFile() === false ? 'stream' : 'file' };
  directory.close();
  throw new NotFollowed(why);
}

/**
 * The reason why nothing is written to a file, or `null`. Whoever put a FIFO there would read the report (the
 * kernel's fs.protected_fifos guards against the same).
 */
function whyNot(facts: FileFacts, { facts: above, path }: PinnedDirectory): string | null {
  if (facts.isDirectory()) return 'is a directory: name a file';
  if (facts.isFile() || isPlacedByUs(facts, above)) return null;
  return `is no file: uid ${facts.uid} has put it into ${toText(path)}, where others than root and you may write: name another file`;
}

const OWN_DESCRIPTOR = /^(?:\/dev\/fd|\/proc\/self\/fd)\/(\d{1,9})$/;

/** The number of a descriptor of ours, if the path is one of its usual names. Asks no /proc. */
function descriptorOf(path: string): number | null {
  if (path === '/dev/stdout') return STDOUT;
  if (path === '/dev/stderr') return STDERR;
  const fd = OWN_DESCRIPTOR.exec(path)?.[1];
  return fd === undefined ? null : Number(fd);
}

function descriptor(named: Named, fd: number): Destination {
  const why = whyUnusable(fd);
  if (why === null) return { ...named, kind: 'descriptor', fd };
  switch (why) {
    case 'not open':
    case 'not open for writing':
      throw wrong(named, `descriptor ${fd} is ${why}: redirect it to a file, like ${fd}>report.json`);
    case "Node's own":
      throw wrong(named, `descriptor ${fd} is Node.js's own, or a pipe that we would have to read ourselves`);
    case 'unknown without /proc':
      throw wrong(named, `whose descriptor ${fd} is cannot be told without /proc: name a file`);
  }
}

/** Turns errnos, and paths that are not followed, into usage errors. */
function refusing<T>(named: Named, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unwritable(named, error);
  }
}

/**
 * The usage error for an output file that cannot be written. Throws an error again that is neither an errno
 * nor about a path.
 */
export function unwritable(named: Named, error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  if (error instanceof NotFollowed) return wrong(named, error.message);
  return wrong(named, `cannot be written: ${describeErrno(errnoOf(error).code)}`);
}

function wrong({ option, value }: Named, why: string): UsageError {
  return new UsageError(`${option}: ${value === '' ? '' : `${value}: `}${why}`);
}
