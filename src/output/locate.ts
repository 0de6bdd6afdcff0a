import { readlinkSync, realpathSync } from 'node:fs';
import { encode, fsPath, joinPath, toText } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import type { Bytes } from '../model/model.ts';
import { type FileFacts, isSame, lstatFacts, PinnedDirectory } from './pinned-directory.ts';

/** Where a path leads: a name in a directory that is held open (the caller closes it), or a descriptor of ours. */
export type Located =
  | {
      readonly kind: 'name';
      readonly directory: PinnedDirectory;
      readonly name: Bytes;
      /** Of what has that name, never a link but of the kernel's own; `null`: nothing has. */
      readonly facts: FileFacts | null;
      /** A descriptor of another process, as /proc shows it. */
      readonly ofOther: boolean;
    }
  | { readonly kind: 'descriptor'; readonly fd: number };

/** A path that is not followed to its end, and why: half a sentence. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed';
}

/** As many as the kernel follows (include/linux/namei.h, MAXSYMLINKS). */
const MOST_LINKS = 40;

const ROOT = 0n;

/** Whether something is root's or ours, so that nobody else has put it where it is. */
export function isTrusted({ uid }: FileFacts): boolean {
  return uid === ROOT || uid === BigInt(process.geteuid?.() ?? 0);
}

/** Whether nobody but root and us may write to a directory. The group's bits of an ACL are its mask (acl(5)). */
export function isPrivate(directory: FileFacts): boolean {
  return isTrusted(directory) && (directory.mode & 0o022n) === 0n;
}

/** The directory a relative path is written from, with what it is relative by. Throws getcwd(3)'s errno. */
export function absolutePath(written: string): Bytes {
  return written.startsWith('/')
    ? encode(written)
    : joinPath(realpathSync.native('.', 'latin1'), encode(written));
}

/**
 * Goes along a path one name at a time, each looked up in the directory before it, and follows its links itself: only
 * those that are root's or ours, or lie where nobody else may write. (The kernel's own rule, fs.protected_symlinks, is
 * about sticky directories alone and may be switched off.)
 *
 * Throws {@link NotFollowed}, and the errno of a look that failed: ELOOP, and ENOTDIR of what is no directory (any more).
 *
 * @param path absolute
 */
export function locate(path: Bytes): Located {
  const walk = new Walk(path);
  try {
    const located = walk.toEnd();
    if (located.kind === 'descriptor') walk.directory.close();
    return located;
  } catch (error) {
    walk.directory.close();
    throw error;
  }
}

class Walk {
  directory = PinnedDirectory.root();
  /** Still to go, the next one last. */
  readonly #rest: Bytes[];
  #links = 0;

  constructor(path: Bytes) {
    this.#rest = namesOf(path);
  }

  toEnd(): Located {
    for (;;) {
      const name = this.#rest.pop();
      if (name === undefined) return this.#end('.', this.directory.facts);
      const isLast = this.#rest.length === 0;
      const facts = lstatFacts(this.directory.at(name));
      if (facts?.isSymbolicLink()) {
        const end = this.#follow(name, facts, isLast);
        if (end !== null) return end;
      } else if (isLast) return this.#end(name, facts);
      else this.#enter(name);
    }
  }

  #end(name: Bytes, facts: FileFacts | null): Located {
    return { kind: 'name', directory: this.directory, name, facts, ofOther: false };
  }

  #enter(name: Bytes, follow = false): void {
    const { directory } = this;
    const path = name === '..' ? parentOf(directory.path) : joinPath(directory.path, name);
    this.directory = directory.enter(name, path, follow);
    directory.close();
  }

  /** Goes on where a link leads; one of the kernel's own can be the end. */
  #follow(name: Bytes, link: FileFacts, isLast: boolean): Located | null {
    this.#links += 1;
    if (this.#links > MOST_LINKS)
      throw Object.assign(new Error('too many links'), { code: 'ELOOP', errno: -40, syscall: 'open' });
    const { directory } = this;
    if (isKernels(directory)) return this.#followKernels(name, link, isLast);
    if (!isTrusted(link) && !isPrivate(directory.facts)) throw planted(joinPath(directory.path, name), link);
    const place = directory.at(name);
    const target = readlinkSync(fsPath(place), 'latin1');
    const after = lstatFacts(place);
    if (!isSame(link, after) || after?.ctimeNs !== link.ctimeNs)
      throw new NotFollowed('a link in its path was changed meanwhile: try again');
    this.#rest.push(...namesOf(target));
    if (target.startsWith('/')) this.#restart();
    return null;
  }

  #restart(): void {
    const root = PinnedDirectory.root();
    this.directory.close();
    this.directory = root;
  }

  /** Most of what /proc shows as links cannot be read as such: the kernel alone can follow them (proc_pid_fd(5)). */
  #followKernels(name: Bytes, link: FileFacts, isLast: boolean): Located | null {
    const { directory } = this;
    if (directory.path === '/proc') {
      this.#rest.push(...namesOf(readlinkSync(fsPath(directory.at(name)), 'latin1')));
      return null;
    }
    const process = /^\/proc\/(\d+)(?:\/task\/\d+)?\/fd$/.exec(directory.path)?.[1];
    if (isLast && process !== undefined && process === ownNumber())
      return { kind: 'descriptor', fd: Number(name) };
    if (!isTrusted(link)) throw planted(joinPath(directory.path, name), link);
    if (isLast && process !== undefined) return { kind: 'name', directory, name, facts: link, ofOther: true };
    if (isLast) throw new NotFollowed("is a link of the kernel's: name the file itself");
    this.#enter(name, true);
    return null;
  }
}

function planted(path: Bytes, { uid }: FileFacts): NotFollowed {
  return new NotFollowed(
    `is not followed: ${toText(path)} is a link of uid ${uid}, where others than root and you may write: name another file`,
  );
}

/** The names of a path, the last first. */
function namesOf(path: Bytes): Bytes[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}

function parentOf(path: Bytes): Bytes {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function isKernels({ facts, path }: PinnedDirectory): boolean {
  if (path !== '/proc' && !path.startsWith('/proc/')) return false;
  const proc = lstatFacts('/proc/self/.');
  return proc !== null && proc.dev === facts.dev;
}

/** Our number in the pid namespace that /proc shows; not always the one we have in our own. */
function ownNumber(): string | null {
  try {
    return readlinkSync('/proc/self', 'latin1');
  } catch (error) {
    // Any errno: then no descriptor is known to be ours.
    assertErrno(error);
    return null;
  }
}
