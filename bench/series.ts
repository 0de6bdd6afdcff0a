import { type Case, CROWD, type Sample } from './model.ts';
import { type Measured, median } from './statistics.ts';

/** The quantities that samples are compared by: milliseconds, milliseconds, MB (10^6 bytes). */
export const QUANTITIES = {
  wall: (sample: Sample) => sample.wallMs,
  cpu: (sample: Sample) => sample.userMs + sample.systemMs,
  memory: (sample: Sample) => (sample.maxRssKiB * 1024) / 1e6,
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
  return a.job === b.job && a.fs === b.fs && a.shape === b.shape && a.leftovers === b.leftovers;
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
export function titleOf({ job, fs, shape, leftovers }: Case): string {
  const where = `${leftovers.toLocaleString('en')} leftovers in ${shape === 'deep' ? 'a deep tree' : 'one directory'} on ${fs}`;
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
