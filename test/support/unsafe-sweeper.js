/**
 * A sweeper as it must not be, for the tests of races: it looks at each path with lstat and trusts it afterwards, and
 * every call gets a joined path. Removes the leftovers below a directory without looking at their age or owner. Between
 * look and deed it pauses, for the attacker to come to run also on a busy machine.
 *
 *     node unsafe-sweeper.js rmdir|recursive DIRECTORY
 */
import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const [how, target] = process.argv.slice(2);

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);

/** @param {() => void} call */
function quietly(call) {
  try {
    call();
  } catch {
    // Somebody was faster.
  }
}

/** @param {string} directory */
function empty(directory) {
  for (const name of readdirSync(directory)) quietly(() => unlinkSync(join(directory, name)));
}

/** @param {string} directory */
function sweep(directory) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    quietly(() => {
      if (!lstatSync(path).isDirectory()) return;
      pause();
      if (!name.startsWith('.criu.')) sweep(path);
      else {
        if (how === 'recursive') empty(path);
        rmdirSync(path);
      }
    });
  }
}

if (target !== undefined) sweep(target);
