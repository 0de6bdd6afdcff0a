import { CATALOGUE } from '../criu/catalogue.ts';
import { KNOWN_WORK_DIRS, MOVABLE_ROOTS } from '../criu/work-dirs.ts';
import { kindsTable, movableRootsTable, workDirsTable } from './tables.ts';

/** The tables of docs/criu.md by the names in their markers, `<!-- kinds -->` and `<!-- /kinds -->`. */
const TABLES: ReadonlyMap<string, string> = new Map([
  ['kinds', kindsTable(CATALOGUE)],
  ['work-dirs', workDirsTable(KNOWN_WORK_DIRS)],
  ['roots', movableRootsTable(MOVABLE_ROOTS)],
]);

/** The Markdown page with each of its tables as the data has it. Throws where a marker is missing. */
export function withTables(page: string): string {
  let text = page;
  for (const [name, table] of TABLES) {
    const [before, rest, ...more] = text.split(`<!-- ${name} -->\n`);
    const after = rest?.split(`<!-- /${name} -->\n`)[1];
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`docs/criu.md: not one table <!-- ${name} -->`);
    text = `${before}<!-- ${name} -->\n${table}\n<!-- /${name} -->\n${after}`;
  }
  return text;
}
