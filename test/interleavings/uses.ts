import { compile } from '../support/compile.ts';
import { AA_POLICY } from '../support/leftovers.ts';
import { after, inPidNamespace, quoted } from '../support/wrap.ts';
import type { Ground } from './step.ts';

/** How a leftover is used, and the one that is used so all the time: paths below the run's own tmpfs. */
export const USED = {
  cwd: `t/p/${AA_POLICY}cwdcwd`,
  open: `t/p/${AA_POLICY}openin`,
  lock: `t/p/${AA_POLICY}locked`,
  mount: `t/p/${AA_POLICY}mmmmmm`,
} as const;
export type How = keyof typeof USED;
const HOWS: readonly How[] = ['cwd', 'open', 'lock', 'mount'];

/** A leftover that nobody uses at first. */
export const FREE = `t/p/${AA_POLICY}freefr`;

const leftover = (path: string): string => `mkdir -m 700 ${path}; touch -d '2 hours ago' ${path}`;

/** Words that begin a use and go on with it until they are killed, or hand it over. */
function holding(how: How, hold: string): string {
  const path = USED[how];
  switch (how) {
    case 'cwd':
      return `${hold} -c ${path}`;
    case 'open':
      return `${hold} -o ${path}`;
    case 'lock':
      return `${hold} -l ${path}`;
    case 'mount':
      return `unshare -m sh -c 'mount -t tmpfs none ${path}; exec ${hold}'`;
  }
}

/** The tree, and a holder for each use; the last line of `holders/HOW` is its pid. */
const plant = (): string =>
  [
    'mkdir -p t/p t/z holders',
    ...[...Object.values(USED), FREE, `t/z/${AA_POLICY}zzzzzz`].map(leftover),
    ...HOWS.map(
      (how) => `${holding(how, quoted(compile('hold')).replaceAll("'", ''))} >holders/${how} 2>&1 &
        pid=$!; until grep -q ready holders/${how}; do sleep 0.01; done; echo $pid >>holders/${how}`,
    ),
  ].join('\n');

/** A pid namespace: few processes, those that come are seen, and all of them end with it. */
export const withLook = (): Ground => ({
  wrap: (script) => [...inPidNamespace(), ...after(`set -e\n${script}`)],
  plant: plant(),
  options: [],
});

/** What happens to a use in one go. */
export interface Change {
  readonly script: string;
  /** It ends the use that this leftover had: from then on it may go. */
  readonly frees?: string;
  /** It begins a use of the free one: if the look has not begun, it stays. */
  readonly begins: boolean;
}

const pid = (how: How): string => `p=$(tail -n 1 holders/${how})`;
/** Waits for a process to have given up all that it had; what is left of it is a zombie at most. */
const untilGone = 'while readlink /proc/$p/cwd >/dev/null 2>&1; do :; done';
const there = `set -e; test -d ${FREE}`;
const until = (what: string): string => `until ${what}; do sleep 0.002; done`;

/** The changes, by what they do. */
export const CHANGES: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    HOWS.flatMap((how): [string, Change][] => [
      [
        `${how}: a child takes it over, and the parent ends`,
        { script: `set -e; ${pid(how)}; kill -USR1 $p; ${untilGone}`, begins: false },
      ],
      [
        `${how}: its user ends`,
        { script: `set -e; ${pid(how)}; kill -KILL $p; ${untilGone}`, frees: USED[how], begins: false },
      ],
    ]),
  ),
  'another comes to work in the free one': {
    script: `${there}; (cd ${FREE}; exec sleep 100) >/dev/null 2>&1 & ${until(`test "$(readlink /proc/$!/cwd)" -ef ${FREE}`)}`,
    begins: true,
  },
  'another opens the free one': {
    script: `${there}; sleep 100 <${FREE} >/dev/null 2>&1 & ${until(`test /proc/$!/fd/0 -ef ${FREE}`)}`,
    begins: true,
  },
  'another locks the free one': {
    script: `${there}; flock ${FREE} sleep 100 >/dev/null 2>&1 & ${until(`! flock -n ${FREE} true`)}`,
    begins: true,
  },
  'another mounts something on the free one elsewhere': {
    script: `${there}; rm -f mounted; unshare -m sh -c 'mount -t tmpfs none ${FREE}; : >mounted; exec sleep 100' >/dev/null 2>&1 & ${until('test -e mounted')}`,
    begins: true,
  },
};
