/** A call of the command, by its name or its script's, with the arguments up to the end of a line. */
const CALL = /criu-sweep\S*(?:\s+(.*))?$/s;
const OTHER_COMMANDS = /^(?:run|inspect|doctor|schedule|catalogue|completion|help)\b/;
const CHANGES_NOTHING = /(?:^|\s)(?:-n|--dry-run|--check|-h|--help|-V|--version)(?:\s|=|$)/;

/** Tells whether a line of a unit, a crontab or a script runs a sweep that removes something. */
export function runsSweep(line: string): boolean {
  const call = CALL.exec(line);
  if (call === null) return false;
  const rest = call[1] ?? '';
  return rest !== '' && !OTHER_COMMANDS.test(rest) && !CHANGES_NOTHING.test(rest);
}

/** The lines of a file but its comments, where a backslash joins a line to the next. */
export function linesOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line));
}
