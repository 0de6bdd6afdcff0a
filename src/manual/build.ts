import { readFileSync, writeFileSync } from 'node:fs';
import { describeCommands } from '../commands/describe.ts';
import { COMMANDS } from '../commands/list.ts';
import { CATALOGUE } from '../criu/catalogue.ts';
import { KNOWN_WORK_DIRS, MOVABLE_ROOTS } from '../criu/work-dirs.ts';
import { packageFile } from '../package/package-file.ts';
import { readTemplate } from '../package/template.ts';
import { readTool } from '../package/tool.ts';
import { withTables } from './docs.ts';
import { manualPage } from './page.ts';

/** The day of the last change to the hand-written sections. */
const DATE = '2026-11-23';

/** The page; this part of the package's build writes it to `dist/criu-sweep.8`, with `--docs` also the tables of docs/criu.md. */
const page = manualPage({
  template: readTemplate('criu-sweep.8'),
  commands: await describeCommands(COMMANDS),
  kinds: CATALOGUE,
  workDirs: KNOWN_WORK_DIRS,
  movableRoots: MOVABLE_ROOTS,
  version: readTool().version,
  date: DATE,
});
writeFileSync(packageFile('dist/criu-sweep.8'), page);

if (process.argv.includes('--docs')) {
  const docs = packageFile('docs/criu.md');
  writeFileSync(docs, withTables(readFileSync(docs, 'utf8')));
}
