import type { Counts, Summary } from '../model/events.ts';
import type { Item, Why } from '../model/model.ts';

const LAST_SUCCESS = 'criu_sweep_last_success_timestamp_seconds';

/** All reasons, so that each has its time series from the first run on. */
const REASONS: Readonly<Record<Why, null>> = {
  mounted: null,
  'not-a-directory': null,
  owner: null,
  mode: null,
  'too-young': null,
  future: null,
  excluded: null,
  unknown: null,
  'not-empty': null,
  'in-use': null,
  locked: null,
};

/** The facts about a finished sweep that are measured. */
export interface Measured {
  readonly version: string;
  readonly summary: Summary;
  /** Whether nothing was left undone. */
  readonly succeeded: boolean;
  /** The time of the last success before this run, in seconds since 1970; 0: never. */
  readonly lastSuccess: number;
}

/**
 * Writes the metrics of one sweep in Prometheus' text format (version 0.0.4), for node_exporter's textfile
 * collector. No label has a path: other users choose names, and each would become a time series of its own.
 */
export async function metricsText({ version, summary, succeeded, lastSuccess }: Measured): Promise<string> {
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const labelled = (name: string, help: string, label: string, values: Readonly<Record<string, number>>) => {
    const family = new Gauge({ name, help, labelNames: [label], registers: [registry] });
    for (const [value, count] of Object.entries(values)) family.set({ [label]: value }, count);
  };
  const ended = summary.finishedAt / 1000;
  gauge('criu_sweep_last_run_timestamp_seconds', 'When the last sweep ended, in seconds since 1970.').set(
    ended,
  );
  gauge(
    LAST_SUCCESS,
    'When a sweep last ended with nothing left undone, in seconds since 1970; 0: never.',
  ).set(succeeded ? ended : lastSuccess);
  gauge('criu_sweep_duration_seconds', 'How long the last sweep took.').set(summary.durationMs / 1000);
  labelled(
    'criu_sweep_directories',
    'Directories that the last sweep found, by what came of them.',
    'outcome',
    byOutcome(summary.counts),
  );
  labelled(
    'criu_sweep_kept_directories',
    'Directories that the last sweep kept, by reason; one with several reasons counts for each.',
    'reason',
    byReason(summary.counts),
  );
  gauge('criu_sweep_errors', 'Targets, directories and processes that the last sweep failed to look at.').set(
    summary.incomplete,
  );
  gauge(
    'criu_sweep_look_complete',
    '0: not all who use directories could be seen, so what CRIU mounts things on was kept; 1: they could, or there was nothing to ask.',
  ).set(summary.blindness === null ? 1 : 0);
  gauge(
    'criu_sweep_unreadable_processes',
    'Processes of which the last sweep could not see what they use.',
  ).set(summary.inUse.unreadableProcesses);
  labelled('criu_sweep_build_info', 'The version that ran last; always 1.', 'version', { [version]: 1 });
  return registry.metrics();
}

function byOutcome(counts: Counts): Readonly<Record<Item['result']['outcome'], number>> {
  const { removed, wouldRemove, kept, vanished, failed } = counts;
  return { removed, 'would-remove': wouldRemove, kept, vanished, failed };
}

function byReason({ keptBy }: Counts): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.keys(REASONS)
      .map((why) => [why, 0])
      .concat(Object.entries(keptBy)),
  );
}

/** Reads the time of the last success from a metrics file, in seconds since 1970; 0 if it tells none. */
export function lastSuccessIn(text: string): number {
  const value = new RegExp(`^${LAST_SUCCESS} (\\S+)$`, 'm').exec(text)?.[1];
  const seconds = Number(value ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}
