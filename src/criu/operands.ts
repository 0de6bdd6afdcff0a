/** A word of a command line that is no option and no option's value. */
export interface Operand {
  readonly word: string;
  readonly at: number;
}

/**
 * The operands among words, up to `--`.
 *
 * @param withValue options, without dashes, whose value is the next word where it is not attached by `=`
 */
export function operandsOf(words: readonly string[], withValue: readonly string[]): readonly Operand[] {
  const operands: Operand[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-')) operands.push({ word, at });
    else if (withValue.includes(word.replace(/^--?/, ''))) at += 1;
  }
  return operands;
}

/**
 * The value of an option in any spelling of getopt_long(3) and of Go's flags; `undefined`: it is not there.
 */
export function optionValue(words: readonly string[], ...spellings: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    if (word === '--') return undefined;
    for (const spelling of spellings) {
      if (word === spelling) return words[at + 1];
      const isLong = spelling.startsWith('--');
      const attached = isLong ? `${spelling}=` : spelling;
      if (word.startsWith(attached) && (isLong || !word.startsWith('--'))) return word.slice(attached.length);
    }
  }
  return undefined;
}

/**
 * Whether a program's name is this one, perhaps with a version or the like behind it: `runc-1.1.12`,
 * `docker.io`.
 */
export function isNamed(name: string, program: string): boolean {
  return name === program || (name.startsWith(program) && /^[^A-Za-z]/.test(name.slice(program.length)));
}
