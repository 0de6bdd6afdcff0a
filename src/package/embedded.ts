/** The files of this package that a bundle has inside, and how it is started where it was installed. */
export interface Embedded {
  /** Texts by their paths in the package: `templates/criu-sweep.cron`. */
  readonly files: Readonly<Record<string, string>>;
  /** The words that start it; `null`: the executable that runs. */
  readonly command: readonly string[] | null;
}

/** `null` here, where the package's files lie beside the bundle. The builds of packaging/ put another in its place. */
export const EMBEDDED: Embedded | null = null;
