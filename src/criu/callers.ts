import { basename } from 'node:path';

/** The directory that a command works in if it names none. */
const CURRENT = '.';

/**
 * The directories that CRIU works in when this command line runs, as far as the line tells: CRIU's own work
 * dir, or the one that runc or crun gives it. Relative paths start from the command's working directory,
 * which is the last answer. CRIU's configuration files are not read here.
 */
export function workDirsOf(command: readonly string[]): readonly string[] {
  const [program = '', ...args] = command;
  const name = basename(program);
  switch (name) {
    case 'criu':
    case 'criu-ns':
      return [criuWorkDir(args)];
    case 'runc':
    case 'crun':
      return runtimeWorkDirs(name, args);
    default:
      return [CURRENT];
  }
}

interface WrittenOption {
  readonly name: string;
  /** `null`: it is the next word. */
  readonly value: string | null;
}

/** Options with a value, also among and after operands, up to `--`. */
function* optionsOf(
  args: readonly string[],
  read: (word: string) => WrittenOption | null,
): Generator<{ readonly name: string; readonly value: string }> {
  for (let index = 0; index < args.length && args[index] !== '--'; index += 1) {
    const option = read(args[index] ?? '');
    if (option === null) continue;
    if (option.value === null) index += 1;
    yield { name: option.name, value: option.value ?? args[index] ?? '' };
  }
}

/**
 * The full name of a long option. getopt_long(3) accepts the beginning of one; if that is ambiguous, the
 * command refuses to start.
 */
function fullName(written: string, names: readonly string[]): string | undefined {
  return written === '' ? undefined : names.find((name) => name.startsWith(written));
}

/** A long option with its `=value`, if it has one; only if it is one of these names. */
function longOption(word: string, names: readonly string[]): WrittenOption | null {
  const [, written = '', value = null] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const name = fullName(written, names);
  return name === undefined ? null : { name, value };
}

const CRIU_LONG: Readonly<Record<string, string>> = { W: 'work-dir', D: 'images-dir' };
/**
 * CRIU's short options with a value, and those whose value must follow without a blank (criu/config.c,
 * short_opts).
 */
const CRIU_VALUES = 'tDorJWLM';
const CRIU_ATTACHED_VALUES = 'vx';

/**
 * CRIU's work dir. The last of each option counts; without a work dir, the images dir is used
 * (criu/crtools.c).
 */
function criuWorkDir(args: readonly string[]): string {
  const said = new Map<string, string>();
  for (const { name, value } of optionsOf(args, criuOption)) said.set(name, value);
  return said.get('work-dir') || said.get('images-dir') || CURRENT;
}

function criuOption(word: string): WrittenOption | null {
  return word.startsWith('--') ? longOption(word, Object.values(CRIU_LONG)) : criuShortOption(word);
}

/** The first option of a cluster (`-RW dir`) that has a value. All that comes after it is that value. */
function criuShortOption(word: string): WrittenOption | null {
  const letters = word.startsWith('-') ? [...word.slice(1)] : [];
  const at = letters.findIndex((letter) => `${CRIU_VALUES}${CRIU_ATTACHED_VALUES}`.includes(letter));
  const letter = letters[at];
  if (letter === undefined || CRIU_ATTACHED_VALUES.includes(letter)) return null;
  return { name: CRIU_LONG[letter] ?? letter, value: letters.slice(at + 1).join('') || null };
}

const RUNTIME_PATHS = ['work-path', 'image-path', 'bundle'];
/** Options before the subcommand that have a value (runc main.go, crun src/crun.c). */
const RUNTIME_VALUES = ['log', 'log-format', 'log-level', 'root', 'criu', 'rootless', 'cgroup-manager'];

function runtimeWorkDirs(runtime: 'runc' | 'crun', args: readonly string[]): readonly string[] {
  const at = subcommandIndex(args);
  const subcommand = args[at];
  if (subcommand !== 'checkpoint' && subcommand !== 'restore') return [CURRENT];
  const said = new Map<string, string>();
  for (const { name, value } of optionsOf(args.slice(at + 1), runtimeOption)) said.set(name, value);
  // restore changes into its bundle first (runc utils_linux.go, crun src/restore.c), and opens the paths there
  const base = subcommand === 'restore' ? (said.get('bundle') ?? '') : '';
  const path = said.get('work-path') || said.get('image-path');
  if (path) return [below(base, path)];
  // runc makes its default absolute before it changes directory (getDefaultImagePath)
  return [below(runtime === 'crun' ? base : '', 'checkpoint'), CURRENT];
}

function subcommandIndex(args: readonly string[]): number {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!word.startsWith('-')) return index;
    if (RUNTIME_VALUES.includes(word.replace(/^--?/, ''))) index += 1;
  }
  return args.length;
}

/** runc takes its options with one dash or two; crun's short ones may stand together (`-db dir`). */
function runtimeOption(word: string): WrittenOption | null {
  if (word.startsWith('--')) return longOption(word, RUNTIME_PATHS);
  const goStyle = longOption(`-${word}`, RUNTIME_PATHS);
  if (goStyle !== null && RUNTIME_PATHS.includes(word.replace(/^-|=.*$/gs, ''))) return goStyle;
  const [, bundle] = /^-d?b=?(.*)$/s.exec(word) ?? [];
  return bundle === undefined ? null : { name: 'bundle', value: bundle || null };
}

function below(base: string, path: string): string {
  return base === '' || path.startsWith('/') ? path : `${base}/${path}`;
}
