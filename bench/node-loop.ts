/*
 * The floor of Node: the calls and checks of a removal from one directory in a bare loop, and nothing else.
 *
 *   node node-loop.js DIRECTORY
 */
import { lstatSync, opendirSync, rmdirSync } from 'node:fs';
import { PREFIXES } from './prefixes.ts';

const HOUR_MS = 3_600_000;
const prefixes = PREFIXES.map((prefix) => prefix.replaceAll('.', '\\.'));
const leftover = new RegExp(`^(?:${prefixes.join('|')})[A-Za-z0-9]{6}$`);
const owner = process.geteuid?.() ?? 0;
const now = Date.now();

process.chdir(process.argv[2] ?? '.');
const directory = opendirSync('.', { encoding: 'latin1', bufferSize: 64 });
for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
  const { name } = entry;
  if (!leftover.test(name)) continue;
  const facts = lstatSync(name);
  if (!facts.isDirectory() || facts.uid !== owner || (facts.mode & 0o7777) !== 0o700) continue;
  if (now - facts.mtimeMs <= HOUR_MS) continue;
  try {
    rmdirSync(name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
  }
}
directory.closeSync();
