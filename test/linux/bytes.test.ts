import { expect, it } from 'vitest';
import { asBytes, bytes, decode, encode, joinPath, toText } from '../../src/linux/bytes.ts';

it('text becomes bytes only by its UTF-8', () => {
  expect(joinPath(encode('ü'), bytes`a`)).toBe('\xc3\xbc/a');
  // @ts-expect-error A string of text is not assignable to Bytes.
  expect(joinPath('a', 'b')).toBe('a/b');
  // @ts-expect-error Bytes are not assignable to Text.
  expect(encode(encode('a'))).toBe('a');
});

it('bytes that are not UTF-8 come back exactly', () => {
  const name = asBytes('not\xff\xc3\xbc');
  expect(encode(toText(name))).toBe(name);
  expect(decode(name)).toEqual({ text: 'not\ufffdü', exact: false });
});

it('a template takes numbers and bytes as they are', () => {
  expect(bytes`/proc/${17}/root${asBytes('/\xff')}`).toBe('/proc/17/root/\xff');
});
