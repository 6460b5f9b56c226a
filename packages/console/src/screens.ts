import type { ComponentType } from "preact";
import type { PageName } from "./frame/pages.ts";

/** A page is loaded when it is gone to. */
export const screens: Readonly<Record<PageName, () => Promise<ComponentType>>> = {
  overview: async () => (await import("./screens/overview/overview.tsx")).Overview,
  incidents: async () => (await import("./screens/incidents/incidents.tsx")).Incidents,
  operations: async () => (await import("./screens/operations/operations.tsx")).Operations,
  apps: async () => (await import("./screens/apps/apps.tsx")).Apps,
  changes: async () => (await import("./screens/changes/changes.tsx")).Changes,
  posture: async () => (await import("./screens/posture/posture.tsx")).Posture,
  callers: async () => (await import("./screens/callers/callers.tsx")).Callers,
  live: async () => (await import("./screens/live/live.tsx")).Live,
};
