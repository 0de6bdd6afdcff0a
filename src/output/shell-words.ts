import type { Bytes } from '../model/model.ts';

/** A word that every POSIX shell takes unquoted. */
const SAFE = /^[\w%+,./:=@-]+$/;
/** Bytes that may be printed as they are between single quotes: ASCII but control characters. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * Quotes one word for a shell, whatever bytes it has: not at all, in single quotes, or, if it holds control
 * characters or bytes beyond ASCII, as `$'…'` with octal escapes (POSIX.1-2024, 2.2.4; bash, zsh, ksh).
 */
export function shellWord(word: Bytes): string {
  if (SAFE.test(word)) return word;
  if (word === '' || PRINTABLE.test(word)) return singleQuoted(word);
  const escaped = word.replace(/[\\'\x00-\x1f\x7f-\xff]/g, (byte) =>
    byte === '\\' || byte === "'" ? `\\${byte}` : `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `$'${escaped}'`;
}

/** Puts a word into single quotes, as every POSIX shell and zsh take it. */
export function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Makes a command line of words. */
export function shellCommand(words: readonly Bytes[]): string {
  return words.map(shellWord).join(' ');
}
