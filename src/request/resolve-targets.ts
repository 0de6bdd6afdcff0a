import { encode, joinPath } from '../linux/bytes.ts';
import { currentDirectory } from '../linux/working-directory.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';
import type { Target } from '../sweep/targets.ts';
import type { Expanding, ResolvedTargets } from './expanding.ts';
import { isForbidden } from './forbidden.ts';
import type { GlobStart } from './glob-start.ts';
import { markRepeated } from './repeated.ts';
import { resolveTarget } from './resolve-target.ts';

/** A target as it was written, after all were checked and before any glob is expanded. */
type WrittenTarget =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'glob'; readonly text: string; readonly starts: readonly GlobStart[] };

/**
 * Resolves targets, each once: its links, its identity, whether it is a candidate itself, and whether it is
 * the same as another. A glob is expanded only if no path of that name exists, and only after all words were
 * checked.
 *
 * @throws UsageError for an empty string and for a forbidden place; then nothing has been touched
 */
export async function resolveTargets(
  written: readonly string[],
  expanding: Expanding,
): Promise<ResolvedTargets> {
  const here = currentDirectory();
  for (const text of written) refuseForbidden(text, here);
  const lost = here === null ? resolveInLostDirectory(written, expanding) : null;
  const words: WrittenTarget[] = [];
  for (const text of written) words.push(lost?.get(text) ?? (await readWord(text, expanding)));
  const targets: Target[] = [];
  const errors: SweepError[] = [];
  for (const word of words) {
    if (word.kind === 'target') {
      targets.push(word.target);
      continue;
    }
    const { expandGlob } = await import('./expand-glob.ts');
    const found = await expandGlob(word.text, word.starts, expanding);
    for (const target of found.targets) targets.push(target);
    errors.push(...found.errors);
  }
  return { targets: markRepeated(targets), errors };
}

/** Refuses a target that is forbidden by its words alone, whatever links there are. */
function refuseForbidden(text: string, here: Bytes | null): void {
  if (text === '') throw new UsageError('a target is the empty string: name a directory, like /var/lib/criu');
  const path = encode(text);
  const absolute = path.startsWith('/') ? path : here === null ? null : joinPath(here, path);
  if (absolute === null || !isForbidden(absolute)) return;
  throw new UsageError(
    `${text}: is never swept: name a directory below, not /, /proc, /sys or /dev (but /dev/shm)`,
  );
}

/**
 * Resolves relative targets after the working directory was removed: they are missing, globs too. Then leaves
 * it, because fast-glob asks for the working directory whatever the glob.
 */
function resolveInLostDirectory(
  written: readonly string[],
  expanding: Expanding,
): Map<string, WrittenTarget> {
  const relative = written.filter((text) => !text.startsWith('/'));
  const words = new Map(
    relative.map((text): [string, WrittenTarget] => [
      text,
      { kind: 'target', target: resolveTarget(text, expanding) },
    ]),
  );
  leaveLostDirectory();
  return words;
}

/** Makes `/` the working directory if ours was removed: for callers that have only absolute paths. */
export function leaveLostDirectory(): void {
  if (currentDirectory() === null) process.chdir('/');
}

async function readWord(text: string, expanding: Expanding): Promise<WrittenTarget> {
  const target = resolveTarget(text, expanding);
  if (target.kind === 'none' && target.status === 'missing' && /[*?[\]{}()!+@\\]/.test(text)) {
    const { startGlobs } = await import('./expand-glob.ts');
    const starts = startGlobs(text, expanding);
    if (starts !== null) return { kind: 'glob', text, starts };
  }
  return { kind: 'target', target };
}
