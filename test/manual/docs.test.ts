import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { KNOWN_WORK_DIRS } from '../../src/criu/work-dirs.ts';
import { withTables } from '../../src/manual/docs.ts';
import { PACKAGE } from '../support/command.ts';

const page = readFileSync(`${PACKAGE}docs/criu.md`, 'utf8');

test('the tables of docs/criu.md are the data (npm run docs writes them)', () => {
  expect(withTables(page)).toBe(page);
  for (const { prefix } of CATALOGUE) expect(page).toContain(`| \`${prefix}XXXXXX\` |`);
  for (const { target } of KNOWN_WORK_DIRS) if (target !== null) expect(page).toContain(`| \`${target}\` |`);
});

test('a page without a table’s marker is refused', () => {
  expect(() => withTables(page.replace('<!-- roots -->\n', ''))).toThrow('roots');
  expect(() => withTables(`${page}<!-- kinds -->\n`)).toThrow('kinds');
});
