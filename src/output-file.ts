import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isExact } from './bytes.ts';
import { describeErrno, type Errno, errnoOf } from './errno.ts';
import { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/**
 * Where an output file goes, links resolved: replaced as a whole, or written to as it is (a FIFO, a device), or a
 * descriptor that we have already.
 */
export type Destination = {
  /** The option that named it, with its value, as messages say it. */
  readonly named: string;
} & (
  | { readonly to: 'file' | 'stream'; readonly path: string }
  | { readonly to: 'descriptor'; readonly fd: number }
);

const OWN_DESCRIPTOR = /^(?:\/dev\/fd|\/proc\/self\/fd)\/(\d{1,4})$/;

const MOST_LINKS = 40;

/**
 * Checks that an output file can be written before anything is touched.
 *
 * @param option whose value it is, for the message
 * @throws UsageError where its directory cannot be written, or where it is a directory
 */
export function destinationOf(written: string, option: string): Destination {
  if (written === '') throw new UsageError(`${option}: is empty: name a file`);
  const named = `${option}: ${written}`;
  if (!isExact(written)) throw new UsageError(`${named}: is not UTF-8: name another file`);
  if (written.endsWith('/')) throw new UsageError(`${named}: is a directory's name: name a file`);
  const fd = ownDescriptor(written);
  if (fd !== null) return { named, to: 'descriptor', fd };
  try {
    const path = followLinks(resolve(written));
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw new UsageError(`${named}: is a directory: name a file`);
    if (stats !== undefined && !stats.isFile()) return { named, to: 'stream', path };
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return { named, to: 'file', path };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unwritable(named, error);
  }
}

function unwritable(named: string, error: unknown): UsageError {
  return new UsageError(`${named}: cannot be written: ${describeErrno(errnoOf(error).code)}`);
}

/** A descriptor of ours by its name; opening that again would begin a file that it leads to anew. */
function ownDescriptor(path: string): number | null {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const fd = OWN_DESCRIPTOR.exec(path)?.[1];
  return fd === undefined ? null : Number(fd);
}

/** What a link leads to, also where nothing is there yet. */
function followLinks(path: string): string {
  let current = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (!lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink()) return current;
    const next = resolve(dirname(current), readlinkSync(current));
    current = next;
  }
  return current;
}

/** A file that is written while a sweep goes on: beside its destination, and renamed when it is whole. */
export class OutputFile {
  readonly output: Output;
  readonly #handle: FileHandle | null;
  readonly #rename: { readonly from: string; readonly to: string } | null;

  private constructor(fd: number, handle: FileHandle | null, rename: { from: string; to: string } | null) {
    this.output = new Output(fd);
    this.#handle = handle;
    this.#rename = rename;
  }

  /**
   * Opens it.
   *
   * @param mode permission bits whatever the umask says; `null`: as the umask says
   * @throws UsageError where that fails
   */
  static async open(destination: Destination, mode: number | null = null): Promise<OutputFile> {
    if (destination.to === 'descriptor') return new OutputFile(destination.fd, null, null);
    const { path, named } = destination;
    const { open } = await import('node:fs/promises');
    try {
      return destination.to === 'stream' ? await openStream(path) : await openBeside(path, mode);
    } catch (error) {
      throw unwritable(named, error);
    }

    async function openStream(stream: string): Promise<OutputFile> {
      const handle = await open(stream, constants.O_WRONLY);
      return new OutputFile(handle.fd, handle, null);
    }

    async function openBeside(to: string, bits: number | null): Promise<OutputFile> {
      const from = join(dirname(to), `.${basename(to)}.${process.pid}.${Date.now().toString(36)}`);
      const handle = await open(from, 'wx', bits ?? 0o666);
      if (bits !== null) await handle.chmod(bits);
      return new OutputFile(handle.fd, handle, { from, to });
    }
  }

  /** Opens a file that others have written to, and adds to its end. Throws open(2)'s errno. */
  static async append(path: string): Promise<OutputFile> {
    const { open } = await import('node:fs/promises');
    const handle = await open(path, 'a');
    return new OutputFile(handle.fd, handle, null);
  }

  /** Writes what is left, and puts the file into its place. Where that fails the errno, and no half file is left. */
  async finish(): Promise<Errno | null> {
    await this.output.flush();
    const { failure } = this.output;
    const { rename, unlink } = await import('node:fs/promises');
    try {
      if (this.#rename !== null && failure === null) await this.#handle?.sync();
      await this.#handle?.close();
      if (this.#rename === null) return failure;
      if (failure === null) await rename(this.#rename.from, this.#rename.to);
      else await unlink(this.#rename.from);
      return failure;
    } catch (error) {
      return errnoOf(error);
    }
  }
}
