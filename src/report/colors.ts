import type picocolors from 'picocolors';

/** The colours of one stream; where it is not coloured, each gives its text back as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>;
