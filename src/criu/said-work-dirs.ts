import { bytes, encode } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';
import type { Said } from './callers.ts';
import {
  type ConfigurationEnvironment,
  configurationFiles,
  RUNTIME_CONFIGURATIONS,
  type Setting,
} from './configuration.ts';
import { lastValue, readCriuWords } from './criu-words.ts';
import { workDirGlobs } from './engine-dirs.ts';
import type { EngineSaid } from './engine-words.ts';
import type { KnownTarget } from './known-targets.ts';

/**
 * A directory that CRIU works in, and who says so. Relative ones start from the command's working directory.
 */
export interface SaidWorkDir {
  readonly path: Bytes;
  readonly why: 'command' | 'configuration' | 'current';
}

/** Reads a configuration file; `null`: there is none, or it cannot be read. */
export type ReadConfiguration = (path: string) => readonly Setting[] | null;

/**
 * The directories that CRIU works in when a command line runs, by what the line says and the configuration
 * files that it leads to. A runtime may hand on its files or not, by its version, so what both say is named.
 */
export function saidWorkDirs(
  said: Said,
  env: ConfigurationEnvironment,
  read: ReadConfiguration,
): readonly SaidWorkDir[] {
  const variables = { ...env, ...said.given };
  switch (said.kind) {
    case 'criu':
      return [criuWorkDir(said.args, configured(configurationFiles(variables, said.args), read))];
    case 'runtime':
      return [...said.workDirs.map(byCommand), ...rpcWorkDirs(said.runtime, variables, read)];
    case 'engine':
      // What is relative there starts from where the engine's daemon works.
      return [
        ...said.workDirs.map(byCommand),
        ...rpcWorkDirs('crun', variables, read).filter(({ path }) => path.startsWith('/')),
      ];
  }
}

/** Globs of the directories that an engine has CRIU work in. @param places the known places of this host */
export function engineGlobs(said: EngineSaid, places: readonly KnownTarget[]): readonly string[] {
  return [...said.globs, ...workDirGlobs(said.callers, places)];
}

function byCommand(path: string): SaidWorkDir {
  return { path: encode(path), why: path === '.' ? 'current' : 'command' };
}

const KEYS = ['work-dir', 'images-dir'];

/**
 * CRIU's own: the work dir, else the images dir, wherever they are set; on the command line they count over
 * the files (criu/crtools.c, criu/config.c).
 */
function criuWorkDir(args: readonly string[], settings: readonly Setting[]): SaidWorkDir {
  const { options } = readCriuWords(args);
  for (const key of KEYS) {
    const written = lastValue(options, key);
    if (written !== undefined) return { path: encode(written), why: 'command' };
    const path = lastValue(settings, key);
    if (path !== undefined) return { path, why: 'configuration' };
  }
  return { path: bytes`.`, why: 'current' };
}

/** The directories that the files name to a CRIU that is called over RPC (criu/cr-service.c, setup_opts_from_req). */
function rpcWorkDirs(
  runtime: string,
  variables: ConfigurationEnvironment,
  read: ReadConfiguration,
): readonly SaidWorkDir[] {
  const files = Object.entries(RUNTIME_CONFIGURATIONS).find(([name]) => name === runtime)?.[1] ?? [];
  const handed = files.map((file) => configured([file], read));
  const own = configured(configurationFiles(variables), read);
  return [...handed, own].flatMap((settings) => {
    const path = lastValue(settings, 'work-dir') ?? lastValue(settings, 'images-dir');
    return path === undefined ? [] : [{ path, why: 'configuration' } as const];
  });
}

function configured(files: readonly string[], read: ReadConfiguration): readonly Setting[] {
  return files.flatMap((file) => read(file) ?? []);
}
