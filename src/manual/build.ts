import { writeFileSync } from 'node:fs';
import { describeCommands } from '../commands/describe.ts';
import { COMMANDS } from '../commands/list.ts';
import { CATALOGUE } from '../criu/catalogue.ts';
import { KNOWN_WORK_DIRS } from '../criu/work-dirs.ts';
import { packageFile } from '../package/package-file.ts';
import { readTemplate } from '../package/template.ts';
import { readTool } from '../package/tool.ts';
import { manualPage } from './page.ts';

/** When the hand-written sections were last changed. */
const DATE = '2026-11-23';

/** Part of the package's build: writes `dist/criu-sweep.8`. */
const page = manualPage({
  template: readTemplate('criu-sweep.8'),
  commands: await describeCommands(COMMANDS),
  kinds: CATALOGUE,
  workDirs: KNOWN_WORK_DIRS,
  version: readTool().version,
  date: DATE,
});
writeFileSync(packageFile('dist/criu-sweep.8'), page);
