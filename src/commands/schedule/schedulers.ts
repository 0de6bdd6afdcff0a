export const SCHEDULERS = ['cron', 'systemd', 'kubernetes'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];
