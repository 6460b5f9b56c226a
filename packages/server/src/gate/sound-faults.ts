/**
 * Codes of what fails on one connection, stream or file, wherever it is thrown: what else the thread
 * holds is not touched by it.
 */
const ofOneConnection = /^(E[A-Z0-9]+|HPE_.*|UND_ERR_.*|ERR_(HTTP2?|STREAM|SOCKET|SSL|TLS)_.*)$/;

/**
 * Whether a thread may go on after an exception that nobody has caught. A connection that broke is
 * no reason to end; a fault of a program has left something half done, and nobody knows what.
 */
export const leavesStateSound = (fault: unknown): boolean =>
  fault instanceof Error &&
  "code" in fault &&
  typeof fault.code === "string" &&
  ofOneConnection.test(fault.code) &&
  !/^ERR_(INVALID|MISSING)_/.test(fault.code);
