import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../src/criu/log/line.ts';
import { cutLines, MAX_LINE } from '../../../src/criu/log/lines.ts';
import { asBytes } from '../../../src/linux/bytes.ts';

const PLAIN = { stamped: false, stampMs: null, level: null, source: null };

describe('a line of a log', () => {
  it.each([
    ['(00.000978) Version: 3.17.1', { ...PLAIN, stamped: true, stampMs: 0.978, text: 'Version: 3.17.1' }],
    ['(01.344596) x', { ...PLAIN, stamped: true, stampMs: 1344.596, text: 'x' }],
    ['(99.999999) x', { ...PLAIN, stamped: true, stampMs: 99_999.999, text: 'x' }],
    ['(100.123456 x', { ...PLAIN, stamped: true, stampMs: 100_123.456, text: 'x' }],
    ['(1000.12345 x', { ...PLAIN, stamped: true, stampMs: 1_000_123.45, text: 'x' }],
    ['(86400.1234 x', { ...PLAIN, stamped: true, stampMs: 86_400_123.4, text: 'x' }],
    ['(100.123456) pie: 1: x', { ...PLAIN, stamped: true, stampMs: 100_123.456, text: 'x' }],
    ['(00.123456)pie: 7: x', { ...PLAIN, stamped: true, stampMs: 123.456, text: 'x' }],
    ['(100.12345) x', { ...PLAIN, stamped: true, stampMs: 100_123.45, text: 'x' }],
    ['(00.123456)x', { ...PLAIN, text: '(00.123456)x' }],
    ['(4294967295 a clock stepped back', { ...PLAIN, stamped: true, text: 'a clock stepped back' }],
    ['(00.071368)      1: timens: x', { ...PLAIN, stamped: true, stampMs: 71.368, text: 'timens: x' }],
    ['     1: timens: x', { ...PLAIN, text: 'timens: x' }],
    ['pie: 152: __sent ack msg: 2 2 0', { ...PLAIN, text: '__sent ack msg: 2 2 0' }],
    ['(00.648714) \tLD: Got link 1', { ...PLAIN, stamped: true, stampMs: 648.714, text: '\tLD: Got link 1' }],
    ['', { ...PLAIN, text: '' }],
    ['(0.5) no stamp', { ...PLAIN, text: '(0.5) no stamp' }],
    ['(native) is going', { ...PLAIN, text: '(native) is going' }],
    ['(native) (00.123456) x', { ...PLAIN, text: '(native) (00.123456) x' }],
    ['(00.000001)   4711: x', { ...PLAIN, stamped: true, stampMs: 0.001, text: 'x' }],
    ['4711: x', { ...PLAIN, text: 'x' }],
    ['   ', { ...PLAIN, text: '' }],
    ['caf\xc3\xa0', { ...PLAIN, text: 'caf\xc3\xa0' }],
    ['text \r', { ...PLAIN, text: 'text' }],
  ])('%j is taken apart', (line, parsed) => {
    const it = parseLine(asBytes(line));
    expect({ ...it, stampMs: round(it.stampMs) }).toEqual(parsed);
  });

  it.each([
    ['Error (cr-dump.c:1633): Dumping FAILED.', 'error', 'cr-dump.c:1633', 'Dumping FAILED.'],
    ['(00.215892) Error (criu/sk-unix.c:864): unix: x', 'error', 'criu/sk-unix.c:864', 'unix: x'],
    ['(00.2)      7: Error (criu/mount.c:1): mnt: x', 'error', 'criu/mount.c:1', 'mnt: x'],
    ['(00.2) pie: 7: Error (criu/pie/restorer.c:1863): x', 'error', 'criu/pie/restorer.c:1863', 'x'],
    ['(00.2) pie: Error (pie/restorer.c:9): x', 'error', 'pie/restorer.c:9', 'x'],
    ['(00.2)pie: 7: Error (criu/pie/restorer.c:1): x', 'error', 'criu/pie/restorer.c:1', 'x'],
    ['(00.2) Error (amdgpu_plugin.c:1830): x', 'error', 'amdgpu_plugin.c:1830', 'x'],
    [
      'Error (/build/criu-2.6/criu/include/image.h:140): x',
      'error',
      '/build/criu-2.6/criu/include/image.h:140',
      'x',
    ],
    ['Warn  (compel/arch/x86/src/lib/infect.c:340): x', 'warn', 'compel/arch/x86/src/lib/infect.c:340', 'x'],
    ['Error (soccr/soccr.c:5):', 'error', 'soccr/soccr.c:5', ''],
    ['Error (criu/sk-un', null, null, 'Error (criu/sk-un'],
    ['Errors: Error (a.c:1): x', null, null, 'Errors: Error (a.c:1): x'],
    ['Error (restore.go:12): x', null, null, 'Error (restore.go:12): x'],
    ['    Error (a.c:1): indented', null, null, '    Error (a.c:1): indented'],
  ])('%j has its level and source', (line, level, source, text) => {
    expect(parseLine(asBytes(line))).toMatchObject({ level, source, text });
  });

  it('is parsed whatever its bytes', () => {
    fc.assert(
      fc.property(bytes(), (line) => {
        expect(line).toContain(parseLine(asBytes(line)).text);
      }),
    );
  });
});

describe('cutting a stream into lines', () => {
  const lines = (chunks: readonly string[]) => {
    const got: [string, boolean][] = [];
    const cutter = cutLines((line, whole) => got.push([line, whole]));
    for (const chunk of chunks) cutter.chunk(asBytes(chunk));
    cutter.end();
    return got;
  };

  it('gives the same lines wherever the chunks are cut', () => {
    const text = fc.array(fc.constantFrom('a', '(00.000001) x', '\n', '\xff', 'y'.repeat(5000)), {
      maxLength: 40,
    });
    const cuts = fc.array(fc.nat(100_000), { maxLength: 20 });
    fc.assert(
      fc.property(text, cuts, (parts, at) => {
        const whole = parts.join('');
        const ends = [...at.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
        expect(lines(chunks)).toEqual(lines([whole]));
      }),
    );
  });

  it('hands out what stands after the last line feed, if anything does', () => {
    expect(lines([])).toEqual([]);
    expect(lines(['a\n'])).toEqual([['a', true]]);
    expect(lines(['\n', 'b'])).toEqual([
      ['', true],
      ['b', false],
    ]);
  });

  it('keeps 8 KiB of a line that never ends', () => {
    const got = lines([...Array.from({ length: 1000 }, () => 'x'.repeat(1000)), 'x\nnext']);
    expect(got).toEqual([
      ['x'.repeat(MAX_LINE), true],
      ['next', false],
    ]);
  });

  it('drops both halves of the lines at a gap', () => {
    const got: string[] = [];
    const cutter = cutLines((line) => got.push(line));
    cutter.chunk(asBytes('one\ntw'));
    cutter.gap();
    cutter.chunk(asBytes('ee\nfour\nfi'));
    cutter.end();
    expect(got).toEqual(['one', 'four', 'fi']);
    cutter.gap();
    cutter.chunk(asBytes('nothing'));
    cutter.end();
    expect(got).toHaveLength(3);
  });
});

function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}

function bytes() {
  return fc.uint8Array({ maxLength: 400 }).map((raw) => Buffer.from(raw).toString('latin1'));
}
