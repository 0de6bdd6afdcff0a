import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKAGE } from '../../support/command.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));

/** A boot of the machine. */
export interface Boot {
  /** Names the folder of its facts, and the script in guest/ that it runs. */
  readonly name: string;
  /** More files for it to find in /host, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Seconds, after which it is ended and the boot is an error. */
  readonly seconds: number;
}

/** The folder that a machine of this name shares with this one, kept until its next boot. */
export const sharedWith = (name: string): string => `${PACKAGE}build/real/${name}`;

/** Makes the machine, unless it is in the cache; its folder. Throws where that fails. */
export function build(): string {
  const { status, stdout } = spawnSync(`${HERE}vm/build.sh`, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`test/real/vm/build.sh ended with ${status}`);
  return stdout.toString().trim();
}

/**
 * Boots the machine, has it run its script with the built package, and with the executable that
 * $CRIU_SWEEP_EXECUTABLE names, and waits until it is off. Its disk forgets all. Throws with what it
 * printed where the script did not end with 0, or not in time.
 */
export async function boot(machine: string, { name, files = {}, seconds }: Boot): Promise<void> {
  const shared = sharedWith(name);
  rmSync(shared, { recursive: true, force: true });
  mkdirSync(`${shared}/facts`, { recursive: true });
  cpSync(`${HERE}guest`, `${shared}/guest`, { recursive: true });
  cpSync(`${HERE}guest/${name}.sh`, `${shared}/task`);
  for (const part of ['bin', 'dist', 'schema', 'templates', 'examples', 'package.json'])
    cpSync(`${PACKAGE}${part}`, `${shared}/package/${part}`, { recursive: true });
  const executable = process.env.CRIU_SWEEP_EXECUTABLE;
  if (executable !== undefined) cpSync(`${PACKAGE}${executable}`, `${shared}/executable`);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(`${shared}/${file}`.replace(/[^/]*$/, ''), { recursive: true });
    writeFileSync(`${shared}/${file}`, text);
  }
  compile(`${shared}/tools`);
  const said = await qemu(machine, shared, seconds);
  if (read(`${shared}/status`).trim() !== '0')
    throw new Error(
      `the machine for ${name}: ${said}\n${read(`${shared}/console`)}${read(`${shared}/output`)}`,
    );
}

/** Compiles what runs in the machine beside the package, in a fraction of a second. */
function compile(folder: string): void {
  mkdirSync(folder);
  const flags = {
    'kill-at.so': ['-shared', '-fPIC', 'kill-at.c', '-ldl'],
    container: ['-static', 'container.c'],
  };
  for (const [program, words] of Object.entries(flags)) {
    const args = ['-O2', '-Wall', '-Werror', '-o', `${folder}/${program}`, ...words];
    const { status, stderr } = spawnSync('cc', args, { cwd: `${HERE}c` });
    if (status !== 0) throw new Error(`cc ${args.join(' ')}: ${stderr}`);
  }
}

/** Runs QEMU, without KVM: so it is the same everywhere. An old processor is emulated faster. How it ended. */
function qemu(machine: string, shared: string, seconds: number): Promise<string> {
  const kernel = 'console=ttyS0 quiet panic=-1 apparmor=1 security=apparmor mitigations=off';
  const options = [
    ['-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-smp', '2', '-m', '1536'],
    ['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-monitor', 'none'],
    ['-kernel', `${machine}/vmlinuz`, '-initrd', `${machine}/initramfs`, '-append', kernel],
    ['-drive', `file=${machine}/disk,format=raw,if=virtio,snapshot=on,cache=unsafe`],
    ['-virtfs', `local,path=${shared},mount_tag=host,security_model=none,multidevs=remap`],
    ['-serial', `file:${shared}/console`],
  ];
  const child = spawn('nice', ['qemu-system-x86_64', ...options.flat()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const timer = setTimeout(() => {
    said.push(Buffer.from(`ended after ${seconds} s`));
    child.kill('SIGKILL');
  }, seconds * 1000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve(`qemu ended with ${signal ?? code}. ${Buffer.concat(said)}`);
    });
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
