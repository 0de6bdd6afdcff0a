import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { nameMatcher } from '../../src/sweep/names.ts';

const match = nameMatcher(CATALOGUE);
const suffix = fc.stringMatching(/^[A-Za-z0-9]{6}$/);

describe('a name', () => {
  it('is a leftover of its kind with each prefix and any suffix of mkdtemp', () => {
    const kind = fc.constantFrom(...CATALOGUE);
    fc.assert(fc.property(kind, suffix, (one, six) => match(asBytes(one.prefix + six)) === one));
  });

  it.each([
    '',
    '.',
    '..',
    'abcdef',
    '.criu.mnt.',
    '.criu.mnt.abcde',
    '.criu.mnt.abcdefg',
    '.criu.mnt.abc-ef',
    '.criu.mnt.abcde\n',
    '.criu.mnt.abcd\u00c3\u00a9',
    'x.criu.mnt.abcdef',
    '.CRIU.mnt.abcdef',
    '.criu.mntXabcdef',
    'proc.crtools',
    '__proto__abcdef',
    'constructor',
    'toStringabcdef',
  ])('%j is none', (name) => {
    expect(match(asBytes(name))).toBeUndefined();
  });

  it('belongs to one kind where one prefix begins another', () => {
    const [short, long] = [{ prefix: bytes`a` }, { prefix: bytes`ab` }].map((kind) => ({
      ...kind,
      modes: null,
      mountable: false,
    }));
    if (short === undefined || long === undefined) throw new Error('two kinds');
    const both = nameMatcher([short, long]);
    expect(both(bytes`aXXXXXX`)).toBe(short);
    expect(both(bytes`abXXXXXX`)).toBe(long);
    expect(both(bytes`abXXXXX`)).toBe(short);
  });

  it('is none when it is anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const is = CATALOGUE.some(
          ({ prefix }) =>
            name.startsWith(prefix) &&
            /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length)) &&
            !name.endsWith('\n'),
        );
        return (match(asBytes(name)) !== undefined) === is;
      }),
    );
  });
});
