/** A command below `criu-sweep run` in the machine, and what must come of it. */
export interface Around {
  readonly name: string;
  /** The task to dump: guest/cells.sh starts it, as $task. */
  readonly on: 'task' | 'confined' | 'container' | 'network' | 'nobody';
  /** Settings of c/kill-at.c for the CRIU that the command starts. */
  readonly shim?: string;
  /** A shell's commands before it. */
  readonly first?: string;
  /** A shell's commands when CRIU is held where `shim` holds it. */
  readonly meanwhile?: string;
  /** The words after `run`, as a shell reads them, in a directory with `work` and `images`. */
  readonly words: string;
  /** How it ends, as a shell's exit status: as the command alone would. */
  readonly status: number;
  /** The prefixes of what is removed, and of what is kept with why. */
  readonly removed?: readonly string[];
  readonly kept?: readonly (readonly [prefix: string, why: string])[];
}

/** The prefix of what a dump makes first. */
export const AA = '.criu.temp-aa-policy.';

/** Settings that kill CRIU with SIGKILL after that call on that path, unless more says otherwise. */
export const kill = (call: string, path: string, ...more: string[]): string =>
  [`KILL_AT=${call}`, `KILL_ON=${path}`, ...more].join(' ');

/** The words of every dump but its work dir. */
export const DUMP = '-t $task -D images -v4 -o dump.log';

/** Killed after it made its directory for AppArmor, in a work dir that these words name. */
export const killedDump = (name: string, words: string, first = ''): Around => ({
  name,
  on: 'task',
  shim: kill('mkdtemp', AA),
  first,
  words,
  status: 137,
  removed: [AA],
});

/** Where CRIU has made its directory for AppArmor, and waits for what comes. */
export const HELD = kill('mkdtemp', AA, 'KILL_HOLD=1');

/** The name of the facts of one of a list. */
export const cellOf = (list: string, at: number): string => `${list}-${at}`;

/** The commands as guest/run.sh reads them. */
export const script = (list: string, all: readonly Around[]): string =>
  all
    .map(({ on, shim = '', first = '', meanwhile = '', words }, at) =>
      [`cell ${cellOf(list, at)} ${on}`, first, `shim='${shim}' meanwhile='${meanwhile}'`, `around ${words}`]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n')
    .concat('\n');
