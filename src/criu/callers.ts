import { basename } from 'node:path';
import { readCriuWords } from './criu-words.ts';
import { type EngineSaid, readEngineWords } from './engine-words.ts';
import { isNamed } from './operands.ts';
import { RUNTIMES, type RuntimeSaid, readRuntimeWords } from './runtime-words.ts';

/** The words of a command line that tell where CRIU works. */
export type Said = { readonly given: GivenVariables } & (
  | { readonly kind: 'criu'; readonly args: readonly string[] }
  | RuntimeSaid
  | EngineSaid
);

/** Variables that the command line itself sets, as env(1) and sudo(8) take them: `HOME=/root`. */
export type GivenVariables = Readonly<Record<string, string>>;

/**
 * Finds CRIU or one of its callers in a command line: the first word that is one, wherever it stands, with an
 * action of its own after it; CRIU itself needs none as the first word. So wrappers (`sudo`, `timeout 60`,
 * `systemd-run --scope`) need no list. A script in a word (`sh -c '…'`) is not looked into. `null`: there is
 * none.
 */
export function findCaller(command: readonly string[]): Said | null {
  for (const [at, word] of command.entries()) {
    const said = readCaller(basename(word), command.slice(at + 1), at === 0);
    if (said !== null) return { ...said, given: variablesIn(command.slice(0, at)) };
  }
  return null;
}

type Found = { readonly kind: 'criu'; readonly args: readonly string[] } | RuntimeSaid | EngineSaid;

function readCaller(name: string, args: readonly string[], isCommand: boolean): Found | null {
  if (name.startsWith('criu')) {
    const isPlain = isCommand && /^criu(?:-ns|[-._]?\d.*)?$/.test(name);
    return isPlain || isCriuTask(args) ? { kind: 'criu', args } : null;
  }
  const runtime = RUNTIMES.find((each) => isNamed(name, each));
  return runtime === undefined ? readEngineWords(name, args) : readRuntimeWords(runtime, args);
}

/** CRIU's commands (criu/crtools.c). */
const CRIU_TASKS =
  'dump pre-dump restore check exec page-server service dedup lazy-pages cpuinfo swrk image-streamer'.split(
    ' ',
  );

function isCriuTask(args: readonly string[]): boolean {
  return CRIU_TASKS.includes(readCriuWords(args).operands[0] ?? '');
}

function variablesIn(words: readonly string[]): GivenVariables {
  const given: Record<string, string> = {};
  for (const word of words) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined) given[name] = value;
  }
  return given;
}
