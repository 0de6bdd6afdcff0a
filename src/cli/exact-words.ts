import { readFileSync } from 'node:fs';
import { asBytes, toText } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import { UsageError } from '../model/usage-error.ts';

/**
 * The last words of our command line as {@link toText} says them. Node decodes them as UTF-8, and what is none becomes
 * U+FFFD: a name that another file may bear. /proc/self/cmdline has the bytes (proc_pid_cmdline(5)).
 *
 * @param words as Node has them
 * @throws UsageError where there is no /proc to ask
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
