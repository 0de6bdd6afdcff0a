import { parse } from 'yaml';
import { run } from '../support/command.ts';

/** As much of a printed DaemonSet as a container is made of. */
interface DaemonSet {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly hostPID: boolean;
        readonly containers: readonly [
          {
            readonly command: readonly string[];
            readonly securityContext: {
              readonly runAsUser: number;
              readonly runAsGroup: number;
              readonly privileged: boolean;
              readonly allowPrivilegeEscalation: boolean;
              readonly readOnlyRootFilesystem: boolean;
              readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
              readonly appArmorProfile: { readonly type: string };
            };
            readonly resources: { readonly limits: { readonly memory: string } };
            readonly volumeMounts: readonly {
              readonly name: string;
              readonly mountPath: string;
              readonly mountPropagation: string;
            }[];
          },
        ];
        readonly volumes: readonly { readonly name: string; readonly hostPath: { readonly path: string } }[];
      };
    };
  };
}

/**
 * Arguments of `podman run` that make the container which the printed DaemonSet for these words describes,
 * with `root` as its image. Throws where the manifest asks for something that these arguments do not say.
 */
export async function podmanArguments(root: string, words: readonly string[]): Promise<string[]> {
  const { out, err } = await run(['schedule', 'kubernetes', '--image', 'image', '--', ...words]);
  if (out === '') throw new Error(err);
  const manifest: DaemonSet = parse(out);
  const { hostPID, containers, volumes } = manifest.spec.template.spec;
  const { command, securityContext: security, resources, volumeMounts } = containers[0];
  if (security.privileged || security.appArmorProfile.type !== 'Unconfined')
    throw new Error(`not a container that podman's arguments say here: ${JSON.stringify(security)}`);
  const mounts = volumeMounts.map(({ name, mountPath, mountPropagation }) => {
    const from = volumes.find((volume) => volume.name === name)?.hostPath.path;
    if (mountPropagation !== 'HostToContainer') throw new Error(`${name}: ${mountPropagation}`);
    return `--volume=${from}:${mountPath}:rslave`;
  });
  return [
    `--user=${security.runAsUser}:${security.runAsGroup}`,
    ...(hostPID ? ['--pid=host'] : []),
    ...(security.allowPrivilegeEscalation ? [] : ['--security-opt=no-new-privileges']),
    ...(security.readOnlyRootFilesystem ? ['--read-only', '--read-only-tmpfs=false'] : []),
    '--security-opt=apparmor=unconfined',
    ...security.capabilities.drop.map((name) => `--cap-drop=${name.toLowerCase()}`),
    ...security.capabilities.add.map((name) => `--cap-add=${name}`),
    `--memory=${resources.limits.memory.replace('Mi', 'm')}`,
    ...mounts,
    root,
    ...command,
  ];
}
