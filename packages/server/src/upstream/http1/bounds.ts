/** What an answer's head and its trailers may be, in bytes; as much as node:http takes in all. */
export const mostHeadBytes = 16_384;
export const mostLineBytes = 8192;
export const mostFields = 256;
/** Interim answers (1xx) before the answer itself. */
export const mostInterim = 16;
/** The extensions of one chunk; nobody sends any, and they are read and dropped. */
export const mostExtensionBytes = 256;
/** A body's extensions together: each chunk could carry more of them than data. */
export const mostExtensionsBytes = 16_384;
/** Hexadecimal digits of a chunk's size: as many as a double counts exactly. */
export const mostSizeDigits = 13;
/** Decimal digits of a Content-Length, likewise. */
export const mostLengthDigits = 15;
