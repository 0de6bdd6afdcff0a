import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import type { ScanScope } from '../../src/sweep/scanner.ts';
import { Stop } from '../../src/sweep/stop.ts';
import { scanTarget } from '../../src/sweep/targets.ts';
import { scanScope } from '../support/scan-scope.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const scope: ScanScope = { ...scanScope(bytes`x.`), mounts: new OwnMounts([]) };

/** What a scan says of a target that has gone after it was resolved. */
function scanGone(forgiven: readonly string[] | null) {
  returnAfterwards();
  const path = asBytes(`${scratch()}/gone`);
  mkdirSync(path);
  const identity = statSync(path);
  rmdirSync(path);
  const target = { kind: 'tree', path, resolved: path, identity, ...(forgiven && { forgiven }) } as const;
  return [...scanTarget(target, scope, new Stop(() => null, null))].map((found) =>
    found.type === 'target' ? found.target.status : found.type,
  );
}

test('a named target that goes missing before its turn is an error', () => {
  expect(scanGone(null)).toEqual(['error', 'missing']);
});

test('a match of a glob, or a known place, may go missing before its turn', () => {
  expect(scanGone(['ENOENT'])).toEqual(['missing']);
});

test('what else keeps it from being opened is an error all the same', () => {
  expect(scanGone(['EACCES'])).toEqual(['error', 'missing']);
});
