// Makes docs/mutation.md's tables of what Stryker found and of test/mutation/verdicts.json. Fails where a mutant that
// survived has no verdict, or a verdict no mutant.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './groups.js';

const PAGE = 'docs/mutation.md';
const VERDICTS = 'test/mutation/verdicts.json';
const MARK = '<!-- results -->\n';

/** Statuses of mutants that no test found. */
const UNFOUND = ['Survived', 'NoCoverage'];

/** The results of a group's files; `null`: it was not run here. */
function resultsOf(group) {
  const path = `build/mutation/${group}.json`;
  if (!existsSync(path)) return null;
  const { files } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.entries(files).map(([file, { source, mutants }]) => ({ file, source, mutants }));
}

/** A text in one line, of which the beginning is enough. */
function brief(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 240 ? `${line.slice(0, 239)}…` : line;
}

/** A mutant by what it changes and where, without its line's number: it is the same one when other lines move. */
function nameOf({ location: { start, end }, replacement, mutatorName }, lines) {
  const line = lines[start.line - 1];
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
  part[0] = part[0].slice(start.column - 1);
  const original = brief(part.join('\n'));
  const before = line.slice(0, start.column - 1).split(original).length;
  const which = line.split(original).length > 2 ? ` (no. ${before})` : '';
  const changed = `${original}${which} → ${brief(replacement ?? mutatorName)}`;
  return original === brief(line) ? changed : `${brief(line)}: ${changed}`;
}

/** The mutants that survived in a file, each once by its name, with the line it is on now. */
function unfoundIn({ source, mutants }) {
  const lines = source.split('\n');
  const unfound = new Map();
  for (const mutant of mutants.filter(({ status }) => UNFOUND.includes(status)))
    unfound.set(nameOf(mutant, lines), mutant.location.start.line);
  return unfound;
}

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

/** The survivors of a file with their verdicts, and what is wrong with those. */
function judged(file, unfound, verdicts) {
  const told = new Map(
    Object.entries(verdicts).flatMap(([verdict, names]) => names.map((name) => [name, verdict])),
  );
  const wrong = [
    ...[...unfound.keys()].filter((name) => !told.has(name)).map((name) => `${file}: no verdict: ${name}`),
    ...[...told.keys()]
      .filter((name) => !unfound.has(name))
      .map((name) => `${file}: no such survivor: ${name}`),
  ];
  const rows = Object.entries(verdicts).map(([verdict, names]) => {
    const lines = names.map((name) => `${unfound.get(name) ?? '?'}: ${code(name)}`);
    return `${verdict}:\n\n${lines.map((each) => `- ${each}`).join('\n')}`;
  });
  return { wrong, text: rows.length === 0 ? '' : `### ${file}\n\n${rows.join('\n\n')}` };
}

/**
 * Writes the tables. Returns the exit status: 1 if a verdict is missing or has nothing to judge.
 *
 * @param whole all groups were run
 */
export function report(whole) {
  const verdicts = JSON.parse(readFileSync(VERDICTS, 'utf8'));
  const results = Object.keys(GROUPS).flatMap((group) => {
    const files = resultsOf(group);
    return files === null ? [] : [{ group, files }];
  });
  const files = results.flatMap((each) => each.files).sort((a, b) => (a.file < b.file ? -1 : 1));
  const judgements = files.map((each) => judged(each.file, unfoundIn(each), verdicts[each.file] ?? {}));
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
