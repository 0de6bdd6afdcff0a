import { readFileSync } from 'node:fs';
import { asBytes, toText } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import { UsageError } from '../model/usage-error.ts';

/**
 * The exact bytes of the last words of our command line, as {@link toText} writes them. Node decodes the
 * words as UTF-8; other bytes become U+FFFD, and with it the name of another file. /proc/self/cmdline has the
 * bytes (proc_pid_cmdline(5)).
 *
 * @param words as Node has them
 * @throws UsageError if the bytes are needed and there is no /proc
 */
export function exactWords(words: readonly string[]): readonly string[] {
  if (!words.some((word) => word.includes('\uFFFD'))) return words;
  try {
    const all = asBytes(readFileSync('/proc/self/cmdline', 'latin1')).split('\0').slice(0, -1);
    return all.slice(-words.length).map((word) => toText(word));
  } catch (error) {
    assertErrno(error);
    const word = words.find((each) => each.includes('\uFFFD'));
    throw new UsageError(
      `${word}: is not UTF-8, and there is no /proc to read it from: name the directory above it`,
    );
  }
}
