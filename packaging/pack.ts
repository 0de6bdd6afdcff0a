import { parseArgs } from 'node:util';
import { ARCHES, type Arch } from './arch.ts';
import { packDeb } from './deb.ts';
import { executablePath, writeExecutable } from './executable.ts';
import type { Variant } from './files.ts';
import { packImage } from './image.ts';
import { type Release, readRelease } from './release.ts';
import { packRpm } from './rpm.ts';

const FORMATS = ['executable', 'deb', 'rpm', 'image'] as const;
type Format = (typeof FORMATS)[number];

const USAGE = `usage: pack <executable|deb|rpm|image>... [options]
  --arch <x64|arm64>        the processor of the executable (default: this machine's)
  --only <executable|script>  one of a .deb's or .rpm's two variants
  --level <0-9>             how hard xz compresses a .deb or .rpm (default: 6)
  --version <version>       another than package.json's`;

/** Makes packages in build/packages. @returns their paths; `null` for a command line that is none */
function pack(): readonly string[] | null {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      arch: { type: 'string', default: process.arch },
      only: { type: 'string' },
      level: { type: 'string', default: '6' },
      version: { type: 'string' },
    },
  });
  const arch = ARCHES.find((each) => each === values.arch);
  const formats = positionals.map((word) => FORMATS.find((each) => each === word));
  if (arch === undefined || formats.length === 0 || !/^\d$/.test(values.level)) return null;
  const release = readRelease(values.version);
  const all: readonly Variant[] = [{ kind: 'script' }, { kind: 'executable', arch }];
  const variants = all.filter(({ kind }) => values.only === undefined || values.only === kind);
  const known = formats.flatMap((format) => format ?? []);
  if (known.length < formats.length) return null;
  return known.flatMap((format) => packAs(format, { release, arch, variants, level: Number(values.level) }));
}

interface Packing {
  readonly release: Release;
  readonly arch: Arch;
  readonly variants: readonly Variant[];
  readonly level: number;
}

function packAs(format: Format, { release, arch, variants, level }: Packing): readonly string[] {
  switch (format) {
    case 'executable':
      return [writeExecutable(executablePath(release.version, arch), arch)];
    case 'deb':
      return variants.map((variant) => packDeb(variant, release, level));
    case 'rpm':
      return variants.map((variant) => packRpm(variant, release, level));
    case 'image':
      return [packImage(arch, release)];
  }
}

const packed = pack();
if (packed === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else for (const path of packed) console.log(path);
