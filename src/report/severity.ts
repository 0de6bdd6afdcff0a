/** The importance of a message, in the words of syslog(3). */
export type Severity = 'error' | 'warning' | 'info';

/** A function that gives the prefix of a line by its severity. */
export type Mark = (severity: Severity) => string;

/** No prefix, for a terminal or a file. */
export const unmarked: Mark = () => '';

/** The prefixes that the journal reads (sd-daemon(3): SD_ERR, SD_WARNING, SD_INFO). */
const PRIORITIES = { error: '<3>', warning: '<4>', info: '<6>' } as const;

/** The prefix for the journal: `<3>`, `<4>` or `<6>`. */
export const journalMark: Mark = (severity) => PRIORITIES[severity];
