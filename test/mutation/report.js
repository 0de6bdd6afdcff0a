// Makes docs/mutation.md's tables of what Stryker found and of test/mutation/verdicts.json. Fails where a mutant that
// survived has no verdict, or a verdict no mutant.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './groups.js';
import { resultsOf, survivorsOf, verdictsOn } from './results.js';

const PAGE = 'docs/mutation.md';
const VERDICTS = 'test/mutation/verdicts.json';
const TRIED_BY_COMMAND = 'test/mutation/by-command.json';
const MARK = '<!-- results -->\n';

function counts(files) {
  const mutants = files.flatMap((each) => each.mutants);
  const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const [killed, timeouts] = [of('Killed'), of('Timeout')];
  const [survived, uncovered] = [of('Survived'), of('NoCoverage')];
  const all = killed + timeouts + survived + uncovered;
  const score = `${((100 * (killed + timeouts)) / all).toFixed(1)} %`;
  return [files.length, all, killed, timeouts, survived, uncovered, score, of('RuntimeError')];
}

const table = (...rows) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function scores(results) {
  // Not counted: mutants of modules that then do not even load.
  const head = [
    'group',
    'files',
    'mutants',
    'killed',
    'timed out',
    'survived',
    'not covered',
    'score',
    'not counted',
  ];
  const rows = results.map(({ group, files }) => [group, ...counts(files)]);
  const all = ['all', ...counts(results.flatMap(({ files }) => files))];
  return table(head, ['---', ...head.slice(1).map(() => '--:')], ...rows, all);
}

const code = (text) => `\`\` ${text} \`\``;

/** What is said of a survivor that was tried on the tests of the built command (by-command.js). */
const TRIED = new Map([
  [true, ' – noticed by these tests'],
  [false, ' – **not noticed** by these tests'],
]);

/** The survivors of a file with their verdicts, and what is wrong with those. */
function judged(file, survivors, { verdicts, tried }) {
  const told = verdictsOn(file, verdicts);
  const wrong = [
    ...[...survivors.keys()].filter((name) => !told.has(name)).map((name) => `${file}: no verdict: ${name}`),
    ...[...told.keys()]
      .filter((name) => !survivors.has(name))
      .map((name) => `${file}: no such survivor: ${name}`),
  ];
  const line = (name) => {
    const at = survivors.get(name)?.location.start.line ?? '?';
    return `- ${at}: ${code(name)}${TRIED.get(tried[file]?.[name]) ?? ''}`;
  };
  const rows = Object.entries(verdicts[file] ?? {}).map(
    ([verdict, names]) => `${verdict}:\n\n${names.map(line).join('\n')}`,
  );
  return { wrong, text: rows.length === 0 ? '' : `### ${file}\n\n${rows.join('\n\n')}` };
}

/**
 * Writes the tables. Returns the exit status: 1 if a verdict is missing or has nothing to judge.
 *
 * @param whole all groups were run
 */
export function report(whole) {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
  const judgement = { verdicts: read(VERDICTS), tried: read(TRIED_BY_COMMAND) };
  const results = Object.keys(GROUPS).flatMap((group) => {
    const files = resultsOf(group);
    return files === null ? [] : [{ group, files }];
  });
  const files = results.flatMap((each) => each.files).sort((a, b) => (a.file < b.file ? -1 : 1));
  const judgements = files.map((each) => judged(each.file, survivorsOf(each), judgement));
  const wrong = judgements.flatMap((each) => each.wrong);
  for (const each of wrong) console.error(each);
  const texts = judgements.flatMap(({ text }) => (text === '' ? [] : [text]));
  if (whole || results.length === Object.keys(GROUPS).length) {
    const [before] = readFileSync(PAGE, 'utf8').split(MARK);
    writeFileSync(
      PAGE,
      `${before}${MARK}\n${scores(results)}\n\n## The survivors\n\n${texts.join('\n\n')}\n`,
    );
  }
  console.log(scores(results));
  return wrong.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = report(false);
