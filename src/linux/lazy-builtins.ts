import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * node:child_process, loaded at its first use: it loads Node's streams and sockets too, a third of the start.
 */
export function childProcess(): typeof import('node:child_process') {
  return require('node:child_process');
}

/** node:net, loaded at its first use for the same reason. */
export function net(): typeof import('node:net') {
  return require('node:net');
}

/** node:tty, loaded at its first use for the same reason. */
export function tty(): typeof import('node:tty') {
  return require('node:tty');
}
