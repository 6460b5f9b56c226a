import type { AdminParts } from "../../packages/server/src/admin/routes.ts";

/** One operation with one rule, at which nobody was refused. */
export const servedGuarding: AdminParts["guarding"] = {
  guarded: () => [
    {
      name: "listNotes",
      place: "GET /notes",
      tags: [],
      modes: { ownership: "observe" },
      rules: { ownership: "/owner is token.sub" },
      holes: [],
    },
  ],
  holding: async () => [],
  keptMs: () => 86_400_000,
  series: async ({ by }) => ({
    items: [
      {
        at: "2026-11-20T10:00:00.000Z",
        operation: "listNotes",
        requests: 3,
        decided: 0,
        ...(by.includes("appVersion") ? { appVersion: "3.4.1" } : {}),
      },
    ],
    estimated: false,
    missing: [],
  }),
  forecast: async ({ controls }) => ({
    controls: controls.map(({ key }) => ({ key, builds: [], steps: [], unnamed: 0 })),
    missing: [],
  }),
};
