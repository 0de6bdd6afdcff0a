/** One option of CRIU as it is written on a command line or in a configuration file. */
export interface CriuOption {
  /** The long name, in full where it is a known one. */
  readonly key: string;
  /** `null`: it has none. */
  readonly value: string | null;
  /** The index of its word. */
  readonly at: number;
}

/** The options and operands that CRIU's option parser takes from words. */
export interface CriuWords {
  readonly options: readonly CriuOption[];
  /** The other words, in their order. */
  readonly operands: readonly string[];
}

/** Long options whose value is the next word where it is not attached (criu/config.c, long_opts @v4.2). */
const WITH_VALUE =
  'tree images-dir work-dir log-file join-ns root close pidfile veth-pair action-script address port prev-images-dir libdir ext-mount-map cgroup-root inherit-fd feature skip-mnt enable-fs freeze-cgroup ghost-limit irmap-scan-path lsm-profile timeout external empty-ns cgroup-props cgroup-props-file cgroup-dump-controller status-fd ps-socket config tls-cacert tls-cacrl tls-cert tls-key cgroup-yard pre-dump-mode file-validation lsm-mount-context network-lock'.split(
    ' ',
  );

/** Names that are whole, though an option with a value begins like them. */
const WITHOUT_VALUE = ['tls'];

/** Short options with a value, by their long names; of the last two it must be attached (short_opts). */
const SHORT: Readonly<Record<string, string>> = {
  ...{ t: 'tree', D: 'images-dir', o: 'log-file', r: 'root', J: 'join-ns', W: 'work-dir', L: 'libdir' },
  ...{ M: 'ext-mount-map', v: 'verbosity', x: 'ext-unix-sk' },
};
const ATTACHED_ONLY = ['v', 'x'];

/** Takes words apart as getopt_long(3) does: options may stand among and after operands, up to `--`. */
export function readCriuWords(words: readonly string[]): CriuWords {
  const options: CriuOption[] = [];
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return { options, operands: [...operands, ...words.slice(at + 1)] };
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const option = word.startsWith('--') ? longOption(word) : shortOption(word);
    if (option === null) continue;
    const { key, value, needsValue } = option;
    const separate = needsValue && value === null;
    options.push({ key, value: separate ? (words[at + 1] ?? null) : value, at });
    if (separate) at += 1;
  }
  return { options, operands };
}

interface Written {
  readonly key: string;
  readonly value: string | null;
  readonly needsValue: boolean;
}

/** getopt_long(3) accepts the beginning of a name; where that is ambiguous, CRIU refuses to start. */
function longOption(word: string): Written {
  const [, written = '', value = null] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const isWhole = WITHOUT_VALUE.includes(written) || WITH_VALUE.includes(written) || written === '';
  const full = isWhole ? undefined : WITH_VALUE.find((name) => name.startsWith(written));
  const key = full ?? written;
  return { key, value, needsValue: WITH_VALUE.includes(key) };
}

/** The first option of a cluster (`-RW dir`) that has a value: all that comes after it is that value. */
function shortOption(word: string): Written | null {
  const letters = [...word.slice(1)];
  const at = letters.findIndex((letter) => SHORT[letter] !== undefined);
  const letter = letters[at] ?? '';
  const key = SHORT[letter];
  if (key === undefined) return null;
  return { key, value: letters.slice(at + 1).join('') || null, needsValue: !ATTACHED_ONLY.includes(letter) };
}

/** The value that counts of an option: the last one's that is not empty; `undefined`: there is none. */
export function lastValue<Text extends string>(
  options: readonly { readonly key: string; readonly value: Text | null }[],
  key: string,
): Text | undefined {
  return options.findLast((option) => option.key === key && option.value)?.value ?? undefined;
}
