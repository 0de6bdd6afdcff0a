/** Links read between two pauses. */
const PAUSE_AFTER = 2048;

/** The work of a look, counted in links read. */
export class Work {
  #since = 0;

  /** Adds work. Returns whether it is time for a pause. */
  add(links: number): boolean {
    this.#since += links;
    if (this.#since < PAUSE_AFTER) return false;
    this.#since = 0;
    return true;
  }
}
