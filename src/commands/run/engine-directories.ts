import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { asBytes, asEntries, encode, fsPath, joinPath } from '../../linux/bytes.ts';
import { type OwnMounts, readOwnMounts } from '../../linux/own-mounts.ts';
import { attempt } from '../../linux/seen.ts';
import type { Bytes } from '../../model/model.ts';
import { isOnFuse } from './work-dir-seen.ts';

/** Limit of the directories of an engine: more containers than a host has. */
const MOST_DIRECTORIES = 10_000;

/**
 * The directories that globs of an engine name now, each once; absolute, and without links when they were
 * found. Our working directory stays as it is. A directory that cannot be read has none in it: what is not
 * listed is not swept.
 *
 * @param globs absolute or relative to our working directory, each with a `*`, which stands for any characters in a name, or a `?` for one
 * @param stopped asked now and then: whether not to go on
 */
export async function engineDirectories(
  globs: readonly string[],
  stopped: () => boolean,
): Promise<readonly Bytes[]> {
  const found = new Set<Bytes>();
  if (globs.length === 0) return [];
  const mounts = readOwnMounts();
  if (mounts.failure !== null) return [];
  for (const glob of globs) {
    for (const path of await matchesOf(encode(glob), mounts, stopped))
      if (found.size < MOST_DIRECTORIES) found.add(path);
    if (stopped()) break;
  }
  return [...found];
}

/** Links are followed up to the first name with one of these, as an engine's root may be one. */
async function matchesOf(glob: Bytes, mounts: OwnMounts, stopped: () => boolean): Promise<readonly Bytes[]> {
  const [, base = '', wild = ''] = /^([^*?]*)\/([^/]*[*?].*)$/s.exec(glob) ?? [];
  const top = attempt(() =>
    asBytes(realpathSync.native(fsPath(asBytes(base === '' ? '/' : base)), 'latin1')),
  );
  let paths: readonly Bytes[] = top.kind === 'seen' ? [top.value] : [];
  for (const pattern of asBytes(wild).split('/')) {
    const deeper: Bytes[] = [];
    for (const path of paths) {
      for (const name of directoriesIn(path, pattern, mounts)) deeper.push(joinPath(path, name));
      if (deeper.length >= MOST_DIRECTORIES || stopped()) break;
      await nextTick();
    }
    paths = deeper;
  }
  return paths;
}

function directoriesIn(path: Bytes, pattern: Bytes, mounts: OwnMounts): readonly Bytes[] {
  const literal = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  const matches = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  // A user's own file system may never answer.
  const isOpen = (directory: Bytes): boolean => !isOnFuse(mounts, directory);
  if (!isOpen(path)) return [];
  const entries = attempt((): Dirent[] =>
    readdirSync(fsPath(path), { encoding: 'latin1', withFileTypes: true }),
  );
  if (entries.kind !== 'seen') return [];
  return asEntries(entries.value)
    .filter((entry) => matches.test(entry.name) && entry.isDirectory() && isOpen(joinPath(path, entry.name)))
    .map(({ name }) => name);
}
