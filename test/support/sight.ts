import { statSync } from 'node:fs';
import { inMountNamespace } from './wrap.ts';

/**
 * A wrap in which root can look at every process. There are sandboxes whose process 1 nobody may look at, root neither,
 * and there a sweep has to call itself blind. For the tests of what is seen, another process (2, a thread of the kernel)
 * is bound in its place, in a mount namespace of the command's own.
 */
export const seeingAll = (): string[] =>
  canLookAtFirst() ? [] : inMountNamespace('mount --bind /proc/2 /proc/1');

function canLookAtFirst(): boolean {
  try {
    return statSync('/proc/1/root/').isDirectory();
  } catch {
    return false;
  }
}
