import { UsageError } from '../model/usage-error.ts';

/**
 * Takes a glob apart by `act`, and makes the errors of micromatch and its braces mistakes of the user's: a
 * RangeError or SyntaxError for a glob that is too long or has too many parts, a TypeError for one whose braces
 * and parentheses cross, like `{({a,b})a` (braces 3.0.3).
 *
 * @param told the option and the glob, for the message
 * @param several the way to write a glob as several: `several targets`
 * @throws UsageError
 */
export function takingApart<Parts>(told: string, several: string, act: () => Parts): Parts {
  try {
    return act();
  } catch (error) {
    if (error instanceof TypeError)
      throw new UsageError(`${told}: its braces and parentheses cross: pair them`);
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
    throw new UsageError(`${told}: ${error.message}: write it as ${several}`);
  }
}
