import { type Found, factsOf, foundOf, prefixOf } from './facts.ts';

/** How an attempt ended, and what it left. */
export interface Tried {
  readonly status: number;
  readonly left: readonly Found[];
}

/** The end of each attempt and what it left, by name. */
export function tried(): ReadonlyMap<string, Tried> {
  const all = new Map<string, { readonly status: number; readonly left: Found[] }>();
  let latest: Found[] = [];
  for (const line of factsOf('leftovers').lines('attempts')) {
    const [what, name = '', status = ''] = line.split('\t');
    if (what === 'attempt') {
      latest = [];
      all.set(name, { status: Number(status), left: latest });
    } else latest.push(foundOf(line.replace(/^left\t/, '')));
  }
  return all;
}

/** The directory of that kind that the attempt left. Throws where it left none. */
export function leftBy(name: string, prefix: string): Found {
  const found = tried()
    .get(name)
    ?.left.find(({ path }) => prefixOf(path) === prefix);
  if (found === undefined) throw new Error(`${name} left no ${prefix}`);
  return found;
}
