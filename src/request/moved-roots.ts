import type { MovedRoot } from '../criu/known-targets.ts';
import { MOVABLE_ROOTS, type MovableRoot } from '../criu/work-dirs.ts';
import { encode } from '../linux/bytes.ts';
import { readSmallFile } from '../linux/small-file.ts';
import type { SweepError } from '../model/events.ts';
import { isForbidden, normalPath } from './forbidden.ts';

/** The roots that this host's configuration files move, and what is wrong with those files. */
export interface MovedRoots {
  readonly roots: readonly MovedRoot[];
  /** Of each file one at most. A file that does not exist moves nothing. */
  readonly errors: readonly SweepError[];
}

/** Larger than this is no configuration. Bytes. */
const MOST_BYTES = 1024 * 1024;

type Configuration =
  | { readonly kind: 'read'; readonly content: unknown }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly error: SweepError };

/**
 * Reads from the configuration of Docker, containerd and containers/storage which roots lie elsewhere. A
 * value that is no absolute path, or leads where nothing is ever swept, moves nothing and is an error.
 */
export async function readMovedRoots(): Promise<MovedRoots> {
  const files = new Map<string, Configuration>();
  const roots: MovedRoot[] = [];
  const errors = new Map<string, SweepError>();
  for (const from of MOVABLE_ROOTS) {
    const read = files.get(from.file) ?? (await readEngineConfiguration(from));
    files.set(from.file, read);
    const moved = read.kind === 'read' ? movedTo(from, read.content) : null;
    if (read.kind === 'failed') errors.set(from.file, read.error);
    else if (typeof moved === 'string') roots.push({ from, to: moved });
    else if (moved !== null) errors.set(from.file, moved);
  }
  return { roots, errors: [...errors.values()] };
}

async function readEngineConfiguration({ file, format }: MovableRoot): Promise<Configuration> {
  const read = readSmallFile(file, MOST_BYTES, 'utf8');
  if (read.kind === 'text') return parseConfiguration(file, format, read.text);
  if (read.kind === 'failed' && (read.code === 'ENOENT' || read.code === 'ENOTDIR'))
    return { kind: 'missing' };
  return { kind: 'failed', error: { path: encode(file), code: read.code, syscall: read.syscall } };
}

async function parseConfiguration(
  file: string,
  format: MovableRoot['format'],
  text: string,
): Promise<Configuration> {
  const parse: (text: string) => unknown =
    format === 'json' ? parseDaemonJson : (await import('./toml.ts')).parseToml;
  try {
    return { kind: 'read', content: parse(text) };
  } catch {
    // Whatever a parser throws is about the text.
    return { kind: 'failed', error: malformed(file, 'parse') };
  }
}

/**
 * Docker passes over a byte order mark, and takes a blank file for one that sets nothing (daemon/config/config.go,
 * getConflictFreeConfiguration).
 */
function parseDaemonJson(text: string): unknown {
  const json = text.replace(/^\ufeff/, '').trim();
  return json === '' ? {} : JSON.parse(json);
}

/** The place that a root is moved to; `null`: it is where it always is. */
function movedTo({ directory, file, keys }: MovableRoot, content: unknown): string | SweepError | null {
  let value = content;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return malformed(file, keys.join('.'));
    value = new Map(Object.entries(value)).get(key);
    if (value === undefined || value === '') return null;
  }
  if (typeof value !== 'string' || !/^\/[^\0]*$/.test(value)) return malformed(file, keys.join('.'));
  const to = normalPath(value);
  if (isForbidden(encode(to))) return { path: encode(file), code: 'forbidden', syscall: keys.join('.') };
  return to === directory ? null : to;
}

function malformed(file: string, where: string): SweepError {
  return { path: encode(file), code: 'malformed', syscall: where };
}
