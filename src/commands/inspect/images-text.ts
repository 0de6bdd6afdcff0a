import ms from 'ms';
import type { ImageSet } from '../../criu/images.ts';
import type { PlacedRun } from '../../inspection/run-index.ts';
import { keyOf } from '../../linux/lstat.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** A size for people, in powers of 1000 as ls(1) `--si` and df(1) `-H` have it: `34 B`, `1.2 GB`. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `34 files, 1.2 GB, 3d old`; the age is that of the newest. @param now milliseconds since 1970 */
export function imagesText({ files, bytes, newestMs, complete }: ImageSet, now: number): string {
  const [least, count] = [complete ? '' : 'at least ', files === 1 ? '1 file' : `${files} files`];
  const age = now < newestMs ? 'from the future' : `${ms(Math.round(now - newestMs))} old`;
  return `${least}${count}, ${sizeText(bytes)}, ${age}`;
}

/** `images of 3.4 GB in 2 directories`; `null`: none. The runs of one work dir have the same. */
export function imagesInAll(runs: readonly PlacedRun[]): string | null {
  const sets = new Map(
    runs.flatMap(({ directory, images }) => (images === null ? [] : [[keyOf(directory), images]])),
  );
  if (sets.size === 0) return null;
  const bytes = [...sets.values()].reduce((sum, images) => sum + images.bytes, 0);
  const least = [...sets.values()].every(({ complete }) => complete) ? '' : 'at least ';
  return `images of ${least}${sizeText(bytes)} in ${sets.size} ${sets.size === 1 ? 'directory' : 'directories'}`;
}
