import type { Server, Socket } from 'node:net';
import { monotonicMs } from '../../linux/clock.ts';
import { errnoOf } from '../../linux/errno.ts';
import { net } from '../../linux/lazy-builtins.ts';
import type { Seen } from '../../linux/seen.ts';
import type { Pause } from '../../model/events.ts';
import { moment, NOT_ENTERED, PATIENCE_MS } from './waiting.ts';

/** Bytes written at once to fill a socket. */
const FILLING = 1024 * 1024;

/** A socket that takes no more, since nobody reads at its other end. */
export class FullSocket {
  readonly #server: Server;
  #near: Socket | null = null;
  #far: Socket | null = null;
  #connected = false;
  #failure: unknown = null;

  constructor() {
    const { connect, createServer } = net();
    // An abstract address (unix(7)): no file is made.
    const address = `\0criu-sweep-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const fail = (error: unknown): void => {
      this.#failure = error;
    };
    this.#server = createServer({ pauseOnConnect: true }, (far) => {
      this.#far ??= far;
      far.on('error', fail);
    });
    this.#server.on('error', fail);
    this.#server.listen(address, () => {
      this.#near = connect(address, () => {
        this.#connected = true;
      });
      this.#near.on('error', fail);
    });
  }

  /** The socket, once the kernel takes no more into it. */
  *filled(): Generator<Pause, Seen<Socket>, void> {
    const end = monotonicMs() + PATIENCE_MS;
    while (this.#failure === null && monotonicMs() < end) {
      yield* moment();
      if (this.#near === null || !this.#connected) continue;
      if (this.#near.writableLength > 0) return { kind: 'seen', value: this.#near };
      this.#near.write(Buffer.alloc(FILLING));
    }
    return this.#failure === null ? NOT_ENTERED : { kind: 'hidden', ...errnoOf(this.#failure) };
  }

  close(): void {
    for (const end of [this.#near, this.#far]) end?.destroy();
    this.#server.close();
  }
}
