import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLog } from '../../src/criu/log/read.ts';
import { asBytes } from '../../src/linux/bytes.ts';
import { makeDevice } from '../../src/linux/device.ts';
import { OwnMounts, parseMountinfo } from '../../src/linux/mountinfo.ts';
import { UsageError } from '../../src/model/usage-error.ts';
import { parseDuration } from '../../src/request/duration.ts';
import { parseGlob } from '../../src/request/glob.ts';
import { takingApart } from '../../src/request/glob-mistake.ts';
import { pathMatcher } from '../../src/request/path-matcher.ts';
import { Locks } from '../../src/sweep/in-use/locks.ts';
import { cases } from '../support/cases.ts';

/** Any bytes, and more often those that mean something to the parser. */
const bytesOf = (...telling: readonly string[]) =>
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...telling) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map(latin1) },
      ),
      { maxLength: 40 },
    )
    .map((parts) => asBytes(parts.join('')));

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('mountinfo', () => {
  /** A path as fs/proc_namespace.c writes it: space, tab, newline and backslash (and `#` of a source) in octal. */
  const mangled = (path: string): string =>
    path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const path = bytesOf('/', ' ', '\t', '\n', '\\', '\\040', '-', '#', 'ü', '.criu.mntns.aaaaaa').map(
    (some) => `/${some.replaceAll('\0', '')}`,
  );
  const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  const mount = fc.record({
    id: number,
    parent: number,
    major: fc.integer({ min: 0, max: 4095 }),
    minor: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    root: path,
    mountPoint: path,
    optional: fc.array(fc.constantFrom('shared:1', 'master:2', 'propagate_from:3', 'unbindable'), {
      maxLength: 3,
    }),
    fsType: fc.constantFrom('ext4', 'fuse.sshfs', 'tmpfs'),
  });

  test('is read as the kernel wrote it, whatever bytes are in paths', () => {
    fc.assert(
      fc.property(fc.array(mount, { maxLength: 4 }), (mounts) => {
        const lines = mounts.map((each) =>
          [
            ...[
              each.id,
              each.parent,
              `${each.major}:${each.minor}`,
              mangled(each.root),
              mangled(each.mountPoint),
            ],
            ...['rw,noatime', ...each.optional, '-', each.fsType, 'source', 'rw,size=1k'],
          ].join(' '),
        );
        const read = parseMountinfo(asBytes(`${lines.join('\n')}\n`));
        expect(read).toEqual(
          mounts.map(({ id, parent, major, minor, root, mountPoint, fsType }) => ({
            ...{ id, parent, root, mountPoint, fsType },
            device: makeDevice(major, minor),
            superOptions: 'rw,size=1k',
          })),
        );
      }),
      cases(500),
    );
  });

  test('never throws, whatever it says', () => {
    const text = bytesOf('1 ', '2 ', '0:1 ', '/ ', '\\040', ' - ', 'ext4', '\n', 'rw ');
    fc.assert(
      fc.property(text, (some) => {
        parseMountinfo(some);
      }),
      cases(500),
    );
  });
});

describe('/proc/locks', () => {
  const lock = fc.record({
    waits: fc.boolean(),
    kind: fc.constantFrom('FLOCK ', 'POSIX ', 'OFDLCK', 'LEASE ', 'DELEG '),
    pid: fc.integer({ min: -1, max: 2 ** 22 }),
    major: fc.integer({ min: 0, max: 255 }),
    minor: fc.integer({ min: 0, max: 255 }),
    ino: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  });
  const hex = (value: number): string => value.toString(16).padStart(2, '0');

  test('is read as the kernel wrote it, inode numbers above 2^53 too', () => {
    fc.assert(
      fc.property(fc.array(lock, { maxLength: 6 }), (all) => {
        const locks = new Locks(new OwnMounts([]));
        locks.add(
          all
            .map(
              ({ waits, kind, pid, major, minor, ino }, n) =>
                `${n}: ${waits ? '-> ' : ''}${kind} ADVISORY  WRITE ${pid} ${hex(major)}:${hex(minor)}:${ino} 0 EOF\n`,
            )
            .join(''),
        );
        for (const { major, minor, ino } of all) {
          const file = { dev: makeDevice(major, minor), ino: ino <= 2n ** 53n - 1n ? Number(ino) : ino };
          const parent = { path: asBytes('/x'), dev: 1, ino: 1 };
          const same = all.filter((one) => one.major === major && one.minor === minor && one.ino === ino);
          const pids = new Set(same.map((one) => one.pid).filter((pid) => pid !== process.pid));
          expect(new Set(locks.of(file, { parent, name: asBytes('y') }))).toEqual(pids);
        }
      }),
      cases(500),
    );
  });

  test('never throws, whatever it says', () => {
    const text = bytesOf(
      '1: ',
      '-> ',
      'FLOCK  ',
      'ADVISORY  ',
      'WRITE ',
      '12 ',
      'fe:00:',
      '131 ',
      '0 EOF',
      '\n',
    );
    fc.assert(
      fc.property(text, (some) => {
        new Locks(new OwnMounts([])).add(some);
      }),
      cases(500),
    );
  });
});

test("a log of CRIU's is read the same wherever it is cut, and never throws", () => {
  const text = bytesOf(
    ...[
      '(00.000001) ',
      '(00.123456)pie: 7: ',
      '    42: ',
      'Error (criu/x.c:1): ',
      'Warn  (x.c:9): ',
      '\n',
      '\n\n',
    ],
    ...['Version: 3.16.1 (gitid 0)', 'Dumping FAILED.', 'Dumping finished successfully', 'CRIU run id = '],
    ...['Unable to remove /tmp/cr-tmpfs.aaaaaa: ', 'mnt: \t/tmp/.criu.mntns.aaaaaa/1', 'pie: '],
  );
  const told = (chunks: readonly string[]) => {
    const reader = readLog();
    for (const chunk of chunks) reader.chunk(asBytes(chunk));
    return reader.finish();
  };
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (log, size) => {
      const chunks = log.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      expect(told(chunks)).toEqual(told([log]));
    }),
    cases(500),
  );
});

describe('a duration', () => {
  const UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 } as const;
  const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w');
  const term = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.constantFrom('', '.5', '.25'), unit);

  test('is the sum of its terms', () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
        const text = terms.map((each) => each.join('')).join('');
        const sum = terms.reduce(
          (all, [whole, part, name]) => all + Number(`${whole}${part}`) * UNITS[name],
          0,
        );
        expect(parseDuration(text, '--older-than')).toBeCloseTo(sum, -1);
      }),
      cases(500),
    );
  });

  test('is a number of milliseconds, or a mistake in one line', () => {
    const text = fc
      .array(
        fc.oneof(fc.constantFrom('1', '30', '.5', 'h', 'm', 'ms', 'mo', '-', ' ', 'y', 'e3'), fc.string()),
        {
          maxLength: 6,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (some) => {
        try {
          const value = parseDuration(some, '--older-than');
          expect(Number.isFinite(value) && value >= 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      cases(500),
    );
  });
});

test('a glob is taken apart or refused, never thrown over, and matching ends', () => {
  const glob = fc
    .array(
      fc.constantFrom(
        'a',
        '/',
        '*',
        '**',
        '?',
        '[a-c]',
        '[',
        ']',
        '{a,b}',
        '{',
        '}',
        ',',
        '!',
        '\\',
        '(',
        ')',
        '|',
        '@',
        '+',
        '.',
        '..',
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(glob, fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), (some, path) => {
      try {
        parseGlob(some);
        takingApart(some, 'several', () => pathMatcher(some))(path);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
    cases(500),
  );
});
