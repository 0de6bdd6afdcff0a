import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts, readOwnMounts } from '../../src/linux/own-mounts.ts';

const HOST = readFileSync(new URL('../../fixtures/mountinfo/host.txt', import.meta.url), 'latin1');
const mounts = new OwnMounts(parseMountinfo(asBytes(HOST)));

describe('the mounts of a namespace', () => {
  it('tells what is mounted at a path, the topmost where mounts are stacked', () => {
    expect(mounts.at({ path: bytes`/tmp` }, bytes`twice`)?.fsType).toBe('xfs');
    expect(mounts.at({ path: bytes`/` }, bytes`proc`)?.fsType).toBe('proc');
    expect(mounts.at({ path: bytes`/other` }, bytes`twice`)).toBeUndefined();
    expect(mounts.at({ path: bytes`/tmp` }, bytes`none`)).toBeUndefined();
  });

  it.each([
    ['a bind mount of the directory', '3 1 0:9 /a /a'],
    ['another file system', '3 1 0:8 / /a'],
    ['one over the whole file system', '3 1 0:8 / /'],
  ])('tells what a walk comes to, where %s lies over the way to a mount', (_, over) => {
    const lines = ['1 0 0:9 / /', '2 1 0:7 / /a/b', '4 2 0:7 /x /a/b/c', over];
    const hidden = new OwnMounts(
      parseMountinfo(asBytes(lines.map((line) => `${line} rw - tmpfs none rw\n`).join(''))),
    );
    expect(hidden.at({ path: bytes`/a` }, bytes`b`)?.id).toBe(2);
    expect(hidden.shownAt({ path: bytes`/a` }, bytes`b`)).toBeUndefined();
    expect(hidden.shownAt({ path: bytes`/a/b` }, bytes`c`)).toBeUndefined();
    expect(hidden.shownAt({ path: bytes`/` }, bytes`a`)?.id).toBe(over.includes(' /a') ? 3 : undefined);
    expect(hidden.containing(bytes`/a/b/c/d`)?.id).toBe(3);
  });

  it('tells which mount a path lies in', () => {
    expect(mounts.containing(bytes`/dev/shm/a/b`)?.device).toBe(27);
    expect(mounts.containing(bytes`/dev/shmem`)?.device).toBe(0xfe00);
    expect(mounts.containing(bytes`/`)?.device).toBe(0xfe00);
  });

  it('is there for this very process', () => {
    expect(readOwnMounts().containing(bytes`/proc/self`)?.fsType).toBe('proc');
  });
});
