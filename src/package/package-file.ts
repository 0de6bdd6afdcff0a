import { existsSync } from 'node:fs';

/** The package's folder: one above the bundle, two above this source. */
const ROOT = ['../', '../../']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)));

/** A file of this package by its path in it: `templates/cron`. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT ?? new URL('../', import.meta.url));
}
