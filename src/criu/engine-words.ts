import { isNamed, operandsOf, optionValue } from './operands.ts';

/** An engine that checkpoints or restores: its CRIU works where that engine keeps its containers. */
export interface EngineSaid {
  readonly kind: 'engine';
  /** The callers of the known work dirs that it stands for, by the beginning of their names. */
  readonly callers: readonly string[];
  /** Globs of more directories, which the command line names. */
  readonly globs: readonly string[];
  /** The directories that it gives to CRIU itself. */
  readonly workDirs: readonly string[];
}

interface Action {
  /** The first operands; of one the alternatives are separated by `|`. */
  readonly words: readonly string[];
  /** An option without which, or with which, CRIU has nothing to do. */
  readonly needs?: string;
  readonly without?: string;
}

interface Engine {
  readonly program: string;
  readonly callers: readonly string[];
  /** Options that may stand before the action and have a value, without dashes. */
  readonly values: string;
  readonly actions: readonly Action[];
  readonly more?: (args: readonly string[]) => Partial<Pick<EngineSaid, 'globs' | 'workDirs'>>;
}

/** containerd, by itself and as others bring it along. */
const CONTAINERD = ['containerd', 'k3s', 'RKE2', 'k0s', 'microk8s'];

const DOCKER_ACTIONS: readonly Action[] = [
  { words: ['checkpoint', 'create'] },
  { words: ['start'], needs: '--checkpoint' },
  { words: ['container', 'start'], needs: '--checkpoint' },
];

/** LXD's and Incus's client: cmd/incus/action.go, snapshot.go, move.go, copy.go. */
const LXD_ACTIONS: readonly Action[] = [
  { words: ['stop|snapshot|restore'], needs: '--stateful' },
  { words: ['start|move|copy'], without: '--stateless' },
];

/** The engines, each as its own source reads its command line. The one with the longer name comes first. */
const ENGINES: readonly Engine[] = [
  {
    program: 'podman',
    callers: ['podman'],
    values:
      'cdi-spec-dir cgroup-manager config connection c conmon events-backend hooks-dir identity imagestore log-level module namespace network-cmd-path network-config-dir out root runroot runtime runtime-flag ssh storage-driver storage-opt tmpdir url volumepath',
    actions: [{ words: ['container', 'checkpoint|restore'] }],
    more: (args) => ({
      globs: [optionValue(args, '--root'), optionValue(args, '--runroot')].flatMap(podmanGlob),
    }),
  },
  {
    program: 'docker',
    callers: ['Docker', 'containerd'],
    values: 'config context c host H log-level l tlscacert tlscert tlskey',
    actions: DOCKER_ACTIONS,
  },
  {
    program: 'nerdctl',
    callers: CONTAINERD,
    values:
      'address a host H namespace n snapshotter storage-driver cni-path cni-netconfpath data-root cgroup-manager hosts-dir host-gateway-ip bridge-ip cdi-spec-dirs',
    actions: DOCKER_ACTIONS,
  },
  {
    program: 'ctr',
    callers: CONTAINERD,
    values: 'address a timeout connect-timeout namespace n',
    actions: [
      { words: ['tasks|task|t', 'checkpoint'] },
      { words: ['containers|container|c', 'checkpoint|restore'] },
    ],
    more: (args) => ({
      workDirs: firstOf(optionValue(args, '--work-path'), optionValue(args, '--image-path')),
    }),
  },
  {
    program: 'crictl',
    callers: ['CRI-O', ...CONTAINERD],
    values: 'config c image-endpoint i runtime-endpoint r timeout t',
    actions: [{ words: ['checkpoint'] }],
  },
  { program: 'kubectl-checkpoint', callers: ['CRI-O', ...CONTAINERD], values: '', actions: [{ words: [] }] },
  {
    program: 'kubectl',
    callers: ['CRI-O', ...CONTAINERD],
    values:
      'namespace n context cluster user kubeconfig server s token as as-group as-uid v request-timeout cache-dir certificate-authority client-key client-certificate tls-server-name',
    actions: [{ words: ['checkpoint'] }],
  },
  {
    program: 'lxc-checkpoint',
    callers: ['LXC'],
    values: '',
    actions: [{ words: [] }],
    // src/lxc/criu.c hands it on as --images-dir, and no work dir
    more: (args) => ({ workDirs: firstOf(optionValue(args, '--checkpoint-dir', '-D')) }),
  },
  { program: 'lxc', callers: ['LXD'], values: 'project', actions: LXD_ACTIONS },
  { program: 'incus', callers: ['Incus'], values: 'project', actions: LXD_ACTIONS },
];

/**
 * Reads the words after a program's name. `null`: it is no engine, or does neither checkpoint nor restore.
 */
export function readEngineWords(name: string, args: readonly string[]): EngineSaid | null {
  const engine = ENGINES.find(({ program }) => isNamed(name, program));
  if (engine === undefined) return null;
  const { callers, actions, values, more } = engine;
  const operands = operandsOf(args, values.split(' ')).map(({ word }) => word);
  if (!actions.some((action) => isAction(action, operands, args))) return null;
  return { kind: 'engine', callers, globs: [], workDirs: [], ...more?.(args) };
}

function isAction({ words, needs, without }: Action, operands: readonly string[], args: readonly string[]) {
  const has = (option: string) => args.some((word) => word === option || word.startsWith(`${option}=`));
  return (
    words.every((word, at) => word.split('|').includes(operands[at] ?? '')) &&
    (needs === undefined || has(needs)) &&
    (without === undefined || !has(without))
  );
}

/** The work dirs below a storage root that podman is given; a relative one starts from where it works. */
function podmanGlob(root: string | undefined): readonly string[] {
  return root && !root.includes('*') ? [`${root.replace(/\/+$/, '')}/*-containers/*/userdata`] : [];
}

function firstOf(...values: readonly (string | undefined)[]): readonly string[] {
  return values.filter((value): value is string => value !== undefined && value !== '').slice(0, 1);
}
