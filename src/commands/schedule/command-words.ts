import { UsageError } from '../../model/usage-error.ts';

const PLAIN_WORD = /^[A-Za-z0-9_@:./=,+-]+$/;

/**
 * Splits a command line into words as a POSIX shell does. Only quotes and backslashes mean something.
 *
 * @throws UsageError for no words, and for a quote that is not closed
 */
export function splitWords(line: string): string[] {
  const words = [...line.matchAll(WORD)].map(([word]) => word);
  const rest = line.replace(WORD, '').trim();
  if (rest !== '')
    throw new UsageError(`--command: '${line}': a quote is not closed, or a backslash ends it`);
  if (words.length === 0) throw new UsageError('--command: is empty: write what starts criu-sweep');
  return words.map((word) => word.replace(PART, unquotePart));
}

/** A part of a word: in single quotes, in double quotes, an escaped character, or any other. */
const PART = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]/g;
const WORD = new RegExp(`(?:${PART.source})+`, 'g');

function unquotePart(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (part.startsWith('"')) return part.slice(1, -1).replace(/\\([$`"\\])/g, '$1');
  return part.startsWith('\\') ? part.slice(1) : part;
}

/**
 * Quotes a word for the command of a crontab line: for cron, to which % is a line break and \% a %, and then
 * for sh. No backslash comes before another one, nor before the backslash of a \%: crons differ in reading
 * that.
 */
export function quoteForCron(word: string): string {
  if (PLAIN_WORD.test(word)) return word;
  const quoted = word.replace(/['\\]/g, (character) => (character === "'" ? "'\\''" : "\\''"));
  return `'${quoted.replaceAll('%', '\\%')}'`;
}

/**
 * Quotes a word for ExecStart= (systemd.service(5), "Command lines"): specifiers, variables, quotes, escapes.
 *
 * @param first whether it names the program, where systemd replaces no variables
 */
export function quoteForExec(word: string, first: boolean): string {
  if (PLAIN_WORD.test(word)) return word;
  const escaped = word
    .replace(/[\\"]/g, '\\$&')
    .replace(/[\x00-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll('%', '%%');
  return `"${first ? escaped : escaped.replaceAll('$', '$$$$')}"`;
}

/** Quotes a path for ReadWritePaths= (systemd.exec(5)). There are no escapes for control characters. */
export function quoteForPaths(path: string): string {
  const escaped = path.replaceAll('%', '%%');
  return PLAIN_WORD.test(path) ? escaped : `"${escaped.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * Quotes a word of a container's command, in which Kubernetes replaces $(NAME) and reads $$ as $ (kubectl
 * explain pod.spec.containers.command).
 */
export function quoteForContainer(word: string): string {
  return word.replaceAll('$', '$$$$');
}
