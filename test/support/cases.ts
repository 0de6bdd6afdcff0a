import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';

/** Cases after which the test runner, which takes a worker for dead that says nothing for a minute, hears of it. */
const AT_ONCE = 5000;

/**
 * Holds a parser to a property: in `usual` cases, or in as many as CRIU_SWEEP_CASES says (`npm run test:cases`: a
 * million). Where one fails, fast-check says the seed of its part; CRIU_SWEEP_SEED takes it.
 *
 * @param seed the seed where the environment says none; others in each run unless it is given
 * @throws Error with the smallest case that fails
 */
export async function holds<Case>(
  property: fc.IProperty<Case> | fc.IAsyncProperty<Case>,
  usual: number,
  seed: number = Date.now() % 2 ** 31,
): Promise<void> {
  const all = Number(process.env.CRIU_SWEEP_CASES ?? usual);
  const first = Number(process.env.CRIU_SWEEP_SEED ?? seed);
  for (let done = 0; done < all; done += AT_ONCE) {
    await fc.assert(property, { numRuns: Math.min(AT_ONCE, all - done), seed: first + done / AT_ONCE });
    await setImmediate();
  }
}
