import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Arch, NAMES } from './arch.ts';
import { executablePath, writeExecutable } from './executable.ts';
import { licenses } from './files.ts';
import { program } from './program.ts';
import type { Release } from './release.ts';
import { settle, stage } from './stage.ts';

/** Debian's packages that have the libraries. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6'];

/**
 * Writes the container image as an OCI archive, and returns its path. The libraries are those of the distribution that
 * it is made on, from its packages as its mirror has them now.
 */
export function packImage(arch: Arch, release: Release): string {
  const work = resolve(`build/packaging/image-${arch}`);
  rmSync(work, { recursive: true, force: true });
  layFiles(work, arch, release);
  settle(`${work}/files`, release.date);
  mkdirSync('build/packages', { recursive: true });
  const archive = `build/packages/criu-sweep-${release.version}-image-${NAMES[arch].image}.tar`;
  rmSync(archive, { force: true });
  // Stores of its own: nothing of this machine's images is used, and nothing is left among them.
  const stores = ['--root', `${work}/store`, '--runroot', `${work}/run`, '--storage-driver', 'vfs'];
  const reference = `${release.image}:${release.version}`.toLowerCase();
  program([
    ...['buildah', ...stores, 'build', '--isolation', 'chroot', '--arch', NAMES[arch].image],
    ...['--timestamp', String(release.date), '--file', 'packaging/image/Containerfile'],
    ...['--build-arg', `VERSION=${release.version}`, '--build-arg', `HOMEPAGE=${release.homepage}`],
    ...['--tag', reference, work],
  ]);
  program(['buildah', ...stores, 'push', '--quiet', reference, `oci:${work}/oci:${reference}`]);
  settle(`${work}/oci`, release.date);
  const same = ['--sort=name', '--format=gnu', '--owner=0', '--group=0', '--numeric-owner'];
  program(['tar', ...same, '--create', '--file', archive, '--directory', `${work}/oci`, '.']);
  rmSync(`${work}/store`, { recursive: true });
  return archive;
}

function layFiles(work: string, arch: Arch, release: Release): void {
  const from = executablePath(release.version, arch);
  writeExecutable(from, arch);
  stage(`${work}/files`, [
    { path: '/usr/bin/criu-sweep', content: { kind: 'copy', from, mode: 0o755 }, use: 'program' },
    {
      path: '/usr/share/doc/criu-sweep/copyright',
      content: { kind: 'bytes', bytes: Buffer.from(licenses({ kind: 'executable', arch })), mode: 0o644 },
      use: 'license',
    },
  ]);
  const there = unpackLibraries(work, arch);
  for (const path of neededBy(from, there)) {
    mkdirSync(dirname(`${work}/files${path}`), { recursive: true });
    cpSync(placeOf(path, there), `${work}/files${path}`, { dereference: true });
  }
  describePackages(work, there);
}

/** Fetches and unpacks the packages with libraries; returns where. */
function unpackLibraries(work: string, arch: Arch): string {
  const debs = `${work}/debs`;
  const there = `${work}/libraries`;
  mkdirSync(debs);
  const unpack = (names: readonly string[]) => {
    const known = readdirSync(debs);
    program(['apt-get', 'download', ...names.map((name) => `${name}:${NAMES[arch].debian}`)], { cwd: debs });
    for (const deb of readdirSync(debs).filter((each) => !known.includes(each)))
      program(['dpkg-deb', '--extract', `${debs}/${deb}`, there]);
  };
  unpack(PACKAGES);
  // gcc's libraries have their licences in another package: their directory is a link to that one's.
  const others = PACKAGES.map((name) => `${there}/usr/share/doc/${name}`).filter((path) => !existsSync(path));
  unpack([...new Set(others.map((path) => basename(readlinkSync(path))))]);
  return there;
}

/** The paths of an executable's loader and of all libraries that it needs, and those need. */
function neededBy(executable: string, there: string): string[] {
  const found = new Map<string, string>();
  const search = (file: string): void => {
    const headers = program(['objdump', '--private-headers', file]);
    for (const [, name = ''] of headers.matchAll(/^\s+NEEDED\s+(\S+)$/gm)) {
      if (found.has(name)) continue;
      const path = libraryPath(name, there);
      found.set(name, path);
      search(placeOf(path, there));
    }
  };
  search(executable);
  const loader = /\[Requesting program interpreter: ([^\]]+)\]/.exec(
    program(['readelf', '--program-headers', '--wide', executable]),
  )?.[1];
  if (loader === undefined) throw new Error(`${executable}: names no loader`);
  return [loader, ...[...found].flatMap(([name, path]) => (loader.endsWith(`/${name}`) ? [] : [path]))];
}

/** Where a file lies that a package has at its path, or below /usr where / has links there. */
function placeOf(path: string, there: string): string {
  const place = [`${there}${path}`, `${there}/usr${path}`].find((each) => existsSync(each));
  if (place === undefined) throw new Error(`${path}: is in none of ${PACKAGES.join(', ')}`);
  return place;
}

function libraryPath(name: string, there: string): string {
  const multiarch = Object.values(NAMES).map((names) => names.multiarch);
  const places = multiarch.flatMap((each) => [`/lib/${each}`, `/usr/lib/${each}`]);
  const place = places.find((each) => existsSync(`${there}${each}/${name}`));
  if (place === undefined) throw new Error(`${name}: is in none of ${PACKAGES.join(', ')}`);
  return `${place}/${name}`;
}

/** Says which packages the libraries are of, where scanners of images look, and under which licences. */
function describePackages(work: string, there: string): void {
  const status = `${work}/files/var/lib/dpkg/status.d`;
  mkdirSync(status, { recursive: true });
  for (const deb of readdirSync(`${work}/debs`)) {
    const control = program(['dpkg-deb', '--field', `${work}/debs/${deb}`]);
    const name = /^Package: (.+)$/m.exec(control)?.[1] ?? deb;
    writeFileSync(`${status}/${name}`, control);
    const copyright = `/usr/share/doc/${name}/copyright`;
    mkdirSync(dirname(`${work}/files${copyright}`), { recursive: true });
    cpSync(`${there}${copyright}`, `${work}/files${copyright}`, { dereference: true });
  }
}
