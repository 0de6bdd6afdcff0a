/**
 * The middle value; of an even number of values the mean of the two in the middle.
 * @throws RangeError where there are none.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing');
  return (lower + upper) / 2;
}

/** A value and the round it was measured in. */
export interface Measured {
  readonly round: number;
  readonly value: number;
}

/**
 * `numerators` over `denominators`, pair by pair: only values of the same round are divided by each other, since
 * what disturbs a machine disturbs neighbours alike. Rounds that only one of them has are left out.
 */
export function pairwiseRatios(
  numerators: readonly Measured[],
  denominators: readonly Measured[],
): readonly number[] {
  const byRound = new Map(denominators.map(({ round, value }) => [round, value]));
  return numerators.flatMap(({ round, value }) => {
    const denominator = byRound.get(round);
    return denominator === undefined || denominator === 0 ? [] : [value / denominator];
  });
}

/** The median of {@link pairwiseRatios}; `null` where no round has both. */
export function medianRatio(
  numerators: readonly Measured[],
  denominators: readonly Measured[],
): number | null {
  const ratios = pairwiseRatios(numerators, denominators);
  return ratios.length === 0 ? null : median(ratios);
}

/** The median of differences pair by pair (`minuends` - `subtrahends`); `null` where no round has both. */
export function medianDifference(
  minuends: readonly Measured[],
  subtrahends: readonly Measured[],
): number | null {
  const byRound = new Map(subtrahends.map(({ round, value }) => [round, value]));
  const differences = minuends.flatMap(({ round, value }) => {
    const other = byRound.get(round);
    return other === undefined ? [] : [value - other];
  });
  return differences.length === 0 ? null : median(differences);
}

/** The list begun `by` places later, its beginning put to the end: A B C, B C A, C A B, A B C, … */
export function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
