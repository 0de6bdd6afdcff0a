/** The name of the command, its script or its executable, as a part of expressions. */
const NAME = String.raw`criu-sweep(?:\.js|-\d[\w.-]*)?`;
/** A path, or a bare name, of the command. */
export const COMMAND = new RegExp(`(?:^|/)${NAME}$`);
/** A call of the command, and its arguments up to what a shell takes for the end of a command. */
const CALL = new RegExp(String.raw`${NAME}["']?\s+([^;&|<>]*)`, 'g');
const OTHER_COMMANDS = /^(?:run|inspect|doctor|schedule|catalogue|completion|help)$/;
const CHANGES_NOTHING = /^(?:-[qv]*[nhV][nqvhV]*|--(?:dry-run|check|help|version)(?:=.*)?)$/s;

/** A word that names a target: absolute, relative with a dot, a variable, or quoted. */
const TARGET = /^(?:[/.~$"'*]|--known$)/;
/** Short options that a sweep does not have: `find /var/lib/criu-sweep -delete` is none. */
const NOT_OURS = /^-(?![nqvhV]+$|-)/;

/**
 * Tells whether a line of a unit, a crontab or a script runs a sweep that removes something. A line that only
 * names the command, or what is called like it, does not.
 */
export function runsSweep(line: string): boolean {
  return [...line.matchAll(CALL)].some(([, rest = '']) => {
    const words = rest.split(/\s+/).filter((word) => word !== '');
    return (
      isSweep(words) && words.some((word) => TARGET.test(word)) && !words.some((word) => NOT_OURS.test(word))
    );
  });
}

/** Tells whether the command, called with these arguments, removes something. */
export function isSweep(args: readonly string[]): boolean {
  const [first] = args;
  return (
    first !== undefined && !OTHER_COMMANDS.test(first) && !args.some((word) => CHANGES_NOTHING.test(word))
  );
}

/** The lines of a file but its comments, where a backslash joins a line to the next. */
export function linesOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line));
}
