import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Arch } from './arch.ts';
import { executablePath, writeExecutable } from './executable.ts';
import { EMBEDDED_NODE, fetchNode } from './node.ts';
import { program } from './program.ts';
import type { Release } from './release.ts';

/** How a package brings the command: as an executable with a Node of its own, or as a script for the system's Node. */
export type Variant = { readonly kind: 'executable'; readonly arch: Arch } | { readonly kind: 'script' };

/** Whose package it is: they look for some files in different places. */
export type Family = 'debian' | 'fedora';

/** A file of a package. */
export interface PackedFile {
  /** Absolute. */
  readonly path: string;
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly mode: 0o644 | 0o755 }
    /** A file that is too large to hold. */
    | { readonly kind: 'copy'; readonly from: string; readonly mode: 0o755 }
    | { readonly kind: 'link'; readonly to: string };
  /** `config`: an upgrade keeps what the administrator made of it. */
  readonly use: 'program' | 'manual' | 'documentation' | 'license' | 'config';
}

const HOME = '/usr/share/criu-sweep';
const SCRIPT = 'build/packaging/script';

/** The files of every package, of all variants and families: the one list. */
export function packedFiles(variant: Variant, family: Family, release: Release): PackedFile[] {
  const documents = '/usr/share/doc/criu-sweep';
  return [
    ...commandFiles(variant, release),
    zipped('/usr/share/man/man8/criu-sweep.8.gz', read('dist/criu-sweep.8'), 'manual'),
    text('/usr/share/bash-completion/completions/criu-sweep', say('completion', 'bash')),
    text(
      family === 'debian'
        ? '/usr/share/zsh/vendor-completions/_criu-sweep'
        : '/usr/share/zsh/site-functions/_criu-sweep',
      say('completion', 'zsh'),
    ),
    text('/usr/share/fish/vendor_completions.d/criu-sweep.fish', say('completion', 'fish')),
    ...units(),
    text('/etc/cron.d/criu-sweep', cronTable(), 'config'),
    text(
      `${documents}/examples/criu-sweep.rules.yml`,
      read('examples/criu-sweep.rules.yml'),
      'documentation',
    ),
    text(`${documents}/contract.md`, read('docs/contract.md'), 'documentation'),
    text(`${documents}/recipes.md`, read('docs/recipes.md'), 'documentation'),
    ...readdirSync('schema').map((name) =>
      text(`${documents}/schema/${name}`, read(`schema/${name}`), 'documentation'),
    ),
    ...(family === 'debian'
      ? [
          text(`${documents}/copyright`, licenses(variant), 'license'),
          zipped(`${documents}/changelog.gz`, debianChangelog(release), 'documentation'),
        ]
      : [text('/usr/share/licenses/criu-sweep/LICENSE', licenses(variant), 'license')]),
  ];
}

function commandFiles(variant: Variant, release: Release): PackedFile[] {
  const command = '/usr/bin/criu-sweep';
  if (variant.kind === 'executable') {
    const from = executablePath(release.version, variant.arch);
    writeExecutable(from, variant.arch);
    return [{ path: command, content: { kind: 'copy', from, mode: 0o755 }, use: 'program' }];
  }
  const start = read('bin/criu-sweep.js').replace(/^#!.*/, '#!/usr/bin/node');
  const bundle = readdirSync(SCRIPT).filter((name) => name.endsWith('.cjs'));
  return [
    { path: command, content: { kind: 'link', to: '../share/criu-sweep/bin/criu-sweep.js' }, use: 'program' },
    {
      path: `${HOME}/bin/criu-sweep.js`,
      content: { kind: 'bytes', bytes: Buffer.from(start), mode: 0o755 },
      use: 'program',
    },
    ...bundle.map((name) => text(`${HOME}/dist/${name}`, read(`${SCRIPT}/${name}`))),
  ];
}

/** The units that `schedule systemd` prints; nothing enables them. */
function units(): PackedFile[] {
  const dir = resolve('build/packaging/units');
  mkdirSync(dir, { recursive: true });
  say('schedule', 'systemd', '--output-dir', dir, '--', '--known');
  return readdirSync(dir).map((name) =>
    text(`/usr/lib/systemd/system/${name}`, packaged(read(`${dir}/${name}`))),
  );
}

/** Says how to enable a unit that is already where systemd looks, and how to sweep more. */
function packaged(unit: string): string {
  const [head, ...rest] = unit.trimEnd().split(/\n\n/);
  const how = `# It is part of a package, and not enabled: systemctl enable --now criu-sweep.timer
# To sweep more or otherwise, write units in its place; they win over these:
#     criu-sweep schedule systemd --output-dir /etc/systemd/system -- --known /srv/checkpoints
#     systemctl daemon-reload`;
  const kept = head?.split('\n').filter((line) => !line.includes('/etc/systemd/system'));
  return `${[[...(kept ?? []), how].join('\n'), ...rest].join('\n\n')}\n`;
}

/** What `schedule cron` prints, for hosts without systemd, and for as long as the package is installed. */
function cronTable(): string {
  const command = '/usr/bin/criu-sweep';
  const only = `[ -d /run/systemd/system ] || ! [ -x ${command} ] || `;
  const table = say('schedule', 'cron', '--', '--known');
  const [first = '', ...rest] = table.split('\n');
  const note =
    '# Does nothing where systemd runs: criu-sweep.timer is for that. Without systemd it sweeps from now on.';
  return [first, note, ...rest].join('\n').replace(` root ${command}`, ` root ${only}${command}`);
}

/** The licences of all that a package has inside. */
export function licenses(variant: Variant): string {
  const rule = `\n${'='.repeat(80)}\n\n`;
  const ours = ['criu-sweep\n', read('LICENSE'), rule, read('dist/THIRD-PARTY-LICENSES')];
  if (variant.kind === 'script') return ours.join('\n');
  const node = [
    `The executable contains Node.js ${EMBEDDED_NODE}:\n`,
    read(fetchNode(EMBEDDED_NODE, variant.arch).license),
  ];
  return [...ours, rule, ...node].join('\n');
}

function debianChangelog({ name, version, changes, maintainer, date }: Release): string {
  const day = new Date(date * 1000).toUTCString().replace('GMT', '+0000');
  const lines = changes.map((change) => `  * ${folded(change, 74).join('\n    ')}`);
  return `${name} (${version}) unstable; urgency=medium\n\n${lines.join('\n')}\n\n -- ${maintainer}  ${day}\n`;
}

/** A text in lines no longer than so many columns, as far as words allow. */
export function folded(words: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** What the command for packages prints. */
function say(...args: string[]): string {
  return program([process.execPath, `${SCRIPT}/criu-sweep.cjs`, ...args]);
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function text(path: string, content: string, use: PackedFile['use'] = 'program'): PackedFile {
  return { path, content: { kind: 'bytes', bytes: Buffer.from(content), mode: 0o644 }, use };
}

function zipped(path: string, content: string, use: PackedFile['use']): PackedFile {
  return { path, content: { kind: 'bytes', bytes: gzipSync(content, { level: 9 }), mode: 0o644 }, use };
}
