import { distance } from 'fastest-levenshtein';

/** The part of a word's letters that may be wrong. */
const MOST_WRONG = 0.4;

/** The known words that are most like a word: all that are equally near, or none if none is near. */
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
