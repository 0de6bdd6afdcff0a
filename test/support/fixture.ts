import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PACKAGE } from './command.ts';
import type { Entry } from './tree.ts';

/** An entry of a tree in fixtures/trees, and what a sweep with the defaults must make of it. */
export interface FixtureEntry extends Entry {
  /** What this case is about. */
  readonly about?: string;
  /** Without it the entry is no item of the report, and stays. */
  readonly expect?: 'removed' | readonly string[];
}

/** A tree as data; `expect` is `removed`, or the `why` of each reason to keep it. */
export interface Fixture {
  readonly about: string;
  readonly entries: readonly FixtureEntry[];
}

const entry = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: { type: 'string', pattern: '^[\\u0001-\\u00ff]+$' },
    kind: { enum: ['directory', 'file', 'symlink', 'fifo'] },
    mode: { type: 'string', pattern: '^[0-7]{4}$' },
    uid: { type: 'integer' },
    gid: { type: 'integer' },
    age: { type: 'string' },
    mtime: { type: 'string' },
    content: { type: 'string' },
    to: { type: 'string', pattern: '^[\\u0001-\\u00ff]+$' },
    about: { type: 'string' },
    expect: { anyOf: [{ const: 'removed' }, { type: 'array', minItems: 1, items: { type: 'string' } }] },
  },
};
const isFixture = new Ajv2020().compile<Fixture>({
  type: 'object',
  additionalProperties: false,
  required: ['about', 'entries'],
  properties: { about: { type: 'string' }, entries: { type: 'array', minItems: 1, items: entry } },
});

/** A tree from the text of its file. Throws where it does not hold what `Fixture` says. */
export function parseTree(json: string): Fixture {
  const parsed: unknown = JSON.parse(json);
  if (!isFixture(parsed)) throw new Error(`not a tree: ${JSON.stringify(isFixture.errors)}`);
  return parsed;
}

/** Reads `fixtures/trees/NAME.json`. Throws where it does not hold what `Fixture` says. */
export function readTree(name: string): Fixture {
  return parseTree(readFileSync(`${PACKAGE}fixtures/trees/${name}.json`, 'utf8'));
}
