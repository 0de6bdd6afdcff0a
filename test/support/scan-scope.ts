import { readOwnMounts } from '../../src/linux/own-mounts.ts';
import type { Bytes } from '../../src/model/model.ts';
import { nameMatcher } from '../../src/sweep/names.ts';
import type { ScanScope } from '../../src/sweep/scanner.ts';

/** A scan without bounds for the leftovers of one prefix. */
export function scanScope(prefix: Bytes): ScanScope {
  return {
    match: nameMatcher([{ prefix, modes: null, mountable: false }]),
    excludes: null,
    maxDepth: null,
    crossDevice: false,
    mounts: readOwnMounts(),
    isOtherTarget: () => false,
    passesOver: () => false,
    readsLeaves: false,
  };
}
