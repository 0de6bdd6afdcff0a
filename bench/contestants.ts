import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from './model.ts';
import type { Native } from './native.ts';
import { ENVIRONMENT } from './process.ts';
import type { Tool } from './tool.ts';
import { SUFFIX, TOOLS } from './tools.ts';

/** A tool that is there, with the beginning of its command line. */
export interface Contestant {
  readonly tool: Tool;
  readonly self: readonly string[];
}

/** Where to look. */
export interface Sources {
  readonly native: Native;
  /** Our command. */
  readonly command: string;
  /** Where npm installed peers, if anywhere. */
  readonly peersDir: string | null;
  /** Another Node to run our command by as well. */
  readonly otherNode: string | null;
  /** Ids of the wanted tools; `null`: all but those only on request. */
  readonly wanted: readonly string[] | null;
}

/** Looks for the wanted tools, and says of each one missing how to get it. Installs nothing. */
export function findContestants(sources: Sources): {
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
} {
  const { wanted } = sources;
  const tools = TOOLS.filter((tool) => (wanted ? wanted.includes(tool.id) : !tool.onRequest));
  const found = tools.map((tool) => ({ tool, self: locate(tool, sources) }));
  const contestants = found.flatMap(({ tool, self }) => (self ? [{ tool, self }] : []));
  return {
    contestants: contestants.flatMap((each) => [each, ...byOtherNode(each, sources)]),
    missing: found.flatMap(({ tool, self }) => (self ? [] : [`${tool.id} (${tool.hint})`])),
  };
}

/** The id of a tool that is run by another Node. */
export const byOther = (id: string): string => `${id}-other-node`;

function byOtherNode({ tool, self }: Contestant, { otherNode }: Sources): readonly Contestant[] {
  if (!['criu-sweep', 'node-loop'].includes(tool.id) || otherNode === null) return [];
  const { stdout } = spawnSync(otherNode, ['--version'], { encoding: 'utf8' });
  const label = `${tool.label}, Node ${stdout.trim()}`;
  return [{ tool: { ...tool, id: byOther(tool.id), label }, self: [otherNode, ...self.slice(1)] }];
}

/** A contestant for the report; its six-character suffixes are shortened to `??????`. */
export function describe({ tool, self }: Contestant): Entry {
  const make = tool.removal === undefined ? tool.look : tool.removal;
  const { argv, stdin } = make(
    self.map((part) => path.basename(part)),
    { directory: 'DIR', shape: 'flat' },
  );
  const words = argv.map((word) => (/^[\w./+=:-]+$/.test(word) ? word : `'${word}'`));
  const command = words.join(' ').replaceAll(SUFFIX, '??????');
  const input = stdin === undefined ? '' : `echo '${stdin.trim()}' | `;
  return {
    id: tool.id,
    label: tool.label,
    version: versionOf(tool, self),
    command: input + command,
    lacks: tool.lacks,
  };
}

function locate(tool: Tool, { native, command, peersDir }: Sources): readonly string[] | null {
  if (tool.id === 'floor') return [native.floor];
  if (tool.id === 'node-loop') return [process.execPath, path.join(import.meta.dirname, 'node-loop.js')];
  if (tool.executables.length === 0) return existsSync(command) ? throughNode(command) : null;
  const peers = peersDir ? [peersDir, path.join(peersDir, 'node_modules/.bin')] : [];
  const directories = [...peers, 'node_modules/.bin', ...ENVIRONMENT.PATH.split(':').filter(Boolean)];
  const candidates = directories.flatMap((dir) => tool.executables.map((name) => path.resolve(dir, name)));
  const first = candidates.find(executable);
  return first === undefined ? null : throughNode(first);
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Scripts are run by this very Node, all alike, instead of by way of /usr/bin/env. */
function throughNode(file: string): readonly string[] {
  const real = realpathSync(file);
  return /\.[cm]?js$/.test(real) ? [process.execPath, real] : [path.resolve(file)];
}

function versionOf(tool: Tool, self: readonly string[]): string {
  const [file = '', ...args] = tool.id === 'floor' ? ['cc'] : tool.flatOnly ? self.slice(0, 1) : self;
  const option = tool.versionOption ?? '--version';
  const { stdout, stderr } = spawnSync(file, [...args, option], { env: ENVIRONMENT, encoding: 'utf8' });
  const version = /(?:^|[^\w.])v?(\d[\w.+~-]*)/m.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
  return tool.id === 'floor' ? `cc ${version}` : version;
}
