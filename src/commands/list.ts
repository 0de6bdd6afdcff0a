import type { CommandEntry } from './command.ts';

/** Every command but the sweep itself. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    usage: 'run [options] -- <command...>',
    summary: 'run a command, then sweep what it left, however it ended',
    load: async () => (await import('./run/definition.ts')).defineRun,
  },
  {
    name: 'inspect',
    usage: 'inspect [options] [target...]',
    summary: 'show what was left, by which CRIU run, and why',
    load: async () => (await import('./inspect/definition.ts')).defineInspect,
  },
  {
    name: 'doctor',
    usage: 'doctor [options]',
    summary: "is this host's CRIU one that leaves directories; can a sweep see enough",
    load: async () => (await import('./doctor/definition.ts')).defineDoctor,
  },
  {
    name: 'schedule',
    usage: 'schedule <cron|systemd|kubernetes> [options] -- <target...>',
    summary: 'print what makes a sweep run periodically',
    load: async () => (await import('./schedule/definition.ts')).defineSchedule,
  },
  {
    name: 'catalogue',
    usage: 'catalogue [options]',
    summary: 'print what is ever removed, and the directories of --known',
    load: async () => (await import('./catalogue/definition.ts')).defineCatalogue,
  },
  {
    name: 'completion',
    usage: 'completion <bash|zsh|fish>',
    summary: "print the shell's completion script",
    load: async () => (await import('./completion/definition.ts')).defineCompletion,
  },
  {
    name: 'help',
    usage: 'help [command]',
    summary: 'the same as --help',
    load: async () => (await import('./help/definition.ts')).defineHelp,
  },
];
