import { readlinkSync, realpathSync } from 'node:fs';
import { asBytes, bytes, encode, fsPath, joinPath, parentOf, toText } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';
import { isProcFileSystem, ownNumber } from './own-process.ts';
import { type FileFacts, isSame, lstatFacts, PinnedDirectory } from './pinned-directory.ts';
import { isPlacedByUs, isTrusted } from './trust.ts';

/** The end of a path: a name in an open directory, which the caller closes, or a descriptor of ours. */
export type Located =
  | {
      readonly kind: 'name';
      readonly directory: PinnedDirectory;
      readonly name: Bytes;
      /** The facts about that name; `null`: there is nothing. A link only if it is one of the kernel's. */
      readonly facts: FileFacts | null;
      /** Whether it is a descriptor of another process, as /proc shows it. */
      readonly ofOther: boolean;
    }
  | { readonly kind: 'descriptor'; readonly fd: number };

/** The error for a path that is not followed to its end. Its message is half a sentence. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed';
}

/** The number of links that the kernel follows (include/linux/namei.h, MAXSYMLINKS). */
const MOST_LINKS = 40;

/** Makes a path absolute by the current directory. Throws getcwd(3)'s errno. */
export function absolutePath(written: string): Bytes {
  return written.startsWith('/')
    ? encode(written)
    : joinPath(asBytes(realpathSync.native('.', 'latin1')), encode(written));
}

/**
 * Follows a path one name at a time. Each name is looked up in the directory before it. Links are followed
 * only if they are root's or ours, or lie where nobody else may write. (The kernel's own rule,
 * fs.protected_symlinks, concerns sticky directories alone, and may be switched off.)
 *
 * Throws {@link NotFollowed}, or the errno of a call that failed: ELOOP, or ENOTDIR of what is no directory
 * (any more).
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
  /** The names that are still to be followed, the next one last. */
  readonly #rest: Bytes[];
  #links = 0;

  constructor(path: Bytes) {
    this.#rest = namesOf(path);
  }

  toEnd(): Located {
    for (;;) {
      const name = this.#rest.pop();
      if (name === undefined) return this.#end(bytes`.`, this.directory.facts);
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

  /** Follows a link. @returns the end of the path, if the link is one of the kernel's and comes last */
  #follow(name: Bytes, link: FileFacts, isLast: boolean): Located | null {
    this.#links += 1;
    if (this.#links > MOST_LINKS)
      throw Object.assign(new Error('too many links'), { code: 'ELOOP', errno: -40, syscall: 'open' });
    const { directory } = this;
    if (isProcFileSystem(directory)) return this.#followKernels(name, link, isLast);
    if (!isPlacedByUs(link, directory.facts)) throw planted(joinPath(directory.path, name), link);
    const place = directory.at(name);
    const target = asBytes(readlinkSync(fsPath(place), 'latin1'));
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

  /**
   * Follows a link in /proc. The text of most of them is no path: only the kernel can follow them
   * (proc_pid_fd(5)).
   */
  #followKernels(name: Bytes, link: FileFacts, isLast: boolean): Located | null {
    const { directory } = this;
    if (directory.path === '/proc') {
      this.#rest.push(...namesOf(asBytes(readlinkSync(fsPath(directory.at(name)), 'latin1'))));
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

/** The names of a path, the last one first. */
function namesOf(path: Bytes): Bytes[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}
