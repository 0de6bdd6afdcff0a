import { isExact, toText } from '../linux/bytes.ts';
import { describeErrno, errnoOf } from '../linux/errno.ts';
import type { Bytes } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';
import { whyUnusable } from './inherited.ts';
import { absolutePath, isPrivate, isTrusted, type Located, locate, NotFollowed } from './locate.ts';
import { type FileFacts, isSame, type PinnedDirectory } from './pinned-directory.ts';
import { STDERR, STDOUT } from './standard-streams.ts';

/** The option or variable that named an output file, and its value. */
export interface Named {
  /** `--report`, `$GITHUB_STEP_SUMMARY`. */
  readonly option: string;
  readonly value: string;
}

/**
 * Where output goes: a path that is followed again each time it is opened, or a descriptor that we were started with.
 */
export type Destination = Named &
  ({ readonly kind: 'path'; readonly path: Bytes } | { readonly kind: 'descriptor'; readonly fd: number });

/** A destination by path, as it is now; the caller closes its directory. */
export interface Place {
  readonly directory: PinnedDirectory;
  readonly name: Bytes;
  /** Of what is there already; `null`: nothing is. */
  readonly facts: FileFacts | null;
  /** `file`: replaced as a whole. `stream`: a FIFO or a device, written to as it is. `link`: a kernel's link to such. */
  readonly kind: 'file' | 'stream' | 'link';
}

/**
 * Checks that an output file can be written before anything is touched.
 *
 * @throws UsageError where its directory cannot be written, where it is a directory, a descriptor that was not open for
 *   writing when we were started, or where a link leads to it that somebody else may have put there
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

/** A destination that is only added to. Where it leads is looked at when it is opened. */
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

/** Follows a destination's path, anew each time. Throws {@link NotFollowed}, and the errno of a look that failed. */
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

/** A FIFO that somebody has put where a report goes would be read by him (as fs.protected_fifos has it). */
function whyNot(facts: FileFacts, { facts: above, path }: PinnedDirectory): string | null {
  if (facts.isDirectory()) return 'is a directory: name a file';
  if (facts.isFile() || isTrusted(facts) || isPrivate(above)) return null;
  return `is no file: uid ${facts.uid} has put it into ${toText(path)}, where others than root and you may write: name another file`;
}

const OWN_DESCRIPTOR = /^(?:\/dev\/fd|\/proc\/self\/fd)\/(\d{1,9})$/;

/** A descriptor of ours by its usual names, for which no /proc is needed. */
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

/** Makes wrong usage of errnos and of paths that are not followed. */
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
