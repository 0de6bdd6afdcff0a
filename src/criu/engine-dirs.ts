import { targetsOf } from './work-dirs.ts';

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
 * The directories that CRIU works in for some callers of the known work dirs, each itself and nothing below it. `*`
 * stands for any characters in a name.
 */
export function workDirGlobs(callers: readonly string[]): readonly string[] {
  return targetsOf(callers).flatMap((target) => {
    const below = BELOW.find(([end]) => target.endsWith(end))?.[1];
    return below === undefined ? [target] : below.map((each) => `${target}${each}`);
  });
}
