import { parseDocument, Scalar } from 'yaml';
import { UsageError } from '../../model/usage-error.ts';
import { readTemplate } from '../../package/template.ts';
import { formatDuration } from '../../request/duration.ts';
import { quoteForContainer } from './command-words.ts';
import { refuseWithoutShell } from './program-word.ts';
import type { Schedule, ScheduleFile } from './schedule-file.ts';
import type { WritablePath } from './writable-paths.ts';

/** The cluster's part of the DaemonSet: its image and namespace. */
export interface ClusterOptions {
  /** A container image in which the schedule's command exists. */
  readonly image: string;
  readonly namespace: string;
}

/** Parses the value of `--image`. @throws UsageError */
export function parseImage(image: string | undefined): string {
  if (image === undefined)
    throw new UsageError(
      '--image: is needed, since this build belongs to no release: name a container image with criu-sweep on its PATH',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(image))
    throw new UsageError(`--image: '${image}' is no image: write it like registry.example/criu-sweep:1.0.0`);
  return image;
}

/** Parses the value of `--namespace`: a label of RFC 1123. @throws UsageError */
export function parseNamespace(namespace: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError(
      `--namespace: '${namespace}' is no namespace: write up to 63 lower-case letters, digits and dashes`,
    );
  return namespace;
}

const POD = ['spec', 'template', 'spec'];
const CONTAINER = [...POD, 'containers', 0];

/** Writes the DaemonSet. @throws UsageError if a pod cannot have what the sweep needs */
export function kubernetesFiles(schedule: Schedule, { image, namespace }: ClusterOptions): ScheduleFile[] {
  const { sweep, command, everyMs, version } = schedule;
  if (sweep.options.check === true)
    throw new UsageError(
      '--check: a DaemonSet sweeps again and again, and a check ends with its status: leave it out, or write --dry-run',
    );
  refuseWithoutShell(command);
  const document = parseDocument(readTemplate('criu-sweep.yaml'));
  const words = [...command, '--every', formatDuration(everyMs), ...sweep.args];
  const volumes = volumesOf(sweep.paths);
  document.setIn(['metadata', 'namespace'], quoted(namespace));
  document.setIn([...CONTAINER, 'image'], quoted(image));
  document.setIn(
    [...CONTAINER, 'command'],
    document.createNode(words.map((word) => quoted(quoteForContainer(word)))),
  );
  const capabilities = document.createNode(sweep.capabilities, { flow: true });
  document.setIn([...CONTAINER, 'securityContext', 'capabilities', 'add'], capabilities);
  document.setIn([...CONTAINER, 'volumeMounts'], document.createNode(volumes.map(({ mount }) => mount)));
  document.setIn([...POD, 'volumes'], document.createNode(volumes.map(({ volume }) => volume)));
  const manifest = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
    flowCollectionPadding: false,
  });
  const head = `# Written by criu-sweep ${version} schedule kubernetes.\n`;
  return [{ name: 'criu-sweep.yaml', text: head + manifest.replace(UNPRINTABLE, escapeCharacter) }];
}

/** A quoted string. To readers of YAML 1.1 a plain `on` or `1_000` would be no string. */
function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/**
 * Characters that the yaml library does not escape, not even in double quotes, and that a reader may take for
 * the end of a line (YAML 1.1, 4.2: U+0085, U+2028, U+2029) or refuse as not printable. Only the caller's
 * words can hold them, and those are quoted.
 */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function volumesOf(paths: readonly WritablePath[]): { volume: object; mount: object }[] {
  return hostPathsOf(paths).map(({ path, type }, at) => {
    if (path === '/')
      throw new UsageError(
        'what lies in / itself (a glob that begins there, a report) cannot be mounted into a pod: name directories below it',
      );
    if (path.includes(':'))
      throw new UsageError(`'${path}': Kubernetes mounts no path with a colon: name the directory above it`);
    const name = `host-${at}`;
    return {
      volume: { name, hostPath: { path: quoted(path), type } },
      // Mounts that come on the node later are seen here too, so a directory that is one is known for it.
      mount: { name, mountPath: quoted(path), mountPropagation: 'HostToContainer' },
    };
  });
}

/**
 * The directories mounted from the node. A pod does not start if such a directory is missing, so named ones
 * are created. The known ones are reached through their top directory, which every node has.
 */
function hostPathsOf(paths: readonly WritablePath[]): { path: string; type: string }[] {
  const tops = new Set(paths.flatMap(({ path, of }) => (of === 'known' ? [topOf(path)] : [])));
  const named = paths.filter(({ path, of }) => of !== 'known' && !tops.has(topOf(path)));
  return [
    ...named.map(({ path }) => ({ path, type: 'DirectoryOrCreate' })),
    ...[...tops].map((path) => ({ path, type: 'Directory' })),
  ];
}

function topOf(path: string): string {
  return `/${path.split('/')[1] ?? ''}`;
}
