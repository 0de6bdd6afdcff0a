import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes, bytes, encode } from '../../../src/linux/bytes.ts';
import type { Kind } from '../../../src/model/model.ts';
import { MountedNames } from '../../../src/sweep/in-use/mounted-names.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';

const HOST = readFileSync(new URL('../../../fixtures/mountinfo/host.txt', import.meta.url), 'latin1');

/** What the kernel escapes: mangle_path of a mount point or root, seq_show_option of a file system's options. */
const escaped = (text: string, characters: RegExp) =>
  text.replace(characters, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
const mangledPath = (path: string) => escaped(path, /[ \t\n\\]/g);
const mangledOption = (value: string) => escaped(value, /[, \t\n\\]/g);
const quoted = (directory: string) => directory.replace(/[\\:,]/g, '\\$&');

const kindOf = (prefix: string): Kind => ({ prefix: asBytes(prefix), modes: null, mountable: false });
const withOptions = (options: string) => `7 0 0:1 / /m rw - overlay overlay ${options}`;
const anyPrefix = fc
  .string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), minLength: 1 })
  .filter((prefix) => !prefix.includes('/'));

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

  it('are found in the directories of an overlay', () => {
    const options = 'rw,lowerdir=/a/.criu.mntns.aaaaaa:/b,upperdir=/c/.criu.mntns.bbbbbb,workdir=/w';
    const names = read(`7 0 0:1 / /merged rw - overlay overlay ${options}`);
    expect(names.of(bytes`.criu.mntns.aaaaaa`)).toEqual(['/merged']);
    expect(names.of(bytes`.criu.mntns.bbbbbb`)).toEqual(['/merged']);
    expect(names.of(bytes`.criu.mntns.cccccc`)).toEqual([]);
  });

  it('are bytes, as mount points are', () => {
    const kinds = [{ prefix: encode('ü.'), modes: null, mountable: false }];
    const line = '7 0 0:1 / /ü/ü.aaaaaa rw - tmpfs x rw';
    expect(read(encode(line), kinds).of(encode('ü.aaaaaa'))).toEqual([encode('/ü/ü.aaaaaa')]);
  });

  it('are those of whole components', () => {
    const names = read('7 0 0:1 / /a/x.criu.mntns.aaaaaa/.criu.mntns.bbbbbbb rw - tmpfs x rw');
    expect(names.of(bytes`.criu.mntns.aaaaaa`)).toEqual([]);
    expect(names.of(bytes`.criu.mntns.bbbbbb`)).toEqual([]);
  });

  it('are told with eight mounts at most, each mount and each mount point once', () => {
    const line = (id: number, at: string) => `${id} 0 0:1 /.criu.mntns.aaaaaa ${at} rw - tmpfs x rw\n`;
    const many = Array.from({ length: 20 }, (_, n) => line(n, `/m${n}`)).join('');
    expect(read(many).of(bytes`.criu.mntns.aaaaaa`)).toHaveLength(8);
    expect(read(line(1, '/m') + line(1, '/n') + line(2, '/m')).of(bytes`.criu.mntns.aaaaaa`)).toEqual(['/m']);
  });

  it('are found in a path that is told alone', () => {
    const names = new MountedNames(CATALOGUE, nameMatcher(CATALOGUE));
    names.addPath(bytes`/w/.criu.mnt.aaaaaa`, { id: 1, mountPoint: bytes`/m` });
    expect(names.of(bytes`.criu.mnt.aaaaaa`)).toEqual(['/m']);
    const short = [{ prefix: bytes`a`, modes: null, mountable: false }];
    const shortest = new MountedNames(short, nameMatcher(short));
    shortest.addPath(bytes`aaaaaaa`, { id: 1, mountPoint: bytes`/m` });
    expect(shortest.of(bytes`aaaaaaa`)).toEqual(['/m']);
  });

  it('are remembered up to a hundred thousand, and more are said to be too many', () => {
    const names = new MountedNames(CATALOGUE, nameMatcher(CATALOGUE));
    const add = (n: number) =>
      names.addPath(asBytes(`/.criu.mnt.${String(n).padStart(6, '0')}`), { id: 1, mountPoint: bytes`/m` });
    for (let n = 0; n < 100_000; n += 1) add(n);
    add(99_999);
    expect([names.overflowed, names.of(bytes`.criu.mnt.099999`)]).toEqual([false, ['/m']]);
    add(100_000);
    expect([names.overflowed, names.of(bytes`.criu.mnt.100000`)]).toEqual([true, []]);
  });

  it("are found where mountinfo escapes a caller's prefix", () => {
    const kinds = [{ prefix: asBytes('a b\\c.'), modes: null, mountable: false }];
    const line = '1 0 0:1 / /x/a\\040b\\134c.8uhTbO rw - tmpfs none rw';
    expect(read(line, kinds).of(asBytes('a b\\c.8uhTbO'))).toEqual(['/x/a b\\c.8uhTbO']);
  });

  it('are found whatever bytes a prefix has, escaped or not', () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        const name = asBytes(`${prefix}8uhTbO`);
        const lower = `lowerdir=${mangledOption(quoted(`/w/${name}`))}:/b`;
        const asItIs = `upperdir=${mangledOption(`/w/${name}`)}`;
        const lines = [
          `1 0 0:1 / ${mangledPath(`/w/${name}/x`)} rw - tmpfs none rw`,
          `2 0 0:1 ${mangledPath(`/${name}//deleted`)} /m rw - tmpfs none rw`,
          withOptions(`rw,${lower}`),
          withOptions(`rw,${asItIs}`),
        ];
        for (const line of lines) expect(read(line, [kindOf(prefix)]).of(name)).toHaveLength(1);
      }),
    );
  });

  it('are found where an overlay has a backslash before a character of a prefix', () => {
    const kinds = [kindOf('a:b,c.')];
    const options = 'rw,lowerdir=/w/a\\134:b\\134\\054c.8uhTbO:/b';
    expect(read(withOptions(options), kinds).of(bytes`a:b,c.8uhTbO`)).toEqual(['/m']);
    expect(read(withOptions('rw,lowerdir=/w/a:b\\054c.8uhTbO'), kinds).of(bytes`a:b,c.8uhTbO`)).toEqual([
      '/m',
    ]);
  });

  it('are found where an overlay shows a backslash of a prefix as it is', () => {
    const line = withOptions('rw,upperdir=/w/a\\134b.8uhTbO,workdir=/y');
    expect(read(line, [kindOf('a\\b.')]).of(asBytes('a\\b.8uhTbO'))).toEqual(['/m']);
  });

  it('are found where nothing but what is escaped is before the last part of a prefix', () => {
    const line = '1 0 0:1 / /x/\\011\\011b.8uhTbO rw - tmpfs none rw';
    expect(read(line, [kindOf('\t\tb.')]).of(asBytes('\t\tb.8uhTbO'))).toEqual(['/x/\t\tb.8uhTbO']);
  });

  it.each([
    'lowerdir=/a/.criu.mntns.aaaaaa',
    'lowerdir=.criu.mntns.aaaaaa:/b',
    'lowerdir=/b:.criu.mntns.aaaaaa/c',
    'lowerdir+=/b,.criu.mntns.aaaaaa',
    'br=/a/.criu.mntns.aaaaaa=rw',
    'lowerdir=/b/.criu.mntns.aaaaaaa:/c/.criu.mntns.aaaaaa',
    '.criu.mntns.aaaaaa',
  ])('are found in the options %s', (options) => {
    expect(read(withOptions(options)).of(bytes`.criu.mntns.aaaaaa`)).toEqual(['/m']);
  });

  it.each([
    'lowerdir=/a/x.criu.mntns.aaaaaa:/b',
    'lowerdir=/a/.criu.mntns.aaaaaab:/b',
    'lowerdir=/a/.criu.mntns.aaaaaa-:/b',
    'lowerdir=/a/x.criu.mntns.aaaaaab:/b',
    'lowerdir=/a/.criu.mntns.aaaaa',
    'upperdir=/a/x.criu.mntns.aaaaaa',
  ])('are those of whole components in the options %s', (options) => {
    expect(read(withOptions(options)).of(bytes`.criu.mntns.aaaaaa`)).toEqual([]);
  });

  it('end in six letters or digits, in options too', () => {
    const names = read(withOptions('lowerdir=/a/.criu.mntns.aa-aaa:/.criu.mntns.aaaaa:/c'));
    expect(names.of(bytes`.criu.mntns.aa-aaa`)).toEqual([]);
    expect(names.of(bytes`.criu.mntns.aaaaa:`)).toEqual([]);
  });
});
