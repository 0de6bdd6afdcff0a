import { opendirSync } from 'node:fs';
import { CATALOGUE } from '../../criu/catalogue.ts';
import {
  GLOBAL_CONFIGURATION,
  parseConfiguration,
  RUNTIME_CONFIGURATIONS,
  type Setting,
} from '../../criu/configuration.ts';
import { lastValue } from '../../criu/criu-words.ts';
import type { Caller } from '../../criu/known-targets.ts';
import { asBytes, bytes, EMPTY, fsPath } from '../../linux/bytes.ts';
import { describeErrno, type Errno, errnoOf } from '../../linux/errno.ts';
import { readSmallFile, type SmallFile } from '../../linux/small-file.ts';
import type { Bytes } from '../../model/model.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { escapeName, escapeText } from '../../report/escape.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { adviceToRead } from './capabilities.ts';
import { type Check, ok } from './check.ts';

const ID = 'configuration';

/** Larger than this is no configuration. Bytes. */
const MOST_BYTES = 1024 * 1024;

/** Says what CRIU's configuration files set, and whether leftovers lie where they let it work. */
export function checkConfiguration({ uid, home }: Caller): Check {
  const own = home?.startsWith('/') ? [`${home}/.criu/default.conf`] : [];
  const files = new Set([GLOBAL_CONFIGURATION, ...own, ...Object.values(RUNTIME_CONFIGURATIONS).flat()]);
  const said: string[] = [];
  const littered: Bytes[] = [];
  for (const file of files) {
    const read = readSmallFile(file, MOST_BYTES, 'latin1');
    if (read.kind === 'failed' && (read.code === 'ENOENT' || read.code === 'ENOTDIR')) continue;
    if (read.kind !== 'text') return unread(file, read, uid);
    const settings = parseConfiguration(asBytes(read.text));
    const elsewhere = movedTo(settings);
    said.push(settingsText(file, settings, elsewhere));
    const left = elsewhere === null ? 'none' : lookForLeftovers(elsewhere);
    if (typeof left === 'object')
      return unknown(errorText(escapeName(elsewhere ?? EMPTY), left), adviceToRead(uid));
    if (elsewhere !== null && left === 'some') littered.push(elsewhere);
  }
  if (said.length === 0) return ok(ID, 'CRIU has no configuration files here');
  const message = said.join('; ');
  if (littered.length === 0) return ok(ID, message);
  const names = littered.map((directory) => escapeName(directory)).join(', ');
  return {
    id: ID,
    status: 'warning',
    message: `${message}; leftovers lie in ${names}`,
    advice: shellCommand([bytes`criu-sweep`, ...littered]),
  };
}

/** The directory that CRIU works in by a file: its work dir, else its images dir; `null`: it names none. */
function movedTo(settings: readonly Setting[]): Bytes | null {
  return lastValue(settings, 'work-dir') ?? lastValue(settings, 'images-dir') ?? null;
}

/** Options that are named one by one. */
const MOST_NAMED = 8;

function settingsText(file: string, settings: readonly Setting[], elsewhere: Bytes | null): string {
  const keys = [...new Set(settings.map(({ key }) => key))];
  const named = keys.slice(0, MOST_NAMED).map((key) => escapeText(key));
  const more = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : '';
  const sets = keys.length === 0 ? 'sets nothing' : `sets ${named.join(', ')}${more}`;
  const moves = elsewhere === null ? '' : `, so that CRIU works in ${escapeName(elsewhere)}`;
  return `${escapeText(file)} ${sets}${moves}`;
}

/** Entries of a directory that are looked at. */
const MOST_ENTRIES = 100_000;

/**
 * Looks whether a leftover lies in a directory itself. A relative path starts where CRIU is called, which
 * nobody knows: none there.
 */
function lookForLeftovers(directory: Bytes): 'some' | 'none' | Errno {
  if (!directory.startsWith('/')) return 'none';
  const match = nameMatcher(CATALOGUE);
  try {
    const opened = opendirSync(fsPath(directory), { encoding: 'latin1' });
    try {
      for (let read = 0; read < MOST_ENTRIES; read += 1) {
        const entry = opened.readSync();
        if (entry === null) return 'none';
        if (match(asBytes(entry.name)) !== undefined) return 'some';
      }
      return 'none';
    } finally {
      opened.closeSync();
    }
  } catch (error) {
    const errno = errnoOf(error);
    return errno.code === 'ENOENT' || errno.code === 'ENOTDIR' ? 'none' : errno;
  }
}

function unread(file: string, read: Exclude<SmallFile, { readonly kind: 'text' }>, uid: number): Check {
  const { kind, code } = read;
  if (kind === 'failed' && code !== 'ELOOP')
    return unknown(errorText(escapeText(file), read), adviceToRead(uid));
  const message =
    code === 'EINVAL' ? `${escapeText(file)}: is no regular file` : errorText(escapeText(file), read);
  return unknown(message, 'see what lies there: CRIU reads a file of options');
}

function errorText(where: string, { code, syscall }: Errno): string {
  return `${where}: ${describeErrno(code)} (${syscall})`;
}

function unknown(message: string, advice: string): Check {
  return { id: ID, status: 'unknown', message, advice };
}
