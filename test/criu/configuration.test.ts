import { expect, test } from 'vitest';
import { configurationFiles, parseConfiguration } from '../../src/criu/configuration.ts';
import { asBytes } from '../../src/linux/bytes.ts';

const shown = (text: string): string[] =>
  parseConfiguration(asBytes(text)).map(
    ({ key, value, line }) => `${line} ${key}${value === null ? '' : `=${value}`}`,
  );

/** A file, and what real CRIU 3.17.1 takes from it (`criu dump --config`), wherever it does not refuse it. */
const FILES: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ['\n\n \t\n', []],
  ['work-dir /w', ['1 work-dir=/w']],
  ['work-dir /w\n', ['1 work-dir=/w']],
  [' \t\vwork-dir \t /w\n', ['1 work-dir=/w']],
  ['work-dir\t/w\n', ['1 work-dir=/w']],
  ['work-dir=/w\n', ['1 work-dir=/w']],
  ['work-dir=/w x\n', ['1 work-dir=/w']],
  ['work /w\n', ['1 work-dir=/w']],
  ['tcp-established\nlog-file foo.log\n', ['1 tcp-established', '2 log-file=foo.log']],
  ['tcp-close true\nwork-dir /w\n', ['1 tcp-close', '2 work-dir=/w']],
  ['verbosity=4\n', ['1 verbosity=4']],
  ['verbosity 4\n', ['1 verbosity']],
  ['work-dir /a\nwork-dir /b\n', ['1 work-dir=/a', '2 work-dir=/b']],
  // comments
  ['# work-dir /w\n#\n', []],
  ['work-dir /w # c d e\n', ['1 work-dir=/w']],
  ['work-dir /w#x\n', ['1 work-dir=/w']],
  ['tcp-established # c\n', ['1 tcp-established']],
  ['work-dir "a#b c"\n', ['1 work-dir=a']],
  // quotes
  ['work-dir "/a b"\n', ['1 work-dir=/a b']],
  ['work-dir "/w" x\n', ['1 work-dir=/w']],
  ['work-dir "/w"xx\n', ['1 work-dir=/w']],
  ['work-dir "/w"#c\n', ['1 work-dir=/w']],
  ['work-dir ""\nimages-dir /i', ['1 work-dir=', '2 images-dir=/i']],
  ['work-dir ""/w"\n', ['1 work-dir=']],
  ['work-dir "a\\"b\\"c d\\"e"\n', ['1 work-dir=a"b"c d"e']],
  ['work-dir "\\"x"\n', ['1 work-dir="x']],
  ['work-dir "/w\\""\n', ['1 work-dir=/w"']],
  ['work-dir "/a\\b"\n', ['1 work-dir=/a\\b']],
  ['work-dir \\"x\n', ['1 work-dir="x']],
  ['work-dir /w"x"\n', ['1 work-dir=/w"x"']],
  ["work-dir '/w'\n", ["1 work-dir='/w'"]],
  ['work-dir="/w"\n', ['1 work-dir="/w"']],
  // what getopt_long(3) makes of it
  ['work-dir\n/w\n', ['1 work-dir=--/w']],
  ['log-file\nwork-dir /w\n', ['1 log-file=--work-dir']],
  ['tcp-established --\nwork-dir /w\n', ['1 tcp-established']],
  ['log-file --\nwork-dir /w\n', ['1 log-file=--', '2 work-dir=/w']],
  ['tls\nwork-dir /w\n', ['1 tls', '2 work-dir=/w']],
  ['work-dir\n', ['1 work-dir']],
  // bytes
  ['work-dir /w\r\n', ['1 work-dir=/w\r']],
  ['work-dir /a\vb\fc\n', ['1 work-dir=/a\vb\fc']],
  ['work-dir /a\0b\nlog-file x\n', ['1 work-dir=/a', '2 log-file=x']],
  ['work-dir /\xc3\xbc\xff\n', ['1 work-dir=/\xc3\xbc\xff']],
  // what CRIU refuses
  ['work-dir "/w\n', ['1 work-dir=/w']],
  ['work-dir "\n', ['1 work-dir="']],
  ['no-such /w\nwork-dir /w\n', ['1 no-such', '2 work-dir=/w']],
];

test.each(FILES)('%j sets %j', (text, settings) => {
  expect(shown(text)).toEqual(settings);
});

test.each([
  'work-dir',
  'work-dir ',
  'work-dir \t',
  'work-dir # c',
  'work-dir #',
])('%j has no value of its own, so that the next word is taken for it', (line) => {
  expect(shown(`${line}\nlog-file x`)).toEqual(['1 work-dir=--log-file']);
});

test('a file as large as one may be is read in time that grows with its size only', () => {
  const started = process.cpuUsage();
  parseConfiguration(asBytes(`work-dir "${'\\"'.repeat(200_000)}`));
  parseConfiguration(asBytes('work-dir "x\n'.repeat(50_000)));
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
});

const DEFAULTS = ['/etc/criu/default.conf', '/home/me/.criu/default.conf'];

test.each([
  ['by default', {}, '', DEFAULTS],
  ['with a file in the environment', { CRIU_CONFIG_FILE: 'e' }, 'dump -t 1', [...DEFAULTS, 'e']],
  ['with a file on the command line', { CRIU_CONFIG_FILE: 'e' }, 'dump --config c', ['e', 'c']],
  ['with --config=', {}, 'dump --config=c --config=d', ['d']],
  ['without defaults', {}, 'dump --no-default-config', []],
  ['with a shortened option, which CRIU looks for in full', {}, 'dump --conf c', DEFAULTS],
  ['with --config without a file', {}, 'dump --config', []],
  ['with an empty variable', { CRIU_CONFIG_FILE: '' }, '', DEFAULTS],
  ['without a home', { HOME: undefined }, '', ['/etc/criu/default.conf']],
])('read are, %s', (_, env, args, files) => {
  expect(configurationFiles({ HOME: '/home/me', ...env }, args.split(' '))).toEqual(files);
});
