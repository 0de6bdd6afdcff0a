import fc from 'fast-check';
import { asBytes } from '../../src/linux/bytes.ts';
import type { Bytes } from '../../src/model/model.ts';

/** Any bytes, and more often those that mean something to a parser. */
export const bytesOf = (...telling: readonly string[]): fc.Arbitrary<Bytes> =>
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...telling) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map(latin1) },
      ),
      { maxLength: 40 },
    )
    .map((parts) => asBytes(parts.join('')));

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
