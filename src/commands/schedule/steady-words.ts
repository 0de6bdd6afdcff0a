import { isExact } from '../../linux/bytes.ts';
import { UsageError } from '../../model/usage-error.ts';
import { bothName } from '../../output/report-files.ts';
import type { SweepOptions } from '../../request/sweep-options.ts';

/** The options of a sweep that name an output file, each with its path. */
export function outputsOf({ report, metrics }: SweepOptions): (readonly [option: string, path: string])[] {
  const written = [['--report', report] as const, ['--metrics', metrics] as const];
  return written.flatMap(([option, path]) =>
    path === undefined || path === '-' ? [] : [[option, path] as const],
  );
}

/**
 * Refuses a file by its path alone. Only the host that will run the sweep can tell whether its directory
 * exists.
 *
 * @throws UsageError
 */
export function refuseWrongFile(option: string, path: string): void {
  if (path === '') throw new UsageError(`${option}: is empty: name a file`);
  if (path.endsWith('/')) throw new UsageError(`${option}: ${path}: is a directory's name: name a file`);
  refuseUnsteadyPath(path, [path]);
}

/** Refuses the same file for two reports. @throws UsageError */
export function refuseSameFile(outputs: readonly (readonly [string, string])[]): void {
  const [[, first] = [], [, second] = []] = outputs;
  if (first !== undefined && first === second) throw bothName(first);
}

/**
 * Refuses a path that may mean another place where the sweep will run: a relative one, or one with `..`,
 * because links may differ.
 *
 * @param bases the directories that it begins in; for a glob they may be several
 * @throws UsageError
 */
export function refuseUnsteadyPath(path: string, bases: readonly string[]): void {
  if (path === '') return;
  if (bases.length === 0 || !bases.every((base) => base.startsWith('/')))
    throw new UsageError(
      `'${path}' is relative, and a scheduled sweep starts in another directory: write it absolute`,
    );
  if (path.split('/').includes('..')) throw new UsageError(`'${path}': write it without '..'`);
}

/** Refuses words that are not UTF-8, because units and crontabs are. @throws UsageError */
export function refuseUnsteadyWord(word: string): void {
  if (!isExact(word))
    throw new UsageError(
      `'${word}' is not UTF-8, and cannot be written into a file: name the directory above it`,
    );
}
