import { type Case, CROWD, type Sample } from './model.ts';
import { type Measured, median } from './statistics.ts';

/** The quantities that samples are compared by: milliseconds, milliseconds, MB (10^6 bytes), requests. */
export const QUANTITIES = {
  wall: (sample: Sample) => sample.wallMs,
  cpu: (sample: Sample) => sample.userMs + sample.systemMs,
  memory: (sample: Sample) => (sample.maxRssKiB * 1024) / 1e6,
  reads: (sample: Sample) => sample.reads,
} as const;
export type Quantity = keyof typeof QUANTITIES;

/** One contestant's values in one case, round by round; those that were ended for taking too long are left out. */
export function series(
  samples: readonly Sample[],
  base: Case,
  contestant: string,
  quantity: Quantity,
): readonly Measured[] {
  return samples
    .filter((sample) => sample.contestant === contestant && !sample.timedOut && sameCase(sample.case, base))
    .map((sample) => ({ round: sample.round, value: QUANTITIES[quantity](sample) }));
}

/** The median of {@link series}; `null` where there is none. */
export function medianOf(
  samples: readonly Sample[],
  base: Case,
  contestant: string,
  quantity: Quantity,
): number | null {
  const values = series(samples, base, contestant, quantity).map(({ value }) => value);
  return values.length === 0 ? null : median(values);
}

export function sameCase(a: Case, b: Case): boolean {
  const sameTree = a.fs === b.fs && a.shape === b.shape && a.leftovers === b.leftovers;
  return a.job === b.job && sameTree && a.cold === b.cold;
}

/** The cases that there are samples of, in the order measured. */
export function casesOf(samples: readonly Sample[]): readonly Case[] {
  return samples
    .map((sample) => sample.case)
    .filter((base, index, all) => all.findIndex((other) => sameCase(other, base)) === index);
}

/** The contestants that ran in a case, in the order measured first. */
export function contestantsOf(samples: readonly Sample[], base: Case): readonly string[] {
  return [
    ...new Set(samples.filter((sample) => sameCase(sample.case, base)).map(({ contestant }) => contestant)),
  ];
}

/** A case in words. */
export function titleOf({ job, fs, shape, leftovers, cold }: Case): string {
  const places = { flat: 'one directory', deep: 'a deep tree', deeper: 'a deep tree of ten times the size' };
  const temperature = cold === true ? ', nothing of it in memory' : '';
  const where = `${leftovers.toLocaleString('en')} leftovers in ${places[shape]} on ${fs}${temperature}`;
  switch (job) {
    case 'startup':
      return 'Start-up on an empty directory';
    case 'look':
      return `Look at who uses one directory, among ${CROWD.processes.toLocaleString('en')} processes of ${CROWD.descriptors} descriptors`;
    case 'removal':
      return `Removal, ${where}`;
    case 'dry-run':
      return `Dry run, ${where}`;
    case 'report':
      return `Full JSON report, ${where}`;
  }
}
