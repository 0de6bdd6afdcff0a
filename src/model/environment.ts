/** The environment variables about colour. */
export interface ColorEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
}

/** The environment variables that commands read. */
export interface Environment extends ColorEnvironment {
  /** The kind of terminal (term(7)). */
  readonly TERM?: string | undefined;
  /** The directories in which the search for criu begins. */
  readonly PATH?: string | undefined;
  /**
   * The directory where the runtimes of a user's containers keep their state (XDG base directory
   * specification).
   */
  readonly XDG_RUNTIME_DIR?: string | undefined;
  /** The home of CRIU's own configuration (criu(8)), and one more file of it. */
  readonly HOME?: string | undefined;
  readonly CRIU_CONFIG_FILE?: string | undefined;
  /** `device:inode` of the journal's stream, set by systemd (systemd.exec(5)). */
  readonly JOURNAL_STREAM?: string | undefined;
  /** The file whose Markdown GitHub Actions shows as the step's summary. */
  readonly GITHUB_STEP_SUMMARY?: string | undefined;
}
