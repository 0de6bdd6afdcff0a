import { operandsOf } from './operands.ts';

/** The runtimes that take CRIU's directories as options. */
export const RUNTIMES = ['runc', 'crun', 'youki'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** A runtime that checkpoints or restores. */
export interface RuntimeSaid {
  readonly kind: 'runtime';
  readonly runtime: Runtime;
  /**
   * The directories that it has CRIU work in. Relative ones start from its working directory, which is `.`.
   */
  readonly workDirs: readonly string[];
}

const CURRENT = '.';
const PATHS = ['work-path', 'image-path', 'bundle'];

/**
 * Options before the subcommand that have a value (runc main.go; crun src/crun.c; youki crates/liboci-cli,
 * GlobalOpts).
 */
const VALUES = 'log log-format log-level root criu rootless cgroup-manager l r'.split(' ');

/** Reads the words after a runtime's name. `null`: it does not checkpoint or restore. */
export function readRuntimeWords(runtime: Runtime, args: readonly string[]): RuntimeSaid | null {
  const [action] = operandsOf(args, VALUES);
  if (action?.word !== 'checkpoint' && action?.word !== 'restore') return null;
  const said = new Map<string, string>();
  for (const { name, value } of optionsOf(args.slice(action.at + 1))) said.set(name, value);
  // restore changes into its bundle first (runc utils_linux.go, crun src/restore.c), and opens the paths there
  const base = action.word === 'restore' ? (said.get('bundle') ?? '') : '';
  const path = said.get('work-path') || said.get('image-path');
  if (path) return { kind: 'runtime', runtime, workDirs: [below(base, path)] };
  // runc makes its default absolute before it changes directory (getDefaultImagePath)
  const images = below(runtime === 'crun' ? base : '', 'checkpoint');
  return { kind: 'runtime', runtime, workDirs: [images, CURRENT] };
}

interface WrittenOption {
  readonly name: string;
  /** `null`: it is the next word. */
  readonly value: string | null;
}

/** The options of interest, also among and after operands, up to `--`. */
function* optionsOf(args: readonly string[]): Generator<{ readonly name: string; readonly value: string }> {
  for (let index = 0; index < args.length && args[index] !== '--'; index += 1) {
    const option = runtimeOption(args[index] ?? '');
    if (option === null) continue;
    if (option.value === null) index += 1;
    yield { name: option.name, value: option.value ?? args[index] ?? '' };
  }
}

/** runc takes its options with one dash or two; crun's short ones may stand together (`-db dir`). */
function runtimeOption(word: string): WrittenOption | null {
  if (word.startsWith('--')) return longOption(word);
  const goStyle = longOption(`-${word}`);
  if (goStyle !== null && PATHS.includes(word.replace(/^-|=.*$/gs, ''))) return goStyle;
  const [, bundle] = /^-d?b=?(.*)$/s.exec(word) ?? [];
  return bundle === undefined ? null : { name: 'bundle', value: bundle || null };
}

/** A long option with its `=value`, if it has one. crun's argp accepts the beginning of a name. */
function longOption(word: string): WrittenOption | null {
  const [, written = '', value = null] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const name = written === '' ? undefined : PATHS.find((each) => each.startsWith(written));
  return name === undefined ? null : { name, value };
}

function below(base: string, path: string): string {
  return base === '' || path.startsWith('/') ? path : `${base}/${path}`;
}
