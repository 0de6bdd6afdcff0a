/** A file of this package by its path in it: `templates/cron`. */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
