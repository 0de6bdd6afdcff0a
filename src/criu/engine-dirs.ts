import type { KnownTarget } from './known-targets.ts';

const WILD = /[*?]/;

/** Where CRIU works below a place that is searched as a whole, by the end of that place's name. */
const BELOW: readonly (readonly [string, readonly string[]])[] = [
  ['/io.containerd.runtime.v2.task', ['/*/*', '/*/*/criu-work']],
  ['/io.containerd.runtime.v1.linux', ['/*/*', '/*/*/criu-work']],
  // not its volumes: they hold what containers wrote
  ['/io.containerd.grpc.v1.cri/containers', ['/*', '/*/ctrd-checkpoint']],
  [
    '/tmp',
    ['incus', 'lxd'].flatMap((name) => [`/${name}_checkpoint_*`, `/${name}_restore_*`]).flatMap(andBelow),
  ],
];

function andBelow(glob: string): readonly string[] {
  return [glob, `${glob}/*`];
}

/**
 * The directories that CRIU works in for some callers, each itself and nothing below it, as globs: `*` stands for any
 * characters in a name, `?` for one. A root that was moved to a path with such characters is left out.
 *
 * @param callers each names those of the known places by the beginning of their names, in whole words
 * @param known the known places of this host
 */
export function workDirGlobs(callers: readonly string[], known: readonly KnownTarget[]): readonly string[] {
  const isMeant = (name: string) => callers.some((each) => `${name} `.startsWith(`${each} `));
  return known
    .filter((place) => place.callers.some(isMeant) && !WILD.test(place.base))
    .map(({ base, glob }) => `${base}${glob ?? ''}`)
    .flatMap((target) => {
      const below = BELOW.find(([end]) => target.endsWith(end))?.[1];
      return below === undefined ? [target] : below.map((each) => `${target}${each}`);
    })
    .filter((target) => WILD.test(target));
}
