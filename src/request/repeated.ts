import { sameFile } from '../linux/lstat.ts';
import type { Bytes, Identity } from '../model/model.ts';
import type { ScanScope } from '../sweep/scanner.ts';
import { resolvedPath, type Target } from '../sweep/targets.ts';

/** Marks targets that an earlier target already covers. */
export function markRepeated(targets: readonly Target[]): Target[] {
  const seen = new Claimed();
  return targets.map((target) => {
    if (seen.add(target)) return target;
    return { kind: 'again', path: target.path, resolved: resolvedPath(target) ?? target.path };
  });
}

/** The parts that one target's scan leaves to another: directories that are targets, and named candidates. */
export function claims(targets: readonly Target[]): Pick<ScanScope, 'isOtherTarget' | 'passesOver'> {
  if (targets.length < 2) return { isOtherTarget: () => false, passesOver: () => false };
  const claimed = new Claimed();
  for (const target of targets) claimed.add(target);
  return {
    isOtherTarget: (directory) => claimed.hasTree(directory),
    passesOver: (parent, name) => claimed.hasCandidate(parent, name),
  };
}

/**
 * The directories and candidates that are targets. Kept as numbers, not as strings: a glob can have very many
 * matches.
 */
export class Claimed {
  readonly #trees = new Map<number, Set<number | bigint>>();
  readonly #candidates = new Map<Bytes, Identity[]>();

  hasTree({ dev, ino }: Identity): boolean {
    return this.#trees.get(dev)?.has(ino) ?? false;
  }

  hasCandidate(parent: Identity, name: Bytes): boolean {
    return this.#candidates.get(name)?.some((each) => sameFile(each, parent)) ?? false;
  }

  /** Adds a target. False: it was there already. */
  add(target: Target): boolean {
    if (target.kind === 'tree') return this.#addTree(target.identity);
    return target.kind !== 'candidate' || this.#addCandidate(target.parentIdentity, target.name);
  }

  #addTree(directory: Identity): boolean {
    if (this.hasTree(directory)) return false;
    const inodes = this.#trees.get(directory.dev) ?? new Set();
    this.#trees.set(directory.dev, inodes.add(directory.ino));
    return true;
  }

  #addCandidate(parent: Identity, name: Bytes): boolean {
    if (this.hasCandidate(parent, name)) return false;
    const parents = this.#candidates.get(name);
    if (parents === undefined) this.#candidates.set(name, [parent]);
    else parents.push(parent);
    return true;
  }
}
