import { DaemonSet } from 'kubernetes-models/apps/v1';
import { beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import { imageOf } from '../../../src/package/own-image.ts';
import { need } from '../../support/abilities.ts';
import { refusal, schedule } from './printed.ts';

beforeEach((context) => need(context, 'root'));

/** The printed manifest, held against the JSON schema that Kubernetes publishes. */
async function daemonSetOf(options: readonly string[], ...sweep: string[]) {
  const text = await schedule(
    'kubernetes',
    '--image',
    'registry.example/criu-sweep:1',
    ...options,
    '--',
    ...sweep,
  );
  const daemonSet = new DaemonSet(parse(text));
  daemonSet.validate();
  const pod = daemonSet.spec?.template.spec;
  const container = pod?.containers[0];
  if (pod === undefined || container === undefined) throw new Error('no pod');
  const mounts = container.volumeMounts ?? [];
  const paths = (pod.volumes ?? []).map(({ name, hostPath }) => {
    const mount = mounts.find((each) => each.name === name);
    expect(mount).toMatchObject({ mountPath: hostPath?.path, mountPropagation: 'HostToContainer' });
    return `${hostPath?.path} ${hostPath?.type}`;
  });
  expect(mounts).toHaveLength(paths.length);
  return { text, daemonSet, pod, container, paths };
}

test('a DaemonSet that Kubernetes takes: on every node, with its processes and paths', async () => {
  const { daemonSet, pod, container, paths } = await daemonSetOf([], '/var/lib/criu', '/tmp');
  expect(daemonSet.metadata).toMatchObject({ name: 'criu-sweep', namespace: 'kube-system' });
  expect(pod).toMatchObject({ hostPID: true, tolerations: [{ operator: 'Exists' }] });
  expect(pod).not.toHaveProperty('hostNetwork');
  expect(paths).toEqual(['/var/lib/criu DirectoryOrCreate', '/tmp DirectoryOrCreate']);
  expect(container.command).toEqual(['criu-sweep', '--every', '1h', '/var/lib/criu', '/tmp']);
  expect(container.resources).toMatchObject({ limits: { memory: '256Mi' } });
});

test('no more powers than needed', async () => {
  const { container } = await daemonSetOf([], '/tmp');
  expect(container.securityContext).toMatchObject({
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE', 'SYS_PTRACE'] },
    seccompProfile: { type: 'RuntimeDefault' },
  });
  const blind = await daemonSetOf([], '--no-in-use', '--owner', 'any', '/tmp');
  expect(blind.container.securityContext?.capabilities?.add).toEqual(['DAC_OVERRIDE', 'FOWNER']);
});

test('the schema is one that says no', async () => {
  const { daemonSet } = await daemonSetOf([], '/tmp');
  const { spec, ...rest } = daemonSet.toJSON();
  expect(() => new DaemonSet({ ...rest, spec: { ...spec, template: undefined } }).validate()).toThrow(
    'template',
  );
});

test('namespace, image, interval and command are those that were said', async () => {
  const options = ['--namespace', 'ops', '--every', '90m', '--command', '/usr/bin/env criu-sweep'];
  const { daemonSet, container } = await daemonSetOf(options, '-v', '/tmp');
  expect(daemonSet.metadata?.namespace).toBe('ops');
  expect(container.image).toBe('registry.example/criu-sweep:1');
  expect(container.command).toEqual(['/usr/bin/env', 'criu-sweep', '--every', '1h30m', '-v', '/tmp']);
});

test('words reach the container as they were: quotes, line breaks, and the $ that Kubernetes replaces', async () => {
  const words = ['/srv/$(HOME)', "/srv/it's #1", '/srv/- x', '/srv/ü"\\', '/srv/$$x', '/srv/two\nlines'];
  const { container, paths } = await daemonSetOf([], ...words);
  const seen = container.command?.slice(3).map((word) => word.replaceAll('$$', () => '$'));
  expect(seen).toEqual(words);
  expect(paths).toEqual(['/srv DirectoryOrCreate']);
});

test('no word can break a line, or be anything but a string, for a reader of YAML 1.1', async () => {
  const nasty = [
    '\u2028',
    '\u2029',
    '\u0085',
    '\x7f',
    '\x9b',
    '\ufeff',
    '\ufffe',
    '\r',
    '\n',
    '\t',
    '\x1b',
    '\u202e',
  ];
  const words = nasty.map((character) => `/srv/a${character}# - b`);
  const plain = ['on', 'No', '~', 'null', '1_000', '0x1f', '1e3', '12:30:00', '2026-11-24', '=', '<<', '- a'];
  const excludes = plain.flatMap((word) => ['--exclude', word]);
  const { text, container, paths } = await daemonSetOf([], ...excludes, ...words, '/opt/c\u2028\u0085');
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe]/);
  expect(container.command?.slice(3)).toEqual([...excludes, ...words, '/opt/c\u2028\u0085']);
  expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  expect(paths).toContain('/opt/c\u2028\u0085 DirectoryOrCreate');
});

test.each([
  'on',
  'no',
  'y',
  '0777',
  '1e3',
  '0b1',
  'null',
])('a namespace and an image called %s are strings', async (word) => {
  const text = await schedule('kubernetes', '--namespace', word, '--image', word, '--', '/tmp');
  for (const version of ['1.1', '1.2'] as const) {
    const { metadata, spec } = parse(text, { version });
    expect(metadata.namespace).toBe(word);
    expect(spec.template.spec.containers[0].image).toBe(word);
  }
});

test('a check is refused, since its status would end the pod', async () => {
  expect(await refusal('kubernetes', '--image', 'x', '--', '--check', '/tmp')).toContain('--check');
});

test('the known directories are reached through those that every node has', async () => {
  const { paths } = await daemonSetOf([], '--known', '/srv/criu', '/var/lib/criu');
  expect(paths).toEqual([
    '/srv/criu DirectoryOrCreate',
    '/run Directory',
    '/var Directory',
    '/tmp Directory',
  ]);
});

test('directories of reports are mounted too', async () => {
  const { paths } = await daemonSetOf([], '--metrics', '/var/tmp/x.prom', '/var/lib/criu', '/srv/*/dump');
  expect(paths).toEqual([
    '/var/lib/criu DirectoryOrCreate',
    '/srv DirectoryOrCreate',
    '/var/tmp DirectoryOrCreate',
  ]);
});

test('without --image it is that of the release, where there was one', () => {
  const image = 'registry.example/somebody/criu-sweep';
  expect(imageOf({ name: 'criu-sweep', version: '1.2.3', image })).toBe(`${image}:1.2.3`);
  expect(imageOf({ version: '1.2.3', image: manifest.image })).toBeUndefined();
});

test('what a cluster cannot have is refused', async () => {
  const image = ['--image', 'x'];
  expect(await refusal('kubernetes', '--', '/tmp')).toContain('--image: is needed');
  expect(await refusal('kubernetes', '--image', 'a b', '--', '/tmp')).toContain("'a b' is no image");
  expect(await refusal('kubernetes', ...image, '--namespace', 'Ops', '--', '/tmp')).toContain('no namespace');
  expect(await refusal('kubernetes', ...image, '--', '/*/dump')).toContain('what lies in / itself');
  expect(await refusal('kubernetes', ...image, '--', '--report', '/r.json', '/tmp')).toContain(
    'what lies in / itself',
  );
  expect(await refusal('kubernetes', ...image, '--', '/srv/a:b')).toContain('no path with a colon');
});
