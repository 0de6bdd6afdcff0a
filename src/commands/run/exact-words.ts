import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { errnoOf } from '../../errno.ts';

/**
 * Whether Node has read these last words of our command line as they are. It decodes them as UTF-8, and what is none
 * becomes U+FFFD; passed on so, a file's name would be another file's.
 */
export function areExact(words: readonly string[]): boolean {
  if (!words.some((word) => word.includes('\uFFFD'))) return true;
  try {
    const bytes = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1);
    return bytes.slice(-words.length).every((word) => isUtf8(Buffer.from(word, 'latin1')));
  } catch (error) {
    errnoOf(error);
    return true;
  }
}
