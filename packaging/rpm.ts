import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NAMES } from './arch.ts';
import { folded, type PackedFile, packedFiles, type Variant } from './files.ts';
import { program } from './program.ts';
import type { Release } from './release.ts';
import { ownDirectories, settle, stage } from './stage.ts';

/**
 * Writes an .rpm and returns its path.
 *
 * @param level of xz, 0 to 9
 */
export function packRpm(variant: Variant, release: Release, level: number): string {
  const files = packedFiles(variant, 'fedora', release);
  const arch = variant.kind === 'script' ? 'noarch' : NAMES[variant.arch].rpm;
  const work = resolve(`build/packaging/rpm-${arch}`);
  rmSync(work, { recursive: true, force: true });
  stage(`${work}/files`, files);
  settle(`${work}/files`, release.date);
  writeFileSync(`${work}/criu-sweep.spec`, spec(variant, files, release));
  const macros = {
    _topdir: work,
    _rpmdir: `${work}/out`,
    _staged: `${work}/files`,
    _binary_payload: `w${level}.xzdio`,
    // Nothing of the building machine: neither its name, nor its time, nor its rules for what has been built.
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    __os_install_post: '%{nil}',
    debug_package: '%{nil}',
    _build_id_links: 'none',
  };
  const defined = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  program(
    ['rpmbuild', '-bb', '--nodeps', '--target', `${arch}-linux`, ...defined, `${work}/criu-sweep.spec`],
    {
      env: { SOURCE_DATE_EPOCH: String(release.date) },
    },
  );
  const [built = ''] = readdirSync(`${work}/out/${arch}`);
  mkdirSync('build/packages', { recursive: true });
  renameSync(`${work}/out/${arch}/${built}`, `build/packages/${built}`);
  return `build/packages/${built}`;
}

/** @see https://rpm-software-management.github.io/rpm/manual/spec.html */
function spec(variant: Variant, files: readonly PackedFile[], release: Release): string {
  const { name, version, summary, homepage, maintainer, date, changes } = release;
  const needs = variant.kind === 'script' ? 'AutoReq: no\nRequires: nodejs >= 18' : 'AutoReq: yes';
  return `Name: ${name}
Version: ${version.replace('-', '~')}
Release: 1
Summary: ${summary[0]?.toUpperCase()}${summary.slice(1)}
License: ${variant.kind === 'script' ? SCRIPT_LICENSES : EXECUTABLE_LICENSES}
URL: ${homepage}
Packager: ${maintainer}
AutoProv: no
${needs}

%description
${folded(DESCRIPTION, 78).join('\n')}

%install
cp -a %{_staged}/. %{buildroot}

%files
${[...SHARED_DIRECTORIES, ...ownDirectories(files)]
  .map((path) => `%dir %attr(0755,root,root) ${path}\n`)
  .join('')}${files.map(line).join('\n')}

%post
${ifSystemd('systemctl daemon-reload')}

%preun
[ "$1" -ne 0 ] || ${ifSystemd('systemctl --no-reload disable --now criu-sweep.timer')}

%postun
${ifSystemd('systemctl daemon-reload')}
[ "$1" -ne 0 ] || rm -f /var/lib/systemd/timers/stamp-criu-sweep.timer

%changelog
* ${changelogDay(date)} ${maintainer} - ${version}-1
${changes.map((change) => `- ${folded(escaped(change), 76).join('\n  ')}`).join('\n')}
`;
}

/** Directories that belong to each package with something in them: a host without these shells has nobody else's. */
const SHARED_DIRECTORIES = [
  '/usr/share/fish',
  '/usr/share/fish/vendor_completions.d',
  '/usr/share/zsh',
  '/usr/share/zsh/site-functions',
];

const SCRIPT_LICENSES = 'MIT AND ISC AND Apache-2.0';
/** Node's own file names them all; these are those of its larger parts: V8, OpenSSL, ICU, zlib. */
const EXECUTABLE_LICENSES = `${SCRIPT_LICENSES} AND BSD-3-Clause AND BSD-2-Clause AND Unicode-3.0 AND Zlib`;

const DESCRIPTION =
  'CRIU (Checkpoint/Restore In Userspace) leaves temporary directories where a dump or a restore is killed or fails. \
criu-sweep finds them, removes those that are empty, old and used by nobody, and tells which run left them and why. \
Its systemd timer is installed, and not enabled.';

function line({ path, content, use }: PackedFile): string {
  const directive: Readonly<Record<PackedFile['use'], string>> = {
    program: '',
    manual: '%doc ',
    documentation: '%doc ',
    license: '%license ',
    config: '%config(noreplace) ',
  };
  const mode = content.kind === 'link' ? '-' : `0${content.mode.toString(8)}`;
  return `${directive[use]}%attr(${mode},root,root) ${path}`;
}

/** Whatever comes of it, the package goes on. */
function ifSystemd(command: string): string {
  return `if [ -d /run/systemd/system ]; then ${command} >/dev/null 2>&1 || :; fi`;
}

/** `Tue Nov 24 2026`. @param date seconds since 1970 */
function changelogDay(date: number): string {
  const [weekday = '', day = '', month = '', year = ''] = new Date(date * 1000).toUTCString().split(/[ ,]+/);
  return `${weekday} ${month} ${day} ${year}`;
}

/** A text in which rpm sees no macro. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}
