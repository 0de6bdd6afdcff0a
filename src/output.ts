import { write } from 'node:fs';
import { type Errno, errnoOf } from './errno.ts';

const CHUNK = 64 * 1024;
const RETRY_MS = 10;

/**
 * Text on its way to a file descriptor, gathered into large writes. Writing is asynchronous, so a reader that stalls
 * stalls us without making us deaf to signals. After the first failure nothing is written any more.
 */
export class Output {
  readonly #fd: number;
  #gathered: string[] = [];
  #length = 0;
  #failure: Errno | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The errno of the write that failed, `null` while all is well. EPIPE: the reader has gone. */
  get failure(): Errno | null {
    return this.#failure;
  }

  /** More than a chunk waits to be written. */
  get full(): boolean {
    return this.#length >= CHUNK;
  }

  /** Takes text; {@link flush} writes it. */
  add(text: string): void {
    if (text === '' || this.#failure !== null) return;
    this.#gathered.push(text);
    this.#length += text.length;
  }

  /** Writes all that was added. Never throws: see {@link failure}. */
  async flush(): Promise<void> {
    while (this.#gathered.length > 0 && this.#failure === null) {
      const buffer = Buffer.from(this.#gathered.join(''), 'utf8');
      this.#gathered = [];
      this.#length = 0;
      try {
        await writeAll(this.#fd, buffer);
      } catch (error) {
        this.#failure = errnoOf(error);
      }
    }
  }
}

async function writeAll(fd: number, buffer: Buffer): Promise<void> {
  for (let written = 0; written < buffer.length; ) {
    try {
      written += await writeSome(fd, buffer, written);
    } catch (error) {
      if (errnoOf(error).code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function writeSome(fd: number, buffer: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, buffer, offset, buffer.length - offset, null, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}
