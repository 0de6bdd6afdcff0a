import { expect, test } from 'vitest';
import { findCaller } from '../../src/criu/callers.ts';
import { parseConfiguration, RUNTIME_CONFIGURATIONS } from '../../src/criu/configuration.ts';
import { saidWorkDirs } from '../../src/criu/said-work-dirs.ts';
import { asBytes } from '../../src/linux/bytes.ts';

type Files = Readonly<Record<string, string>>;
const GLOBAL = '/etc/criu/default.conf';
const RUNC = '/etc/criu/runc.conf';
const CRUN = '/etc/criu/crun.conf';

/** The directories that a command line and these files say, each with who says it. */
function said(line: string, files: Files = {}, env: Files = {}): readonly string[] {
  const caller = findCaller(line.split(' '));
  if (caller === null) return ['nobody'];
  const read = (path: string) => {
    const text = files[path];
    return text === undefined ? null : parseConfiguration(asBytes(text));
  };
  return saidWorkDirs(caller, env, read).map(({ path, why }) => `${path} ${why}`);
}

test.each<[string, Files, Files, string[]]>([
  ['criu dump', {}, {}, ['. current']],
  ['criu dump -W w', {}, {}, ['w command']],
  ['criu dump -W .', {}, {}, ['. command']],
  ['criu dump', { [GLOBAL]: 'work-dir /g' }, {}, ['/g configuration']],
  ['criu dump', { [GLOBAL]: 'images-dir /g' }, {}, ['/g configuration']],
  ['criu dump -D i', { [GLOBAL]: 'work-dir /g' }, {}, ['/g configuration']],
  ['criu dump -D i', { [GLOBAL]: 'images-dir /g' }, {}, ['i command']],
  ['criu dump -W w', { [GLOBAL]: 'work-dir /g' }, {}, ['w command']],
  ['criu dump', { [GLOBAL]: 'work-dir /g\nwork-dir /h' }, {}, ['/h configuration']],
  [
    'criu dump',
    { [GLOBAL]: 'work-dir /g', '/h/.criu/default.conf': 'work-dir /u' },
    { HOME: '/h' },
    ['/u configuration'],
  ],
  ['criu dump', { '/c': 'work-dir /u' }, { CRIU_CONFIG_FILE: '/c' }, ['/u configuration']],
  ['criu dump --config /c', { '/c': 'work-dir /u', [GLOBAL]: 'work-dir /g' }, {}, ['/u configuration']],
  ['criu dump --no-default-config', { [GLOBAL]: 'work-dir /g' }, {}, ['. current']],
  // what the line itself sets counts over our own environment
  ['env HOME=/h criu dump', { '/h/.criu/default.conf': 'work-dir /u' }, { HOME: '/x' }, ['/u configuration']],
  ['CRIU_CONFIG_FILE=/a=b sudo criu dump', { '/a=b': 'work-dir /u' }, {}, ['/u configuration']],
  ['env CRIU_CONFIG_FILE= criu dump', { '/c': 'work-dir /u' }, { CRIU_CONFIG_FILE: '/c' }, ['. current']],
  [
    'env -HOME=/h 1HOME=/h criu dump',
    { '/h/.criu/default.conf': 'work-dir /u' },
    { HOME: '/x' },
    ['. current'],
  ],
  ['criu dump HOME=/h', { '/h/.criu/default.conf': 'work-dir /u' }, {}, ['. current']],
  // a runtime may hand on its own file or not: both are named
  ['runc checkpoint --work-path w x', { [RUNC]: 'work-dir /r' }, {}, ['w command', '/r configuration']],
  [
    'runc checkpoint x',
    { [RUNC]: 'images-dir /r' },
    {},
    ['checkpoint command', '. current', '/r configuration'],
  ],
  ['runc checkpoint --work-path w x', { [CRUN]: 'work-dir /c' }, {}, ['w command']],
  [
    'crun checkpoint --work-path w x',
    { [CRUN]: 'work-dir /c', [RUNC]: 'work-dir /r', [GLOBAL]: 'work-dir /g' },
    {},
    ['w command', '/c configuration', '/r configuration', '/g configuration'],
  ],
  ['youki checkpoint --work-path w x', { [RUNC]: 'work-dir /r', [GLOBAL]: 'tcp-close' }, {}, ['w command']],
  [
    'runc checkpoint --work-path w x',
    { [RUNC]: 'work-dir /r\nimages-dir /i' },
    {},
    ['w command', '/r configuration'],
  ],
  // what is relative for an engine starts from where its daemon works
  [
    'podman container checkpoint x',
    { [CRUN]: 'work-dir /c', [RUNC]: 'work-dir r' },
    {},
    ['/c configuration'],
  ],
  ['podman container checkpoint x', { [RUNC]: 'work-dir r/' }, {}, []],
  ['lxc-checkpoint -D d', { [GLOBAL]: 'work-dir /g' }, {}, ['d command', '/g configuration']],
])('%s with %j and %j works in %j', (line, files, env, dirs) => {
  expect(said(line, files, env)).toEqual(dirs);
});

test('each runtime hands on these files', () => {
  expect(RUNTIME_CONFIGURATIONS).toEqual({ runc: [RUNC], crun: [CRUN, RUNC] });
});

test.each([
  'criu',
  'criu-ns',
  'criu4',
  'criu-3.16.1',
  'criu_3',
  'criu.4x',
  '/opt/criu-4/criu-4.1',
])('%s alone is CRIU', (name) => {
  expect(findCaller([name])).toEqual({ kind: 'criu', args: [], given: {} });
});

test.each([
  'criux',
  'xcriu',
  'criu.criu',
  'criu-x',
  'criu.sh',
  'criu--4',
  'sudo criu',
  'criu-nsx',
  'man criu-4',
  'criu-ns4',
])('%s alone is none', (line) => {
  expect(findCaller(line.split(' '))).toBeNull();
});

test.each([
  'criux dump',
  'criu.sh check',
  'sudo criu swrk',
  'env criu-ns -D x restore',
])('%s is, by what it is to do', (line) => {
  expect(findCaller(line.split(' '))?.kind).toBe('criu');
});

test('the variables that stand before it are given to it', () => {
  const given = (line: string) => findCaller(line.split(' '))?.given;
  expect(given('A=b _C1=d=e env F= criu dump G=h')).toEqual({ A: 'b', _C1: 'd=e', F: '' });
  expect(given('A=1 A=2 criu')).toBeUndefined();
  expect(given('A=1 A=2 criu dump')).toEqual({ A: '2' });
  expect(given('=x 1A=b -A=b A.B=c criu dump')).toEqual({});
  expect(findCaller(['A=b\nc', 'criu', 'dump'])?.given).toEqual({ A: 'b\nc' });
});
