import { write } from 'node:fs';
import { monotonicMs } from '../linux/clock.ts';
import { type Errno, errnoOf } from '../linux/errno.ts';

const CHUNK = 64 * 1024;
const RETRY_MS = 10;

/** The number of characters that are encoded together. A call for each line would cost more. */
const BLOCK = 4096;

/** Tells whether we have been asked to stop. Then a reader that takes nothing is waited for no longer. */
export type Stopped = () => boolean;
export const NEVER: Stopped = () => false;

/** The time that a reader may still take nothing then, in milliseconds. A reader at work may finish. */
const GRACE_MS = 1000;

const NOTHING = Buffer.alloc(0);

/** The most bytes of UTF-8 that one UTF-16 code unit can become. */
const MOST_BYTES = 3;

/**
 * Text on its way to a file descriptor, collected into large writes. It is encoded soon, because waiting
 * strings would survive garbage collections and let the heap grow. Writing is asynchronous: a slow reader
 * slows us down, but signals are still heard. After the first failure nothing is written any more.
 */
export class Output {
  readonly #fd: number;
  readonly #stopped: Stopped;
  #text = '';
  #gathered: Buffer = NOTHING;
  #length = 0;
  /** The buffer that was written last, to be filled next. */
  #spare: Buffer = NOTHING;
  #failure: Errno | null = null;

  /**
   *
   *
   * @param stopped ends the wait for a reader that takes nothing, if the descriptor is non-blocking (EAGAIN)
   */
  constructor(fd: number, stopped: Stopped = NEVER) {
    this.#fd = fd;
    this.#stopped = stopped;
  }

  /** The errno of the write that failed, or `null`. EPIPE: the reader has gone. */
  get failure(): Errno | null {
    return this.#failure;
  }

  /** Whether a chunk or more waits to be written. */
  get full(): boolean {
    return this.#length + this.#text.length >= CHUNK;
  }

  /** Takes text; {@link flush} writes it. */
  add(text: string): void {
    if (this.#failure !== null) return;
    this.#text += text;
    if (this.#text.length >= BLOCK) this.#encode();
  }

  /** Writes all that was added. Never throws: see {@link failure}. */
  async flush(): Promise<void> {
    for (this.#encode(); this.#length > 0 && this.#failure === null; this.#encode()) {
      const buffer = this.#gathered;
      const end = this.#length;
      this.#gathered = this.#spare;
      this.#spare = NOTHING;
      this.#length = 0;
      try {
        await writeAll(this.#fd, buffer.subarray(0, end), this.#stopped);
      } catch (error) {
        this.#failure = errnoOf(error);
      }
      this.#spare = buffer;
    }
  }

  #encode(): void {
    const end = this.#length + this.#text.length * MOST_BYTES;
    if (end > this.#gathered.length) this.#gathered = grown(this.#gathered, end);
    this.#length += this.#gathered.write(this.#text, this.#length);
    this.#text = '';
  }
}

/** Copies a buffer into a larger one. @param bytes the least size */
function grown(buffer: Buffer, bytes: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * buffer.length, 2 * CHUNK));
  buffer.copy(larger);
  return larger;
}

async function writeAll(fd: number, buffer: Buffer, stopped: Stopped): Promise<void> {
  let stalledAt: number | null = null;
  for (let written = 0; written < buffer.length; ) {
    try {
      written += await writeSome(fd, buffer, written);
      stalledAt = null;
    } catch (error) {
      if (errnoOf(error).code !== 'EAGAIN') throw error;
      if (!stopped()) stalledAt = null;
      else stalledAt ??= monotonicMs();
      if (stalledAt !== null && monotonicMs() - stalledAt > GRACE_MS) throw error;
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
