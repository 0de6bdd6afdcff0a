import { asBytes } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';
import { readCriuWords } from './criu-words.ts';

/** An option that one of CRIU's configuration files sets. */
export interface Setting {
  /** The option's long name, as it would stand after `--`: `work-dir`, `tcp-established`. */
  readonly key: string;
  /** `null`: an option without a value. */
  readonly value: Bytes | null;
  /** The line that it begins on, from 1. */
  readonly line: number;
}

/** The variables that tell CRIU which files to read. */
export interface ConfigurationEnvironment {
  readonly HOME?: string | undefined;
  readonly CRIU_CONFIG_FILE?: string | undefined;
}

/** The file that every CRIU reads, if nothing forbids it (criu/include/crtools.h, GLOBAL_CONFIG_DIR). */
export const GLOBAL_CONFIGURATION = '/etc/criu/default.conf';

/**
 * The files that a runtime hands to CRIU where the container has no annotation `org.criu.config`; the first
 * that exists counts, over everything else that is said. runc: libcontainer/criu_linux.go,
 * handleCriuConfigurationFile; crun: src/libcrun/criu.c, handle_criu_config_file, for CRIU 4.2 and later.
 */
export const RUNTIME_CONFIGURATIONS: Readonly<Record<'runc' | 'crun', readonly string[]>> = {
  runc: ['/etc/criu/runc.conf'],
  crun: ['/etc/criu/crun.conf', '/etc/criu/runc.conf'],
};

/**
 * The configuration files that CRIU reads, in its order: what a later one sets counts, and after all of them
 * the command line (criu/config.c, next_config). A file that is missing or cannot be opened is passed over
 * without a word. Relative paths start from CRIU's working directory.
 *
 * @param args CRIU's command line without its name
 */
export function configurationFiles(
  env: ConfigurationEnvironment,
  args: readonly string[] = [],
): readonly string[] {
  const { file, noDefaults } = configurationOptions(args);
  const defaults = env.HOME === undefined ? [] : [`${env.HOME}/.criu/default.conf`];
  return [
    ...(noDefaults ? [] : [GLOBAL_CONFIGURATION, ...defaults]),
    ...(env.CRIU_CONFIG_FILE ? [env.CRIU_CONFIG_FILE] : []),
    ...(file ? [file] : []),
  ];
}

/**
 * Looked for in every word, as a whole (criu/config.c, pre_parse): `--config` too forbids the default files.
 */
function configurationOptions(args: readonly string[]) {
  let file: string | undefined;
  let noDefaults = false;
  for (const [index, word] of args.entries()) {
    const at = word.indexOf('--config=');
    if (word === '--config') file = args[index + 1];
    else if (at !== -1) file = word.slice('--config='.length);
    noDefaults ||= word === '--config' || at !== -1 || word === '--no-default-config';
  }
  return { file, noDefaults };
}

/**
 * The options that the text of a configuration file sets, in their order, as CRIU 3.16 and later read it
 * (criu/config.c, parse_statement and parse_config): on each line a long option without its dashes, and
 * perhaps a value. What makes CRIU refuse to start is read as well as it can be. The last of each key counts.
 *
 * @param text the file's bytes
 */
export function parseConfiguration(text: Bytes): readonly Setting[] {
  const words: string[] = [];
  const lineOf: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const statement = parseStatement(line);
    words.push(...statement);
    lineOf.push(...statement.map(() => index + 1));
  }
  return readCriuWords(words).options.map(({ key, value, at }) => ({
    key,
    value: value === null ? null : asBytes(value),
    line: lineOf[at] ?? 0,
  }));
}

/** isspace(3) in the C locale, within a line. */
const SPACE = '[ \\t\\v\\f\\r]*';
const LEADING = new RegExp(`^${SPACE}`);

/**
 * The words that a line adds to the command line. A key ends at the first blank, or on a line without blanks
 * at the first tab. C's strings end at a NUL.
 */
function parseStatement(line: string): readonly string[] {
  const text = (line.split('\0')[0] ?? '').replace(LEADING, '');
  if (text === '' || text.startsWith('#')) return [];
  const end = text.search(text.includes(' ') ? / / : /\t/);
  if (end === -1) return [`--${text}`];
  const key = `--${text.slice(0, end)}`;
  const rest = text.slice(end).replace(LEADING, '');
  return rest === '' || rest.startsWith('#') ? [key] : [key, parseValue(rest)];
}

/**
 * A value ends at its closing quote or at the first blank. A `#` cuts it off, also within quotes; `\"` is a
 * quote.
 */
function parseValue(rest: string): string {
  const quoted = /^"(?:"|(.+?)(?<!\\)(?:"|$))/s.exec(rest);
  const value = quoted === null ? (rest.split(' ')[0] ?? '') : (quoted[1] ?? '');
  return value.replaceAll('\\"', '"').split('#')[0] ?? '';
}
