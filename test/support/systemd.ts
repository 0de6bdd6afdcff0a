import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { PACKAGE, startProgram } from './command.ts';
import { scratch } from './scratch.ts';
import { quoted } from './wrap.ts';

/** Where the package is found by a host of {@link runService}, whose /tmp is its own. */
export const PACKAGE_THERE = '/mnt';

const SYSTEMD = '/lib/systemd/systemd';

/** A service that has run: what it printed, and what systemd said of its end. */
export interface ServiceRun {
  readonly output: string;
  /** `success 0`, `exit-code 3`: $SERVICE_RESULT and $EXIT_STATUS of systemd.exec(5). */
  readonly result: string;
}

/** How to run a service for real. */
export interface ServiceHost {
  /** Unit files, by name; `criu-sweep.service` is started. */
  readonly units: Readonly<Record<string, string>>;
  /** A shell's script that runs before systemd does, as root of the host, whose /tmp and /var/lib are empty. */
  readonly prepare: string;
  /** Commands that run in the service's sandbox after it, and print. */
  readonly probe?: string;
  /** A shell's script that runs as the host itself when all is over, and prints. */
  readonly inspect: string;
}

/** The mount point of a cgroup2 hierarchy; systemd runs in a cgroup of its own below it. */
export function cgroup2(): string | undefined {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4];
}

/**
 * Boots systemd in namespaces and in a cgroup of its own, as process 1 of a host that has its own /tmp, /var/lib, /run
 * and units, and starts the service there: the real sandbox, by the real thing.
 */
export async function runService(host: ServiceHost): Promise<ServiceRun & { readonly inspected: string }> {
  const dir = scratch('/var/tmp');
  const cgroup = `${cgroup2()}/criu-sweep-test-${process.pid}-${Date.now()}`;
  mkdirSync(cgroup);
  onTestFinished(() => removeCgroup(cgroup));
  mkdirSync(`${dir}/units`);
  for (const [name, text] of Object.entries({ ...host.units, ...harness(dir, host.probe ?? ':') })) {
    mkdirSync(`${dir}/units/${name}`.replace(/[^/]*$/, ''), { recursive: true });
    writeFileSync(`${dir}/units/${name}`, text);
  }
  writeFileSync(`${dir}/boot`, bootScript(dir, host.prepare));
  writeFileSync(`${dir}/inspect`, host.inspect);
  const namespaces = [
    '--mount',
    '--cgroup',
    '--pid',
    '--fork',
    '--kill-child',
    '--uts',
    '--ipc',
    '--mount-proc',
  ];
  const boot = ['unshare', ...namespaces, 'sh', '-e', `${dir}/boot`].map(quoted).join(' ');
  const running = startProgram(['sh', '-c', `echo $$ > ${cgroup}/cgroup.procs; exec ${boot}`]);
  const read = (name: string) => {
    try {
      return readFileSync(`${dir}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  try {
    const ended = running.ended.then(({ out, err }) => `systemd ended: ${out}${err}`);
    for (let tries = 0; read('over') === ''; tries += 1) {
      const failed = await Promise.race([ended, sleep(100, null)]);
      if (failed !== null || tries > 450)
        throw new Error(failed ?? `systemd did not finish: ${read('output')}`);
    }
  } finally {
    running.kill('SIGKILL');
    await running.ended;
  }
  return { output: read('output'), result: read('result').trim(), inspected: read('inspected') };
}

function bootScript(dir: string, prepare: string): string {
  return `
mount --make-rprivate /
mount --bind ${quoted(PACKAGE)} ${PACKAGE_THERE}
for own in /run /tmp /var/lib /etc/systemd/system; do mount -t tmpfs -o mode=0755 none $own; done
chmod 1777 /tmp
umount -l -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
cp -r ${dir}/units/. /etc/systemd/system
${prepare}
export container=other
exec ${SYSTEMD} --system --unit=test.target --log-target=console --log-level=notice --show-status=no`;
}

/** The target that is booted into, and a service that says when all is over; neither is sandboxed. */
function harness(dir: string, probe: string): Record<string, string> {
  const unit = '[Unit]\nDefaultDependencies=no\n';
  return {
    'test.target': `${unit}Wants=over.service criu-sweep.service\n`,
    'over.service': `${unit}After=criu-sweep.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c "/bin/sh ${dir}/inspect > ${dir}/inspected 2>&1; echo over > ${dir}/over"\n`,
    'criu-sweep.service.d/test.conf': `${unit}
[Service]
StandardOutput=append:${dir}/output
StandardError=append:${dir}/output
ExecStopPost=+/bin/sh -c 'echo $SERVICE_RESULT $EXIT_STATUS > ${dir}/result'
ExecStopPost=/bin/sh -c ${JSON.stringify(probe.replaceAll('%', '%%').replaceAll('$', '$$$$'))}\n`,
  };
}

/** Ends what is left in a cgroup, and removes it, when the last of its processes has been reaped. */
async function removeCgroup(path: string): Promise<void> {
  if (existsSync(`${path}/cgroup.kill`)) writeFileSync(`${path}/cgroup.kill`, '1');
  for (let tries = 0; ; tries += 1) {
    try {
      rmdirAll(path);
      return;
    } catch (error) {
      if (tries > 500) throw error;
      await sleep(100);
    }
  }
}

function rmdirAll(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) rmdirAll(`${path}/${entry.name}`);
  rmdirSync(path);
}
