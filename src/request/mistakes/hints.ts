/** The answers, each with the words, mostly of other programs, that ask for it. */
type Hints = readonly (readonly [words: string, hint: string])[];

const SHOW = 'criu-sweep -n DIR shows what would be removed, criu-sweep inspect DIR why it lies there';
const REPEAT = 'criu-sweep schedule prints what repeats a sweep, --every repeats it in the foreground';

/** `…` stands for the rest of the command line. */
const COMMANDS: Hints = [
  [
    'sweep clean cleanup clear collect rm remove delete del purge prune gc wipe start apply',
    'sweeping is the default: criu-sweep …',
  ],
  ['list ls find show scan search status state report info stats plan preview', SHOW],
  ['check test verify', 'criu-sweep --check DIR exits 1 when there is something to remove'],
  ['dry-run dryrun simulate', 'criu-sweep -n DIR says what would be removed'],
  ['version', 'criu-sweep --version'],
  ['man manual usage', 'criu-sweep --help, or man criu-sweep'],
  ['why explain log logs history audit', 'criu-sweep inspect DIR tells which run left what, and why'],
  ['diagnose diagnostics health healthcheck self-test', 'criu-sweep doctor checks this host'],
  [
    'daemon watch serve service monitor timer cron crontab systemd kubernetes k8s install enable setup',
    REPEAT,
  ],
  ['exec wrap with', 'criu-sweep run -- COMMAND runs a command, and sweeps what it left'],
  ['bash zsh fish completions autocomplete', 'criu-sweep completion bash, zsh or fish prints the script'],
  [
    'config configure settings init',
    'there is no configuration file: options say all, see criu-sweep --help',
  ],
  ['all known everything', 'criu-sweep --known sweeps the known work directories'],
];

const OPTIONS: Hints = [
  ['--force -f --unsafe', 'nothing is forced: what is kept is kept for a reason, which -v says'],
  [
    '-y --yes --assume-yes --no-confirm --confirm -i --interactive',
    'nothing is asked; -n shows what would go',
  ],
  ['-r -R --recursive --recurse', 'every depth is searched as it is; --max-depth limits it'],
  ['--delete -delete --remove --apply --execute --do-it', 'to remove is the default; -n only shows'],
  ['--simulate --what-if --noop --no-op --preview --test --list', 'that is -n, --dry-run'],
  ['-N -D', 'options are lower-case: -n is --dry-run'],
  [
    '--age --min-age --max-age --mtime -mtime -mmin --days --hours --older --since --before -t',
    'the age is said by --older-than, like --older-than 2d',
  ],
  ['--user --uid -u -user -uid', 'whose directories is said by --owner'],
  ['--perm --perms -perm --permissions -m', 'their mode is said by --mode'],
  ['--pattern --name -name --glob --regex --match', 'what names begin with is said by --prefix'],
  ['--ignore --skip --omit', 'what is left alone is said by --exclude'],
  ['-o --output --out --outfile --output-file --log --logfile', '--report FILE writes the JSON report'],
  ['-s --silent', 'that is -q, --quiet'],
  ['-d --debug --trace', '-v says also what was kept, and why'],
  ['--timeout --time-limit', 'that is --max-runtime'],
  ['--limit --max --max-count -l', 'that is --max-removals'],
  ['--interval --watch --loop --daemon --repeat -w', 'that is --every'],
  ['-a --all', '--known is all known work directories, --owner any is everybody'],
  ['--depth -depth -maxdepth --maxdepth --levels', 'that is --max-depth'],
  [
    '-x --xdev -xdev --one-file-system -mount',
    'other file systems are not entered as it is; --cross-device enters them',
  ],
  ['-L --follow --dereference -follow', 'links are never followed'],
  ['-c --config --config-file', 'there is no configuration file: options say all'],
  ['--no-color --no-colour --monochrome', 'that is --color never'],
  [
    '-p --path --dir --directory --target --work-dir -W -C',
    'a directory is written without an option: criu-sweep DIR',
  ],
  ['-type -empty -print -exec --empty', 'a leftover has to be an empty directory as it is'],
  ['-? -help --usage', 'that is -h, --help'],
  ['-version', 'that is -V, --version'],
  ['-0 --stdin --from-file --files-from', 'targets are words of the command line: criu-sweep DIR…'],
];

/** The hint for a word that is no command. @param rest of the command line */
export function commandHint(word: string, rest: readonly string[]): string | null {
  return find(COMMANDS, word.toLowerCase())?.replace('…', rest.length > 0 ? rest.join(' ') : 'DIR') ?? null;
}

/** The hint for an option that does not exist. @param option `--force`, `-f` */
export function optionHint(option: string): string | null {
  return find(OPTIONS, option);
}

function find(hints: Hints, word: string): string | null {
  return hints.find(([words]) => words.split(' ').includes(word))?.[1] ?? null;
}
