import type { KnownTarget } from './known-targets.ts';

/** Where CRIU works below a place that is searched as a whole, by the end of that place's name. */
const BELOW: readonly (readonly [string, readonly string[]])[] = [
  ['/io.containerd.runtime.v2.task', ['/*/*', '/*/*/criu-work']],
  ['/io.containerd.runtime.v1.linux', ['/*/*', '/*/*/criu-work']],
  // not its volumes: they hold what containers wrote
  ['/io.containerd.grpc.v1.cri/containers', ['/*', '/*/ctrd-checkpoint']],
  ['/.local/share/containers', ['/storage/*-containers/*/userdata']],
  [
    '/tmp',
    ['incus', 'lxd'].flatMap((name) => [`/${name}_checkpoint_*`, `/${name}_restore_*`]).flatMap(andBelow),
  ],
];

function andBelow(glob: string): readonly string[] {
  return [glob, `${glob}/*`];
}

/**
 * The directories that CRIU works in for some callers of the known work dirs, each itself and nothing below
 * it. `*` stands for any characters in a name, `?` for one.
 *
 * @param callers each the beginning of a name, in whole words
 * @param places the known places of this host
 */
export function workDirGlobs(callers: readonly string[], places: readonly KnownTarget[]): readonly string[] {
  const isMeant = (name: string) => callers.some((each) => `${name} `.startsWith(`${each} `));
  return places.filter((place) => place.callers.some(isMeant)).flatMap(globsOf);
}

function globsOf({ base, glob }: KnownTarget): readonly string[] {
  // A root with such a name would be taken for a glob itself.
  if (/[*?]/.test(base)) return [];
  const target = `${base}${glob ?? ''}`;
  const below = BELOW.find(([end]) => target.endsWith(end))?.[1];
  if (below !== undefined) return below.map((each) => `${target}${each}`);
  return glob === null ? [] : [target];
}
