import fc from 'fast-check';
import { CATALOGUE } from './leftovers.ts';
import type { Rules } from './oracle.ts';
import type { Entry } from './tree.ts';

const AGES = ['-2h', '-1m', '0s', '10m', '50m', '70m', '2h', '5d', '400d'];
const MODES = ['0700', '0700', '0700', '0777', '2700', '1700', '0755', '0000'];
const OWNERS = [0, 0, 0, 1, 65534];
const PARENTS = ['', 'a/', 'a/b/', 'a/b/c/', '.hidden/', 'x y/', 'n\nl/', '\xff/', 'e\x1b/'];

const suffix = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[A-Za-z0-9]{6}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^([A-Za-z0-9]{5}|[A-Za-z0-9]{7}|[A-Za-z0-9]{5}[._-])$/) },
);
const prefix = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...CATALOGUE.map((kind) => kind.prefix)) },
  { weight: 1, arbitrary: fc.constantFrom('.criu.', '.criu.temp-aa-policy', 'crtools.', 'tmp.') },
);

const candidate = fc.record({
  parent: fc.constantFrom(...PARENTS),
  name: fc.tuple(prefix, suffix).map((parts) => parts.join('')),
  kind: fc.constantFrom<NonNullable<Entry['kind']>[]>(
    'directory',
    'directory',
    'directory',
    'directory',
    'file',
    'symlink',
  ),
  mode: fc.constantFrom(...MODES),
  uid: fc.constantFrom(...OWNERS),
  age: fc.constantFrom(...AGES),
  full: fc.constantFrom(false, false, false, true),
});

/** Trees of a few candidates of every sort, full and empty, in directories of every sort. Distinct paths. */
export const trees: fc.Arbitrary<readonly Entry[]> = fc
  .uniqueArray(candidate, { minLength: 1, maxLength: 25, selector: ({ parent, name }) => parent + name })
  .map((candidates) =>
    candidates.flatMap(({ parent, name, kind, mode, uid, age, full }): Entry[] => {
      const path = parent + name;
      const entry = { path, kind, mode, uid, age, to: 'nowhere' };
      return full && kind === 'directory' ? [entry, { path: `${path}/inside`, kind: 'file' }] : [entry];
    }),
  );

/** Rules of every sort. */
export const rules: fc.Arbitrary<Rules> = fc.record({
  olderThan: fc.constantFrom('1m', '15m', '1h', '90m', '1d', '30d'),
  owner: fc.constantFrom(0, 0, 1, null),
  mode: fc.constantFrom(undefined, undefined, '0700', '0755', '2700', null),
  maxDepth: fc.constantFrom(null, null, 1, 2, 3),
});
