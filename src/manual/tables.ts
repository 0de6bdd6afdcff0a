import type { CatalogueRow } from '../criu/catalogue.ts';
import { boundsText, type KnownWorkDir, type MovableRoot } from '../criu/work-dirs.ts';
import { makersText, modesText, mountedText, nameText, placesText } from '../report/kind-words.ts';

/** The kinds of leftovers as a Markdown table, numbered in the catalogue's order. */
export function kindsTable(kinds: readonly CatalogueRow[]): string {
  const rows = kinds.map((kind, at) => [
    `${at + 1}`,
    code(nameText(kind)),
    modesText(kind),
    placesText(kind),
    makersText(kind),
    kind.versions,
    kind.left,
    mountedText(kind),
    kind.source,
  ]);
  const head = [
    '#',
    'name',
    'mode',
    'where',
    'made by',
    'versions',
    'left behind',
    'mounted on it',
    'source',
  ];
  return table(head, rows);
}

/** The directories of `--known` as a Markdown table. */
export function workDirsTable(workDirs: readonly KnownWorkDir[]): string {
  const rows = workDirs.map(({ callers, target, bounds, source }) => [
    callers.join(', '),
    target === null ? 'its user chooses it: name it as a target' : code(target),
    (target === null ? null : boundsText(bounds)) ?? '',
    source,
  ]);
  return table(['caller', 'directory', 'searched', 'what it is'], rows);
}

/** The roots that configuration files move, as a Markdown table. */
export function movableRootsTable(roots: readonly MovableRoot[]): string {
  const rows = roots.map(({ directory, keys, file }) => [code(directory), code(keys.join('.')), code(file)]);
  return table(['root', 'moved by', 'of'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Words as they are in a cell: neither its end, nor a tag (`<id>`), nor emphasis. */
function cell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[*<]/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|');
}
