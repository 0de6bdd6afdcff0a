import { existsSync, readFileSync } from 'node:fs';

/** Statuses of mutants that no test found. */
const UNFOUND = ['Survived', 'NoCoverage'];

/** The results of a group's files; `null`: it was not run here. */
export function resultsOf(group) {
  const path = `build/mutation/${group}.json`;
  if (!existsSync(path)) return null;
  const { files } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.entries(files).map(([file, { source, mutants }]) => ({ file, source, mutants }));
}

/** The mutants that survived in a file, by their names; of several with one name, the last. */
export function survivorsOf({ source, mutants }) {
  const lines = source.split('\n');
  const survivors = mutants.filter(({ status }) => UNFOUND.includes(status));
  return new Map(survivors.map((mutant) => [nameOf(mutant, lines), mutant]));
}

/** The verdict on each survivor of a file that has one, by the survivor's name. */
export function verdictsOn(file, verdicts) {
  return new Map(
    Object.entries(verdicts[file] ?? {}).flatMap(([verdict, names]) => names.map((name) => [name, verdict])),
  );
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

/** A text in one line, of which the beginning is enough. */
function brief(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 240 ? `${line.slice(0, 239)}…` : line;
}
