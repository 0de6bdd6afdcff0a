import { expect, test } from 'vitest';
import { lastValue, readCriuWords } from '../../src/criu/criu-words.ts';
import { readEngineWords } from '../../src/criu/engine-words.ts';
import { isNamed, operandsOf, optionValue } from '../../src/criu/operands.ts';
import { readRuntimeWords } from '../../src/criu/runtime-words.ts';

const words = (line: string) => (line === '' ? [] : line.split(' '));

/** `key=value` for an option with a value, `key` for one without, and the operands behind a bar. */
function criu(line: string): string {
  const { options, operands } = readCriuWords(words(line));
  const shown = options.map(({ key, value }) => (value === null ? key : `${key}=${value}`));
  return [...shown, '|', ...operands].join(' ');
}

test.each([
  ['-t 1 -D 2 -o 3 -r 4 -J 5', 'tree=1 images-dir=2 log-file=3 root=4 join-ns=5 |'],
  ['-W 1 -L 2 -M 3', 'work-dir=1 libdir=2 ext-mount-map=3 |'],
  ['-v 1 -x 2', 'verbosity ext-unix-sk | 1 2'],
  ['-v4 -xa -jv3', 'verbosity=4 ext-unix-sk=a verbosity=3 |'],
  ['-jR a', '| a'],
  ['a -- -W b --', '| a -W b --'],
  ['-- a', '| a'],
  ['- a', '| - a'],
  ['--log-file -- -W b', 'log-file=-- work-dir=b |'],
  ['--tls a', 'tls | a'],
  ['--=a b', '=a | b'],
  ['--x--work-dir=a', 'x--work-dir=a |'],
  ['-W', 'work-dir |'],
  ['', '|'],
])('criu %s', (line, read) => {
  expect(criu(line)).toBe(read);
});

test('where an option is written is told, and a value may have any characters', () => {
  expect(readCriuWords(['a', '-t', '1', '--work-dir=b\nc=d'])).toEqual({
    options: [
      { key: 'tree', value: '1', at: 1 },
      { key: 'work-dir', value: 'b\nc=d', at: 3 },
    ],
    operands: ['a'],
  });
});

test('the last value that is not empty counts', () => {
  const options = [
    { key: 'a', value: '1' },
    { key: 'a', value: '2' },
    { key: 'b', value: '3' },
    { key: 'a', value: '' },
    { key: 'a', value: null },
  ];
  expect([lastValue(options, 'a'), lastValue(options, 'b'), lastValue(options, 'c')]).toEqual([
    ...['2', '3', undefined],
  ]);
});

test.each([
  ['a -b c', 'a@0 c@2'],
  ['-v a b', 'b@2'],
  ['--value a b', 'b@2'],
  ['--value=a b', 'b@1'],
  ['-value a b', 'b@2'],
  ['--x-value a b', 'a@1 b@2'],
  ['a -- b', 'a@0'],
  ['---v a', 'a@1'],
  ['-a-v b', 'b@1'],
  ['--v', ''],
])('the operands of %s are %s', (line, operands) => {
  const found = operandsOf(words(line), ['v', 'value']);
  expect(found.map(({ word, at }) => `${word}@${at}`).join(' ')).toBe(operands);
});

test.each([
  ['--dir a', 'a'],
  ['--dir=a', 'a'],
  ['-D a', 'a'],
  ['-Da', 'a'],
  ['-D=a', '=a'],
  ['x --dir= y', ''],
  ['--dirs a', undefined],
  ['--Dir a', undefined],
  ['-- --dir a', undefined],
  ['-Da--', 'a--'],
  ['--dir', undefined],
  ['', undefined],
])('the directory of %s is %s', (line, value) => {
  expect(optionValue(words(line), '--dir', '-D')).toBe(value);
});

test('a long option is none of the short one that it looks like', () => {
  expect(optionValue(['--x', 'a'], '-')).toBeUndefined();
});

test.each([
  ['runc', true],
  ['runc-1.1', true],
  ['runc.io', true],
  ['runc1', true],
  ['runcx', false],
  ['runcX-1', false],
  ['run', false],
  ['xrunc', false],
])('%s is runc: %s', (name, is) => {
  expect(isNamed(name, 'runc')).toBe(is);
});

test.each([
  ['runc', 'checkpoint --work-path w x', 'w'],
  ['runc', '--log --work-path checkpoint x', 'checkpoint .'],
  ['runc', '-- checkpoint x', null],
  ['runc', 'checkpoint -work-path=w=v x', 'w=v'],
  ['runc', 'checkpoint -bundle b -image-path i x', 'i'],
  ['runc', 'restore -bundle b -image-path i x', 'b/i'],
  ['runc', 'restore -bundle=b -image-path i x', 'b/i'],
  ['runc', 'checkpoint -w x -image-path i', 'i'],
  ['runc', 'checkpoint --bogus --image-path i', 'i'],
  ['runc', 'checkpoint --=x --image-path i', 'i'],
  ['crun', 'restore -dbb --image-path i x', 'b/i'],
  ['crun', 'restore -x-b b --image-path i x', 'i'],
  ['crun', 'restore -b', 'checkpoint .'],
  ['crun', 'restore --w', 'checkpoint .'],
  ['crun', 'checkpoint x--work-path=w', 'checkpoint .'],
  ['crun', 'state --work-path w checkpoint', null],
] as const)('%s %s works in %s', (runtime, line, dirs) => {
  expect(readRuntimeWords(runtime, words(line))?.workDirs.join(' ') ?? null).toBe(dirs);
});

test('a value may have a line feed, in any spelling', () => {
  const dirs = (...args: string[]) => readRuntimeWords('runc', ['restore', ...args])?.workDirs;
  expect(dirs('-image-path=a\nb')).toEqual(['a\nb']);
  expect(dirs('-b=c\nd', '--image-path', 'i')).toEqual(['c\nd/i']);
});

const engine = (name: string, line: string) => readEngineWords(name, words(line));

test.each([
  ['docker', 'checkpoint create x y', 'Docker containerd'],
  ['nerdctl', 'checkpoint create x y', 'containerd k3s RKE2 k0s microk8s'],
  ['crictl', 'checkpoint x', 'CRI-O containerd k3s RKE2 k0s microk8s'],
  ['kubectl', 'checkpoint x', 'CRI-O containerd k3s RKE2 k0s microk8s'],
  ['kubectl-checkpoint', 'pod', 'CRI-O containerd k3s RKE2 k0s microk8s'],
  ['kubectl-checkpoint', '', 'CRI-O containerd k3s RKE2 k0s microk8s'],
  ['lxc-checkpoint', '-s -n x', 'LXC'],
  ['lxc', 'start x', 'LXD'],
  ['incus', '--project p start x', 'Incus'],
  ['incus', 'copy x y', 'Incus'],
  ['docker', 'run --checkpoint x', null],
  ['docker', 'container run --checkpoint x', null],
  ['docker', 'start x --checkpoints', null],
  ['incus', 'start x --stateless', null],
  ['containers', 'start', null],
])('%s %s stands for %s', (name, line, callers) => {
  const said = engine(name, line);
  expect(said === null ? null : said.callers.join(' ')).toBe(callers);
});

test('an engine names its own directories, and no others', () => {
  expect(engine('docker', 'checkpoint create x y')).toMatchObject({ globs: [], workDirs: [] });
  expect(engine('podman', 'container checkpoint x')).toMatchObject({ globs: [], workDirs: [] });
  expect(engine('podman', '--root /a// --runroot /b container restore x')?.globs).toEqual([
    '/a/*-containers/*/userdata',
    '/b/*-containers/*/userdata',
  ]);
  expect(engine('podman', '--runroot /b --root /a container restore x')?.globs).toEqual([
    ...['/a/*-containers/*/userdata', '/b/*-containers/*/userdata'],
  ]);
  expect(engine('podman', '--root a/ --runroot /b* container restore x')?.globs).toEqual([]);
  expect(engine('ctr', 'task checkpoint --work-path= --image-path=/i x')).toMatchObject({
    globs: [],
    workDirs: ['/i'],
  });
  expect(engine('ctr', 'task checkpoint x')?.workDirs).toEqual([]);
});
