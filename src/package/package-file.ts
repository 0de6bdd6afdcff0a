import { existsSync, readFileSync } from 'node:fs';
import { EMBEDDED } from './embedded.ts';

/** The package's folder: one above the bundle, two above this source. */
const ROOT = ['../', '../../']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)));

/** A file of this package by its path in it: `templates/cron`. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT ?? new URL('../', import.meta.url));
}

/** The text of a file of this package by its path in it. */
export function readPackageFile(path: string): string {
  return EMBEDDED?.files[path] ?? readFileSync(packageFile(path), 'utf8');
}
