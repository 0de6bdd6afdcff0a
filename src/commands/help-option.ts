/** The option of every command that shows its help, as commander takes it. */
export const HELP_OPTION = ['-h, --help', 'show this help'] as const;
