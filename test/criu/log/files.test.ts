import { describe, expect, it } from 'vitest';
import {
  parseLogName,
  parseNameLikeLog,
  piecesToRead,
  READ_FROM_END,
  READ_FROM_START,
} from '../../../src/criu/log/files.ts';
import { asBytes } from '../../../src/linux/bytes.ts';

describe("a log's name", () => {
  it.each([
    ['dump.log', { base: 'dump.log', pid: null, operation: 'dump' }],
    ['pre-dump.log', { base: 'pre-dump.log', pid: null, operation: 'pre-dump' }],
    ['restore.log', { base: 'restore.log', pid: null, operation: 'restore' }],
    ['criu.log', { base: 'criu.log', pid: null, operation: 'unknown' }],
    ['criu-dump.log', { base: 'criu-dump.log', pid: null, operation: 'dump' }],
    ['restore.log.1234', { base: 'restore.log', pid: 1234, operation: 'restore' }],
    ['criu.log.1', { base: 'criu.log', pid: 1, operation: 'unknown' }],
  ])('%s', (name, parsed) => expect(parseLogName(asBytes(name))).toEqual(parsed));

  it.each([
    '',
    'dump.log.',
    'dump.log.1a',
    'dump.log.1.2',
    'dump.log.gz',
    'xdump.log',
    'toString',
    'constructor.log',
  ])('%j is none', (name) => expect(parseLogName(asBytes(name))).toBeNull());
});

describe("a name that any program's log can have", () => {
  it.each([
    ['web.log', { base: 'web.log', pid: null, operation: 'unknown' }],
    ['dump4.log', { base: 'dump4.log', pid: null, operation: 'dump' }],
    ['lazy-pages.log', { base: 'lazy-pages.log', pid: null, operation: 'lazy-pages' }],
    ['lazypages.log', { base: 'lazypages.log', pid: null, operation: 'lazy-pages' }],
    ['predump.log', { base: 'predump.log', pid: null, operation: 'pre-dump' }],
    ['pre_1.dump.log', { base: 'pre_1.dump.log', pid: null, operation: 'dump' }],
    ['pre-dump2.log', { base: 'pre-dump2.log', pid: null, operation: 'pre-dump' }],
    ['checkpoint.log', { base: 'checkpoint.log', pid: null, operation: 'dump' }],
    ['restore.log-20261101', { base: 'restore.log-20261101', pid: null, operation: 'restore' }],
    ['dump.log.gz', { base: 'dump.log.gz', pid: null, operation: 'dump' }],
    ['web.log.305', { base: 'web.log', pid: 305, operation: 'unknown' }],
    ['web.log.1.2', { base: 'web.log.1.2', pid: null, operation: 'unknown' }],
    ['.log', { base: '.log', pid: null, operation: 'unknown' }],
  ])('%s', (name, parsed) => expect(parseNameLikeLog(asBytes(name))).toEqual(parsed));

  it.each(['', 'log', 'pages-1.img', 'web.logs', 'web.log_1', 'weblog'])('%j is none', (name) =>
    expect(parseNameLikeLog(asBytes(name))).toBeNull());
});

describe('the pieces of a log to read', () => {
  const most = READ_FROM_START + READ_FROM_END;
  it.each([
    [0, [{ start: 0, end: 0 }]],
    [1, [{ start: 0, end: 1 }]],
    [most, [{ start: 0, end: most }]],
    [
      most + 1,
      [
        { start: 0, end: READ_FROM_START },
        { start: READ_FROM_START + 1, end: most + 1 },
      ],
    ],
    [
      10 * 2 ** 30,
      [
        { start: 0, end: 65_536 },
        { start: 10 * 2 ** 30 - 67_108_864, end: 10 * 2 ** 30 },
      ],
    ],
  ])('of %d bytes', (size, pieces) => expect(piecesToRead(size)).toEqual(pieces));
});
