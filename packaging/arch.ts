/** Processors that an executable is built for, as Node names them. */
export const ARCHES = ['x64', 'arm64'] as const;
export type Arch = (typeof ARCHES)[number];

/** How others name a processor. */
export interface ArchNames {
  /** dpkg-architecture(1), DEB_HOST_ARCH. */
  readonly debian: string;
  /** rpm's, and the kernel's: uname -m. */
  readonly rpm: string;
  /** Where Debian puts its libraries: DEB_HOST_MULTIARCH. */
  readonly multiarch: string;
  /** What is GOARCH to container tools. */
  readonly image: string;
}

export const NAMES: Readonly<Record<Arch, ArchNames>> = {
  x64: { debian: 'amd64', rpm: 'x86_64', multiarch: 'x86_64-linux-gnu', image: 'amd64' },
  arm64: { debian: 'arm64', rpm: 'aarch64', multiarch: 'aarch64-linux-gnu', image: 'arm64' },
};

/** Whether what is built for it runs here. */
export function isOurs(arch: Arch): boolean {
  return process.arch === arch;
}
