import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { describeErrno, type Errno, errnoOf } from './errno.ts';
import { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Where an output file goes: links resolved, and whether it is replaced as a whole or (a FIFO, a device) written to. */
export interface Destination {
  readonly path: string;
  readonly replaced: boolean;
}

const MOST_LINKS = 40;

/**
 * Checks that an output file can be written before anything is touched.
 *
 * @param option whose value it is, for the message
 * @throws UsageError where its directory cannot be written, or where it is a directory
 */
export function destinationOf(written: string, option: string): Destination {
  if (written === '') throw new UsageError(`${option}: is empty: name a file`);
  try {
    const path = followLinks(resolve(written));
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw new UsageError(`${option}: ${written}: is a directory: name a file`);
    if (stats !== undefined && !stats.isFile()) return { path, replaced: false };
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return { path, replaced: true };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${option}: ${written}: cannot be written: ${describeErrno(errnoOf(error).code)}`);
  }
}

/** What a link leads to, also where nothing is there yet; the magic links of /proc (`/dev/stdout`) are left as they are. */
function followLinks(path: string): string {
  let current = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (!lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink()) return current;
    const next = resolve(dirname(current), readlinkSync(current));
    const leads = statSync(current, { throwIfNoEntry: false });
    if (leads !== undefined && !leads.isFile()) return current;
    current = next;
  }
  return current;
}

/** A file that is written while a sweep goes on: beside its destination, and renamed when it is whole. */
export class OutputFile {
  readonly output: Output;
  readonly #destination: Destination;
  readonly #handle: FileHandle;
  readonly #temporary: string;

  private constructor(destination: Destination, handle: FileHandle, temporary: string) {
    this.#destination = destination;
    this.#handle = handle;
    this.#temporary = temporary;
    this.output = new Output(handle.fd);
  }

  /** Opens it. @param mode permission bits whatever the umask says; `null`: as the umask says. Throws open(2)'s errno. */
  static async open(destination: Destination, mode: number | null = null): Promise<OutputFile> {
    const { path, replaced } = destination;
    if (!replaced) return new OutputFile(destination, await open(path, constants.O_WRONLY), path);
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${Date.now().toString(36)}`);
    const handle = await open(temporary, 'wx', mode ?? 0o666);
    if (mode !== null) await handle.chmod(mode);
    return new OutputFile(destination, handle, temporary);
  }

  /** Opens a file that others have written to, and adds to its end. Throws open(2)'s errno. */
  static async append(path: string): Promise<OutputFile> {
    return new OutputFile({ path, replaced: false }, await open(path, 'a'), path);
  }

  /** Writes what is left, and puts the file into its place. Where that fails the errno, and no half file is left. */
  async finish(): Promise<Errno | null> {
    await this.output.flush();
    try {
      if (this.output.failure === null && this.#destination.replaced) await this.#handle.sync();
      await this.#handle.close();
      if (!this.#destination.replaced) return this.output.failure;
      if (this.output.failure === null) await rename(this.#temporary, this.#destination.path);
      else await unlink(this.#temporary);
      return this.output.failure;
    } catch (error) {
      return errnoOf(error);
    }
  }
}
