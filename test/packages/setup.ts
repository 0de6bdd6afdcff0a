import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { type Ability, can } from '../support/abilities.ts';

/** What was built for the tests, and where: absolute paths; nothing where this machine cannot build it. */
export interface Packed {
  readonly executable: string;
  /** The script's package first, then the executable's. */
  readonly debs: readonly string[];
  /** The executable's, of an older version. */
  readonly olderDeb: string;
  readonly rpms: readonly string[];
  readonly image: string;
  /** A Debian without Node, not to be written to. */
  readonly root: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed;
  }
}

/** An older version than any. */
const OLDER = '0.0.1';

/** Builds the packages as fast as they can be, and a Debian to install them in. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const formats = Object.entries(NEEDS).flatMap(([format, needs]) => (needs.every(can) ? [format] : []));
  const paths = pack(...formats);
  const older = formats.includes('deb') ? pack('deb', '--only', 'executable', '--version', OLDER) : [];
  const ending = (end: string) => paths.filter((path) => path.endsWith(end));
  const packages = {
    executable: ending('-x64')[0] ?? '',
    debs: ending('.deb'),
    olderDeb: older[0] ?? '',
    rpms: ending('.rpm'),
    image: ending('.tar')[0] ?? '',
  };
  const root = can('root') && can('debootstrap') ? makeRoot() : '';
  provide('packed', { ...packages, root });
  return () => rmSync(root === '' ? 'build/none' : root, { recursive: true, force: true });
}

/** The abilities that each format takes. */
const NEEDS: Readonly<Record<string, readonly Ability[]>> = {
  executable: ['strip'],
  deb: ['strip', 'dpkg-deb'],
  rpm: ['strip', 'rpmbuild'],
  image: ['strip', 'buildah', 'root'],
};

function pack(...words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  const args = ['build/packaging/pack.mjs', ...words, '--level', '0'];
  const printed = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return printed
    .trim()
    .split('\n')
    .map((path) => `${process.cwd()}/${path}`);
}

/** This machine's release of Debian, from the mirror that apt uses here, with systemd and cron's directory. */
function makeRoot(): string {
  const root = mkdtempSync('/var/tmp/criu-sweep-root-');
  const script = `
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' "Codename: $codename" | head -n 1)
debootstrap --variant=minbase --include=systemd "$codename" "$1" "$mirror" >"$1.log" 2>&1 || { tail -n 30 "$1.log"; exit 1; }
rm -f "$1.log" "$1"/var/cache/apt/archives/*.deb
cp -L /etc/resolv.conf /etc/hosts "$1/etc/"`;
  const { status, stdout } = spawnSync('sh', ['-c', script, 'sh', root], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no Debian could be made: ${stdout}`);
  return root;
}
