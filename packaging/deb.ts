import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { NAMES } from './arch.ts';
import { folded, type PackedFile, packedFiles, type Variant } from './files.ts';
import { program } from './program.ts';
import type { Release } from './release.ts';
import { md5sum, settle, sizeOf, stage } from './stage.ts';

const SCRIPTS = 'packaging/debian';

/** Libraries of the executable, by what dpkg-shlibdeps(1) says of the oldest versions that have all it needs. */
const LIBRARIES = ['libc6 (>= 2.28)', 'libgcc-s1 (>= 3.4)', 'libstdc++6 (>= 6)'];

/**
 * Writes a .deb and returns its path.
 *
 * @param level of xz, 0 to 9
 */
export function packDeb(variant: Variant, release: Release, level: number): string {
  const files = [...packedFiles(variant, 'debian', release), ...overrides(variant)];
  const architecture = variant.kind === 'script' ? 'all' : NAMES[variant.arch].debian;
  const version = release.version.replace('-', '~');
  const root = `build/packaging/deb-${architecture}`;
  stage(root, files);
  const meta = `${root}/DEBIAN`;
  mkdirSync(meta);
  const control = controlFile(variant, { ...release, version }, architecture, sizeOf(root, files));
  writeFileSync(`${meta}/control`, control);
  writeFileSync(`${meta}/conffiles`, pathsOf(files, 'config'));
  writeFileSync(
    `${meta}/md5sums`,
    files
      .filter(({ content }) => content.kind !== 'link')
      .map((file) => md5sum(root, file))
      .join(''),
  );
  for (const name of readdirSync(SCRIPTS).filter((each) => /^(pre|post)/.test(each))) {
    writeFileSync(`${meta}/${name}`, readFileSync(`${SCRIPTS}/${name}`));
    chmodSync(`${meta}/${name}`, 0o755);
  }
  settle(root, release.date);
  mkdirSync('build/packages', { recursive: true });
  const deb = `build/packages/${release.name}_${version}_${architecture}.deb`;
  rmSync(deb, { force: true });
  // One thread, since with more the package would tell how many cores there were.
  const compression = ['-Zxz', `-z${level}`, '--threads-max=1'];
  program(['dpkg-deb', '--root-owner-group', ...compression, '--build', root, deb], {
    env: { SOURCE_DATE_EPOCH: String(release.date) },
  });
  return deb;
}

function pathsOf(files: readonly PackedFile[], use: PackedFile['use']): string {
  return files.flatMap((file) => (file.use === use ? [`${file.path}\n`] : [])).join('');
}

/** deb-control(5). */
function controlFile(variant: Variant, release: Release, architecture: string, bytes: number): string {
  const { name, version, maintainer, homepage, summary } = release;
  const depends = variant.kind === 'script' ? ['nodejs (>= 18)'] : LIBRARIES;
  return `Package: ${name}
Version: ${version}
Section: admin
Priority: optional
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: ${depends.join(', ')}
Suggests: criu
Homepage: ${homepage}
Description: ${summary}
${folded(LONG, 78)
  .map((line) => ` ${line}`)
  .join('\n')}
`;
}

const LONG =
  'CRIU (Checkpoint/Restore In Userspace) leaves temporary directories where a dump or a restore is killed or fails. \
criu-sweep finds them, removes those that are empty, old and used by nobody, and tells which run left them and why. \
Its systemd timer is installed, and not enabled.';

/** What lintian is told to accept, each with its reason. */
function overrides({ kind }: Variant): PackedFile[] {
  const parts = kind === 'script' ? ['both'] : ['both', 'executable'];
  const bytes = Buffer.concat(parts.map((part) => readFileSync(`${SCRIPTS}/overrides-${part}`)));
  const path = '/usr/share/lintian/overrides/criu-sweep';
  return [{ path, content: { kind: 'bytes', bytes, mode: 0o644 }, use: 'documentation' }];
}
