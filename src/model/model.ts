/**
 * The types of a judgement. A {@link Policy} is the input of a sweep; {@link Facts} are the lstat of a name;
 * a {@link Verdict} is the filter's decision; an {@link Item} is the result. The events of a sweep, which
 * carry them, are in events.ts.
 */

/**
 * A name or path as the kernel has it: one character (U+0000 to U+00FF) for each byte. Linux names are bytes;
 * decoding them as UTF-8 would lose bytes that are not. A string of text is not assignable; linux/bytes.ts
 * has the ways in and out.
 */
export type Bytes = Parts & string;

/** A string that is text, and no bytes. */
export type Text = string & { readonly [BYTES]?: never };

declare const BYTES: unique symbol;

/** The methods of string whose result, of bytes, is bytes again. */
interface Parts {
  readonly [BYTES]: true;
  slice(start?: number, end?: number): Bytes;
  split(separator: string | RegExp): Bytes[];
  concat(...more: readonly Bytes[]): Bytes;
}

/** A kind of directory to look for: `prefix` + six characters of `[A-Za-z0-9]`, as mkdtemp(3) makes it. */
export interface Kind {
  readonly prefix: Bytes;
  /** The permission bits (of `07777`) that a leftover of this kind can have; `null`: any. */
  readonly modes: readonly number[] | null;
  /** CRIU mounts something on it while it is alive. So it is kept if we cannot see all mounts. */
  readonly mountable: boolean;
}

export const AGE_STAMPS = ['mtime', 'ctime', 'birthtime', 'newest'] as const;
export type AgeBy = (typeof AGE_STAMPS)[number];

/** The user's rules for removal: every option that a judgement depends on. */
export interface Policy {
  readonly kinds: readonly Kind[];
  /** Milliseconds; `null`: any age (`run` knows what was there before). */
  readonly olderThanMs: number | null;
  readonly ageBy: AgeBy;
  /** Effective uid of the owner; `null`: any. */
  readonly owner: number | null;
  /** For the report: what `--mode` said, or the catalogue's usual 0700; `null`: any. */
  readonly mode: number | null;
  /** 1: only the target's own entries; `null`: no bound. */
  readonly maxDepth: number | null;
  readonly crossDevice: boolean;
  readonly exclude: readonly string[];
}

/** The identity of a file; also exact above 2^53, where the inode number is a bigint. */
export interface Identity {
  readonly dev: number;
  readonly ino: number | bigint;
}

/**
 * The result of one lstat(2). Times in milliseconds since 1970; a birthtime of 0 is not kept by the file
 * system.
 */
export interface Facts extends Identity {
  /** st_mode, with the bits of the file type. */
  readonly mode: number;
  readonly uid: number;
  /** Bytes. */
  readonly size: number;
  /** Hard links. Of a directory on some file systems: its subdirectories, and 2. */
  readonly nlink: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
}

/**
 * The reason why a candidate is kept. Modes are four octal digits, times ISO 8601 UTC, ages whole
 * milliseconds.
 */
export type Reason =
  | { readonly why: 'mounted'; readonly where: Bytes }
  | { readonly why: 'not-a-directory' }
  | { readonly why: 'owner'; readonly uid: number }
  | { readonly why: 'mode'; readonly mode: string }
  | { readonly why: 'too-young'; readonly ageMs: number }
  | { readonly why: 'future'; readonly mtime: string }
  | { readonly why: 'excluded' }
  | ({ readonly why: 'unknown' } & Unseen)
  | { readonly why: 'not-empty' }
  | { readonly why: 'in-use'; readonly pid: number; readonly command: Bytes }
  | { readonly why: 'locked'; readonly pid: number };
export type Why = Reason['why'];

/** A failed call that hides something we had to see, and the process (with its comm) it was about, if any. */
export interface Unseen {
  readonly code: string;
  readonly syscall: string;
  readonly pid?: number;
  readonly command?: Bytes;
}

/** The filter's judgement of one candidate. No reasons: nothing in the lstat speaks against removing it. */
export interface Verdict {
  readonly reasons: readonly Reason[];
  /** Whole milliseconds by the time stamp of the policy; `null` if the file system does not keep it. */
  readonly ageMs: number | null;
}

/** A directory that the scan stands or stood in, with its absolute path, links resolved. */
export interface Place extends Identity {
  readonly path: Bytes;
}

/** A name that matches a kind, and where it was found. */
export interface Candidate {
  readonly parent: Place;
  readonly name: Bytes;
  readonly kind: Kind;
  readonly excluded: boolean;
  /** The mount point of our own namespace that it is, if it is one. */
  readonly mountedAt: Bytes | null;
}

/** The outcome for a candidate. */
export type Outcome =
  | { readonly outcome: 'removed' | 'would-remove' | 'vanished' }
  | { readonly outcome: 'kept'; readonly reasons: readonly Reason[] }
  | { readonly outcome: 'failed'; readonly code: string; readonly syscall: string };

/** A candidate, its lstat (`null` if that failed), and its outcome. */
export interface Item {
  readonly candidate: Candidate;
  readonly facts: Facts | null;
  readonly ageMs: number | null;
  readonly result: Outcome;
}
