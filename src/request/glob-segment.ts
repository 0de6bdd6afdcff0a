import micromatch from 'micromatch';

/** One segment of a glob, between two slashes. */
export type Segment =
  /** `**`: any number of names, also none. */
  | { readonly kind: 'globstar' }
  /** One name. `literal`: the only one that matches, as text; `null`: there may be others. */
  | {
      readonly kind: 'name';
      readonly literal: string | null;
      readonly matches: (name: string) => boolean;
    };

/**
 * Characters that mean more than a wildcard, even outside of an extglob, and a backslash with nothing behind it.
 * micromatch matches segments with them.
 */
const INTRICATE = /[[\](){}|"]|(?<!\\)(?:\\\\)*\\$/;

const ANY = -1;
const STAR = -2;

/** Reads one segment of a pattern whose braces are expanded. @throws SyntaxError as micromatch does */
export function parseSegment(text: string): Segment {
  if (text === '**') return { kind: 'globstar' };
  if (INTRICATE.test(text)) return { kind: 'name', literal: null, matches: micromatchMatcher(text) };
  const tokens = tokenize(text);
  if (tokens.some((token) => token < 0))
    return { kind: 'name', literal: null, matches: (name) => matchesTokens(tokens, name) };
  const literal = String.fromCharCode(...tokens);
  return { kind: 'name', literal, matches: (name) => name === literal };
}

/**
 * A matcher by micromatch's own expression, of a segment or a path. In it the dot and negations stop at the end of a
 * line; a name may contain one.
 *
 * @throws SyntaxError as micromatch does
 */
export function micromatchMatcher(pattern: string): (text: string) => boolean {
  const ending = pattern.replace(MANY_BACKSLASHES, (run) => '[\\\\]'.repeat(run.length / 2));
  // picomatch's short way takes the backslashes of `\\ü|` for one that quotes.
  const { source } = micromatch.makeRe(ending, { dot: true, nonegate: true, posix: true, fastpaths: false });
  const expression = new RegExp(source, 's');
  return (text) => expression.test(text);
}

/** Pairs of backslashes at the end, from two pairs on: picomatch 2.3.2 steps over the end there, and never stops. */
const MANY_BACKSLASHES = /(?<!\\)(?:\\\\){2,}(?=\\?$)/;

/** The wildcards and UTF-16 code units of a segment; micromatch's `?` matches one code unit. */
function tokenize(text: string): readonly number[] {
  const tokens: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '?') {
      tokens.push(ANY);
      continue;
    } else if (text[at] === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
      continue;
    }
    tokens.push(text.charCodeAt(at));
  }
  return tokens;
}

/**
 * Matches greedily: only the last star is tried again, so `*a*a*a*b` costs no more than pattern times name.
 */
function matchesTokens(tokens: readonly number[], name: string): boolean {
  let [token, at, star, starAt] = [0, 0, -1, 0];
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      star = token;
      starAt = at;
      token += 1;
    } else if (wanted === ANY || wanted === name.charCodeAt(at)) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      token = star + 1;
    } else {
      return false;
    }
  }
  return tokens[token] === STAR ? token + 1 === tokens.length : token === tokens.length;
}
