/** A directory that CRIU leaves in the machine, and what becomes of it. */
export interface Left {
  readonly prefix: string;
  readonly where: 'work dir' | '/tmp' | "the container's /tmp";
  readonly mode: string;
  readonly there: 'empty' | 'a mount' | 'files';
  /** The sweeps' words on it, in {@link PHASES}; `null` where it has gone. */
  readonly went: readonly ('removed' | 'mounted' | 'in-use' | 'not-empty' | null)[];
  /** Nothing tells of which run it is: its log does not name it, and a mount hides when it was made. */
  readonly ofNoRun?: true;
}

/** When it is swept: a CRIU lives, only what it dumped or restored does, nothing does. */
export const PHASES = ['held', 'living', 'over'] as const;

const EMPTY = { mode: '700', there: 'empty' } as const;

/** Empty, in a work dir where no CRIU works any more. */
export const inWork = (prefix: string): Left => ({
  prefix,
  where: 'work dir',
  ...EMPTY,
  went: ['removed', null, null],
});

/** Empty, in /tmp, where any living CRIU may be using it. */
export const inTmp = (prefix: string, mode = '700'): Left => ({
  prefix,
  where: '/tmp',
  mode,
  there: 'empty',
  went: ['in-use', 'removed', null],
});

/** A mount that the host sees, until it is unmounted in the end. */
export const mounted = (prefix: string, where: Left['where'], mode: string): Left => ({
  prefix,
  where,
  mode,
  there: 'a mount',
  went: ['mounted', 'mounted', 'removed'],
});

/** Empty for the host, and a mount for what was restored, or for its CRIU, as long as that lives. */
export const mountedForRestored = (prefix: string, mode = '700'): Left => ({
  ...inTmp(prefix, mode),
  went: ['mounted', 'removed', null],
});

/** Empty for the host, and a mount for the container that was dumped, as long as that lives. */
export const mountedForContainer = (prefix: string): Left => ({
  prefix,
  where: "the container's /tmp",
  ...EMPTY,
  went: ['mounted', 'mounted', 'removed'],
});
