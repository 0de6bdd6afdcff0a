import { type Dirent, lstatSync, opendirSync, readdirSync, type Stats } from 'node:fs';
import { fsPath, joinPath, toText } from '../../bytes.ts';
import { parseLogName } from '../../criu/log/files.ts';
import { type Errno, errnoOf } from '../../errno.ts';
import type { Bytes, SweepError } from '../../model.ts';
import { lstatName } from '../../sweep/lstat.ts';
import { isPseudoFileSystem } from '../../sweep/mountinfo.ts';
import type { ScanScope } from '../../sweep/scanner.ts';

/** Where the logs are looked for, and when to stop. */
export interface LogScope {
  /** What a sweep enters: the logs are looked for in the same directories. */
  readonly scan: ScanScope;
  /** Asked at every directory: whether to stop looking. */
  readonly interrupted: () => boolean;
}

/** Entries read at a time. */
const BATCH = 1024;

/**
 * Lists the directories below a target for the search of logs: of each only its subdirectories and what has a log's
 * name, so that very many image files beside a log cost no more than reading their names. Names are bytes. Other file
 * systems, candidates, other targets and what is excluded are left out, as a sweep leaves them out.
 */
export class DirectoryReader {
  readonly #root: Bytes;
  readonly #scope: LogScope;
  readonly #errors: SweepError[] = [];
  #device: number | null = null;
  #directories = 0;

  constructor(root: Bytes, scope: LogScope) {
    this.#root = root;
    this.#scope = scope;
  }

  /** Directories that no path reaches; what else keeps one from being read, the sweep tells of the same directory. */
  get errors(): readonly SweepError[] {
    return this.#errors;
  }

  /** How many directories have been read. */
  get directories(): number {
    return this.#directories;
  }

  /** The entries of a directory that matter. Never throws an errno: a directory that cannot be read has none. */
  list(path: Bytes): Dirent[] {
    if (this.#scope.interrupted()) return [];
    try {
      if (!this.#mayRead(path)) return [];
      this.#directories += 1;
      return listEntries(path, (entry) => this.#matters(path, entry));
    } catch (error) {
      this.#note(path, errnoOf(error));
      return [];
    }
  }

  #note(path: Bytes, { code, syscall }: Errno): void {
    if (code === 'ENAMETOOLONG') this.#errors.push({ path, code, syscall });
  }

  #mayRead(path: Bytes): boolean {
    const facts = lstatName(path);
    if (facts === null) return false;
    this.#device ??= facts.dev;
    const { scan } = this.#scope;
    if (path === this.#root) return true;
    return (scan.crossDevice || facts.dev === this.#device) && !scan.isOtherTarget(facts);
  }

  #matters(directory: Bytes, { name, isDirectory }: ListedName): boolean {
    const { scan } = this.#scope;
    if (!isDirectory && parseLogName(name) === null) return false;
    if (isDirectory && (scan.match(name) !== undefined || !this.#mayCross(directory, name))) return false;
    if (scan.excludes === null) return true;
    const below = joinPath(directory, name).slice(this.#root === '/' ? 1 : this.#root.length + 1);
    return !scan.excludes(toText(below));
  }

  #mayCross(directory: Bytes, name: Bytes): boolean {
    const mount = this.#scope.scan.mounts.at({ path: directory }, name);
    if (mount === undefined) return true;
    return this.#scope.scan.crossDevice && !isPseudoFileSystem(mount.fsType);
  }
}

interface ListedName {
  readonly name: Bytes;
  readonly isDirectory: boolean;
}

function listEntries(path: Bytes, matters: (entry: ListedName) => boolean): Dirent[] {
  const matching: Dirent[] = [];
  const directory = opendirSync(fsPath(path), { encoding: 'latin1', bufferSize: BATCH });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (matters({ name: entry.name, isDirectory: entry.isDirectory() })) matching.push(entry);
    }
    return matching;
  } catch (error) {
    if (isReadFailure(error)) throw error;
    return listUntyped(path, matters);
  } finally {
    directory.closeSync();
  }
}

/**
 * On a file system whose directory entries bear no type, Node asks lstat for each, and fails as a whole where one
 * has just gone or a path is not UTF-8.
 */
function isReadFailure(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall !== 'lstat';
}

function listUntyped(path: Bytes, matters: (entry: ListedName) => boolean): Dirent[] {
  return readdirSync(fsPath(path), { encoding: 'latin1' }).flatMap((name) => {
    const stats = lstatSync(fsPath(joinPath(path, name)), { throwIfNoEntry: false });
    if (stats === undefined || !matters({ name, isDirectory: stats.isDirectory() })) return [];
    return [new StatedEntry(path, name, stats)];
  });
}

/** A directory entry whose type lstat(2) told. */
class StatedEntry implements Dirent {
  name: Bytes;
  readonly parentPath: Bytes;
  readonly path: Bytes;
  readonly #stats: Stats;

  constructor(directory: Bytes, name: Bytes, stats: Stats) {
    this.name = name;
    this.parentPath = directory;
    this.path = directory;
    this.#stats = stats;
  }

  isFile = (): boolean => this.#stats.isFile();
  isDirectory = (): boolean => this.#stats.isDirectory();
  isBlockDevice = (): boolean => this.#stats.isBlockDevice();
  isCharacterDevice = (): boolean => this.#stats.isCharacterDevice();
  isSymbolicLink = (): boolean => this.#stats.isSymbolicLink();
  isFIFO = (): boolean => this.#stats.isFIFO();
  isSocket = (): boolean => this.#stats.isSocket();
}
