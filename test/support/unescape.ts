/** What must never be printed as it is: C0, DEL, C1, bidirectional marks, U+2028, U+2029, and what replaces bad UTF-8. */
export const HARMFUL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** The exact bytes of a name that was printed escaped: `\\`, `\xff` for a byte, `\u202e` for a character. */
export function unescapeName(printed: string): string {
  const bytes = printed.replace(
    /\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4}))|[^\\]/gu,
    (all, byte?: string, char?: string) => {
      if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
      const text =
        char === undefined ? all.replace('\\\\', '\\') : String.fromCharCode(Number.parseInt(char, 16));
      return Buffer.from(text).toString('latin1');
    },
  );
  return bytes;
}
