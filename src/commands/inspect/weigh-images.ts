import { constants } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { IMAGE_DIRECTORIES, type ImageSet, imageByName } from '../../criu/images.ts';
import { joinPath } from '../../linux/bytes.ts';
import { assertErrno } from '../../linux/errno.ts';
import { listHere } from '../../linux/listing.ts';
import { isDirectory, lstatName, statHere } from '../../linux/lstat.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import { stepInto, stepOut } from '../../linux/working-directory.ts';
import type { Bytes, Facts } from '../../model/model.ts';

/** Entries of work dirs that are read, and images that are looked at, in one inspection. */
const MOST_ENTRIES = 2_000_000;
const MOST_IMAGES = 200_000;
/** Milliseconds for all of them together. */
const MOST_TIME_MS = 10_000;

/** Entries between two ticks, in which signals are heard. */
const TICK_AFTER = 1024;

/** Directories of images in one another: containerd's `ctrd-checkpoint` can hold a `checkpoint`. */
const DEEPEST = 2;

/** The images of a work dir as they are counted. */
interface Weight {
  /** One of them has a name that only an image has. */
  certain: boolean;
  files: number;
  bytes: number;
  oldestMs: number;
  newestMs: number;
  complete: boolean;
}

/** Weighs the images of work dirs, bounded over a whole inspection. */
export class ImageScales {
  readonly #mounts: OwnMounts;
  readonly #interrupted: () => boolean;
  #entries = 0;
  #images = 0;
  #leftMs = MOST_TIME_MS;
  #until = 0;

  constructor(mounts: OwnMounts, interrupted: () => boolean) {
    this.#mounts = mounts;
    this.#interrupted = interrupted;
  }

  /**
   * The images in the directory we stand in, and in those below it that callers make for them; `null`: none.
   * We may stand elsewhere afterwards. What could not be looked at, for any errno, makes it incomplete.
   *
   * @param path of the directory we stand in
   */
  async weighHere(path: Bytes): Promise<ImageSet | null> {
    const weight = nothing();
    const from = performance.now();
    this.#until = from + this.#leftMs;
    try {
      await this.#weigh(path, DEEPEST, weight);
    } catch (error) {
      assertErrno(error);
      weight.complete = false;
    }
    this.#leftMs -= performance.now() - from;
    const { certain, ...images } = weight;
    return certain ? images : null;
  }

  /** Throws an errno. */
  async #weigh(path: Bytes, depth: number, weight: Weight): Promise<void> {
    const here = statHere();
    const below = await this.#list(path, here, weight);
    for (const name of depth > 0 ? below : []) {
      const facts = this.#isMount(path, name) ? null : lstatName(name);
      if (facts === null || !isDirectory(facts) || facts.dev !== here.dev) continue;
      const step = stepInto(name, facts).kind;
      if (step === 'gone') continue;
      if (step === 'entered') await this.#weigh(joinPath(path, name), depth - 1, weight);
      if (step === 'entered' && stepOut(here).kind === 'entered') continue;
      weight.complete = false;
      return;
    }
  }

  /**
   * Counts the images of the directory we stand in. @returns the names of directories below that can hold
   * some
   */
  async #list(path: Bytes, { size }: Facts, weight: Weight): Promise<Bytes[]> {
    const below: Bytes[] = [];
    const listing = listHere(size);
    try {
      for (let batch = listing.next(); batch !== null; batch = listing.next()) {
        for (const { name } of batch) {
          if (++this.#entries % TICK_AFTER === 0) await nextTick();
          if (this.#isSpent()) {
            weight.complete = false;
            return below;
          }
          if (IMAGE_DIRECTORIES.includes(name)) below.push(name);
          this.#add(path, name, weight);
        }
      }
    } finally {
      listing.close();
    }
    return below;
  }

  #add(path: Bytes, name: Bytes, weight: Weight): void {
    const image = imageByName(name);
    if (image === null || this.#isMount(path, name)) return;
    this.#images += 1;
    const facts = lstatName(name);
    if (facts === null || (facts.mode & constants.S_IFMT) !== constants.S_IFREG) return;
    weight.certain ||= image === 'certain';
    weight.files += 1;
    weight.bytes += facts.size;
    weight.oldestMs = Math.min(weight.oldestMs, facts.mtimeMs);
    weight.newestMs = Math.max(weight.newestMs, facts.mtimeMs);
  }

  /** A mount point is another file system's, which may never answer. */
  #isMount(path: Bytes, name: Bytes): boolean {
    return this.#mounts.at({ path }, name) !== undefined;
  }

  #isSpent(): boolean {
    const many = this.#entries > MOST_ENTRIES || this.#images >= MOST_IMAGES;
    return many || performance.now() > this.#until || this.#interrupted();
  }
}

function nothing(): Weight {
  const [oldestMs, newestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { certain: false, files: 0, bytes: 0, oldestMs, newestMs, complete: true };
}
