import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PACKAGE } from '../../support/command.ts';

interface Schema {
  readonly $defs: Readonly<
    Record<string, { readonly properties?: object; readonly required?: readonly string[] }>
  >;
}

const read = (name: string): Schema =>
  JSON.parse(readFileSync(`${PACKAGE}schema/${name}.schema.json`, 'utf8'));

test('what both reports have, both schemas say alike', () => {
  const [report, inspect] = [read('report').$defs, read('inspect').$defs];
  const shared = Object.keys(inspect).filter(
    (name) => !['run', 'loggedError', 'images', 'item'].includes(name),
  );
  expect(shared).toContain('reason');
  for (const name of shared) expect(inspect[name], name).toEqual(report[name]);
});

test('an item of an inspection is one of a sweep, with its run', () => {
  const [report, inspect] = [read('report').$defs.item, read('inspect').$defs.item];
  const { run, ...properties } = { run: null, ...inspect?.properties };
  expect(run).not.toBeNull();
  expect({ ...inspect, properties, required: inspect?.required?.filter((name) => name !== 'run') }).toEqual(
    report,
  );
});
