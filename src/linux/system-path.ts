/** Where the programs of util-linux are, as a $PATH. As root we run none that the caller's $PATH chooses. */
export const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';
