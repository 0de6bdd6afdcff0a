import { distance } from 'fastest-levenshtein';

/** Letters that may be wrong in a word, of each of its own. */
const MOST_WRONG = 0.4;

/** The words most like one, all that are equally so; empty where none is like it. */
export function nearest(word: string, known: readonly string[]): readonly string[] {
  const wrong = (other: string): number => distance(word.toLowerCase(), other.toLowerCase());
  const fewest = Math.min(...known.map(wrong));
  if (fewest > Math.max(1, MOST_WRONG * word.length)) return [];
  return [...new Set(known.filter((other) => wrong(other) === fewest))];
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}
