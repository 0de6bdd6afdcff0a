/** Names that globs are tried on. */
export const NAMES: readonly string[] = ['a', 'b', 'ab', 'ba', 'aab', '.x', '.a*a', 'ü', 'c'];

/** Segments of globs: each part of the syntax, alone and beside others. */
export const SEGMENTS: readonly string[] = [
  ...[
    'a',
    'ab',
    '.a\\*a',
    '.x',
    'ü',
    '*',
    '**',
    '?',
    'a*',
    '*b',
    '*a*b*',
    '.*',
    'a\\*',
    '?(a)b',
    '+(a)*',
    'a?',
  ],
  ...['[ab]', '[^b]*', '@(a|b)', '+(ab|a)', '{a,b}', '{a,.x}*', '**a'],
];
