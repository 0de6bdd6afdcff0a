const MAIN = 'criu-sweep,find,bfs,floor';
const FLOORS = `${MAIN},node-loop`;
const RESULTS = 'bench/results';

/** The options of the runs that the published tables are made of. */
const PUBLISHED: readonly string[] = [
  '--fs tmpfs',
  `--fs tmpfs --tools ${FLOORS} --sizes 10000,100000,1000000 --runs 2 --only removal,report --patience 90 --output-dir ${RESULTS}/million`,
  `--fs disk --tools ${MAIN},systemd-tmpfiles --sizes 100000 --runs 2 --only removal,dry-run,deep,cold --patience 120 --output-dir ${RESULTS}/disk`,
  `--fs xfs,btrfs --tools ${MAIN} --sizes 100000 --runs 2 --only dry-run --patience 120 --output-dir ${RESULTS}/file-systems`,
  `--fs tmpfs --tools ${MAIN} --runs 2 --only deeper --patience 90 --output-dir ${RESULTS}/deeper`,
];

/**
 * The command lines that are to be run: with `--published` as the first word one for each published table, each with all
 * other words behind; else that one.
 *
 * @param argv `process.argv`
 */
export function runsOf(argv: readonly string[]): readonly (readonly string[])[] {
  const [node = '', script = '', first, ...rest] = argv;
  if (first !== '--published') return [argv];
  return PUBLISHED.map((options) => [node, script, ...options.split(' ').filter(Boolean), ...rest]);
}
