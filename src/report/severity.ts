/** How much a message matters, in the words of syslog(3). */
export type Severity = 'error' | 'warning' | 'info';

/** The prefix of a line of that severity. */
export type Mark = (severity: Severity) => string;

/** For a terminal or a file, where a line's own words have to do. */
export const unmarked: Mark = () => '';

/** The priorities that the journal takes from a line's beginning (sd-daemon(3): SD_ERR, SD_WARNING, SD_INFO). */
const PRIORITIES = { error: '<3>', warning: '<4>', info: '<6>' } as const;

/** For the journal: `<3>`, `<4>` or `<6>`. */
export const journalMark: Mark = (severity) => PRIORITIES[severity];
