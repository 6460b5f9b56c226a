/**
 * What a thread reads of its backends is read into these bytes, from whichever connection: what is
 * kept of it is copied before the next read. No connection has memory of its own.
 */
export const readBytes = Buffer.allocUnsafeSlow(65_536);
