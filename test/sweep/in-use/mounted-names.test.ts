import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import type { Kind } from '../../../src/model/model.ts';
import { MountedNames } from '../../../src/sweep/in-use/mounted-names.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';

const HOST = readFileSync(new URL('../../../fixtures/mountinfo/host.txt', import.meta.url), 'latin1');

function read(text: string, kinds: readonly Kind[] = CATALOGUE): MountedNames {
  const names = new MountedNames(kinds, nameMatcher(kinds));
  names.add(asBytes(text));
  return names;
}

describe('the names that mounts bear', () => {
  it('are found in mount points, each mount on or below it', () => {
    expect(read(HOST).of(bytes`.criu.cgyard.0aZ9bY`)).toEqual([
      '/tmp/.criu.cgyard.0aZ9bY',
      '/tmp/.criu.cgyard.0aZ9bY/memory',
    ]);
  });

  it('are found in the root of a bind mount', () => {
    expect(read(HOST).of(bytes`.criu.mntns.b1nDs0`)).toEqual(['/mnt/bound']);
  });

  it('are found in the root of a bind mount whose source is gone', () => {
    expect(read(HOST).of(bytes`.criu.mntns.g0nE00`)).toEqual(['/mnt/tab\there']);
  });

  it('are none where nothing is mounted', () => {
    expect(read(HOST).of(bytes`.criu.mntns.000000`)).toEqual([]);
  });

  it("are found where mountinfo escapes a caller's prefix", () => {
    const kinds = [{ prefix: asBytes('a b\\c.'), modes: null, mountable: false }];
    const line = '1 0 0:1 / /x/a\\040b\\134c.8uhTbO rw - tmpfs none rw';
    expect(read(line, kinds).of(asBytes('a b\\c.8uhTbO'))).toEqual(['/x/a b\\c.8uhTbO']);
  });
});
