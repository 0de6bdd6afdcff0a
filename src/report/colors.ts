import { inspect } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** The colours of one stream; where it is not coloured, each gives its text back as it is. */
export type Colors = Readonly<Record<Style, (text: string) => string>>;

/**
 * The colours of a stream. The usual libraries ask `process.stdout` for a terminal as soon as they are loaded, and that
 * alone makes a pipe non-blocking for everybody who shares it; so the codes are Node's own (`util.inspect.colors`).
 */
export function createColors(enabled: boolean): Colors {
  const style = (name: Style) => (enabled ? painter(...(inspect.colors[name] ?? [0, 0])) : plain);
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    blue: style('blue'),
    magenta: style('magenta'),
    cyan: style('cyan'),
  };
}

/** Select Graphic Rendition (ECMA-48, 8.3.117). */
function painter(open: number, close: number): (text: string) => string {
  return (text) => `\x1b[${open}m${text}\x1b[${close}m`;
}

function plain(text: string): string {
  return text;
}
