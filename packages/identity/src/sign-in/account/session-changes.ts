import { type AccountChange, endElsewhere, noted, refused } from "./visit.ts";

export const endSession: AccountChange = async (visit, field) => {
  const { account, parts } = visit;
  const ended = await parts.sessions.end(
    { id: field("session"), accountId: account.id },
    "ended-by-owner",
  );
  return ended === 1 ? noted(visit, "session-ended") : refused(visit);
};

export const removeDevice: AccountChange = async (visit, field) =>
  (await visit.parts.sessions.removeDevice(visit.account.id, field("device")))
    ? noted(visit, "device-removed")
    : refused(visit);

/** Everywhere but in the browser in which it is asked for. */
export const endAllSessions: AccountChange = async (visit) => {
  await endElsewhere(visit, "ended-by-owner");
  return noted(visit, "sessions-ended");
};

/** A browser that is forgotten is asked for what a new one is asked for. */
export const forgetBrowser: AccountChange = async (visit, field) =>
  (await visit.parts.store.knownBrowsers.remove(visit.account.id, field("browser")))
    ? noted(visit, "browser-forgotten")
    : refused(visit);
