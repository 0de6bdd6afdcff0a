import { readFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };

/** The release that is packed: what package.json and CHANGELOG.md say of it. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** Without a slash at its end. */
  readonly homepage: string;
  /** With an address, as packages must name one. */
  readonly maintainer: string;
  /** The container image, without a tag. */
  readonly image: string;
  /** Seconds since 1970 that every file, changelog and package bears, so that two builds are the same. */
  readonly date: number;
  /** Its lines of the changelog. */
  readonly changes: readonly string[];
}

/** @param version another than package.json's, for a package that is to be upgraded */
export function readRelease(version: string = manifest.version): Release {
  const homepage = manifest.homepage.replace(/#.*$/, '');
  const owner = new URL(homepage).pathname.split('/')[1] ?? '';
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  return {
    name: manifest.name,
    version,
    summary: 'removes the temporary directories that CRIU leaves behind',
    homepage,
    maintainer: `the criu-sweep authors <${owner}@users.noreply.github.com>`,
    image: manifest.image,
    date: sourceDate(changelog),
    changes: changesOf(changelog, version),
  };
}

/** `SOURCE_DATE_EPOCH`, or the day of the newest release. @see https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(changelog: string): number {
  const told = process.env.SOURCE_DATE_EPOCH;
  if (told !== undefined) return Number(told);
  const day = /^## \[[^\]]+\] - (\d{4}-\d\d-\d\d)$/m.exec(changelog)?.[1];
  if (day === undefined) throw new Error('CHANGELOG.md dates no release');
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

function changesOf(changelog: string, version: string): string[] {
  const sections = changelog.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`[${version}]`));
  const items = section?.split(/^- /m).slice(1) ?? [`Version ${version}.`];
  return items.map((item) =>
    item
      .replace(/\n\s*\n[\s\S]*$/, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}
