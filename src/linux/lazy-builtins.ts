import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** node:child_process. It brings Node's streams and sockets along, a third of a start, so it is loaded at its first use. */
export function childProcess(): typeof import('node:child_process') {
  return require('node:child_process');
}

/** node:net, which brings the same along. */
export function net(): typeof import('node:net') {
  return require('node:net');
}

/** node:tty, which brings the same along. */
export function tty(): typeof import('node:tty') {
  return require('node:tty');
}
