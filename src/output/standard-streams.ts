/** The descriptors of the standard streams (stdin(3)). */
export const STDOUT = 1;
export const STDERR = 2;
