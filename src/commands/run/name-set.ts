import type { Bytes, Kind } from '../../model/model.ts';

const DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SUFFIX_LENGTH = 6;
const DIGIT_OF = new Map([...DIGITS].map((character, digit) => [character, digit]));

/**
 * A set of mkdtemp names, each kept as one exact number: its kind, and its suffix read in base 62. Eight
 * bytes a name, so a directory with a million leftovers costs a few megabytes while a command runs.
 */
export class NameSet {
  readonly #kinds: ReadonlyMap<Kind, number>;
  #codes = new Float64Array(64);
  #size = 0;
  #sorted = true;

  /** @param kinds that the names can be of; 150,000 of them are exact in a double */
  constructor(kinds: readonly Kind[]) {
    this.#kinds = new Map(kinds.map((kind, index) => [kind, index]));
  }

  get size(): number {
    return this.#size;
  }

  /** Takes in a name of a kind; each may be added once. */
  add(name: Bytes, kind: Kind): void {
    if (this.#size === this.#codes.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#size] = this.#codeOf(name, kind);
    this.#size += 1;
    this.#sorted = false;
  }

  /** Whether the name was taken in. */
  has(name: Bytes, kind: Kind): boolean {
    if (!this.#sorted) this.#codes.subarray(0, this.#size).sort();
    this.#sorted = true;
    const code = this.#codeOf(name, kind);
    let from = 0;
    for (let to = this.#size; from < to; ) {
      const middle = (from + to) >>> 1;
      if ((this.#codes[middle] ?? 0) < code) from = middle + 1;
      else to = middle;
    }
    return from < this.#size && this.#codes[from] === code;
  }

  #codeOf(name: Bytes, kind: Kind): number {
    let code = this.#kinds.get(kind) ?? -1;
    for (const character of name.slice(-SUFFIX_LENGTH))
      code = code * DIGITS.length + (DIGIT_OF.get(character) ?? 0);
    return code;
  }
}
