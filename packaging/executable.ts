import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Arch, isOurs, NAMES } from './arch.ts';
import { EMBEDDED_NODE, fetchNode } from './node.ts';
import { program } from './program.ts';

/** A string in Node's binary, whose end postject sets to say that a blob is there. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Where the executable of a version is written. */
export function executablePath(version: string, arch: Arch): string {
  return `build/packages/criu-sweep-${version}-linux-${arch}`;
}

const BUNDLES = resolve('build/packaging/executable');

const written = new Set<string>();

/**
 * Writes a single executable application, once for all packages of a run: a Node of its own with the bundle inside, and with V8's code cache of it
 * where this machine can run that Node. No option reaches that Node from outside. Returns the path of the file.
 *
 * @see https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 */
export function writeExecutable(file: string, arch: Arch): string {
  if (written.has(file)) return file;
  const node = fetchNode(EMBEDDED_NODE, arch).binary;
  const work = resolve(`build/packaging/blob-${arch}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  strip(file, arch);
  const blob = writeBlob(work, isOurs(arch) ? node : null);
  const postject = resolve('node_modules/.bin/postject');
  program([postject, file, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
  written.add(file);
  return file;
}

/** Takes the symbols away. Later it would take the blob. */
function strip(file: string, arch: Arch): void {
  program([isOurs(arch) ? 'strip' : `${NAMES[arch].multiarch}-strip`, file]);
}

/** @param embedded the Node that will read it; `null` where it cannot run here: its code cache only it can write */
function writeBlob(work: string, embedded: string | null): string {
  const config = {
    // A name alone: Node writes it into the blob, and where this was built is nobody's business.
    main: 'criu-sweep.cjs',
    output: `${work}/blob`,
    disableExperimentalSEAWarning: true,
    useCodeCache: embedded !== null,
    execArgvExtension: 'none',
  };
  writeFileSync(`${work}/config.json`, JSON.stringify(config));
  const writer = embedded ?? fetchNode(EMBEDDED_NODE, process.arch === 'arm64' ? 'arm64' : 'x64').binary;
  // Without a seed the hashes in a code cache are others each time; V8 leaves this flag out when it compares flags.
  program([writer, '--random-seed=1', '--experimental-sea-config', `${work}/config.json`], { cwd: BUNDLES });
  return config.output;
}
