import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { commandText } from "../../text/shell.ts";
import { visibleText } from "../../text/visible.ts";
import { appWords as words } from "../../words/apps.ts";

export type Release = AnswerTo<"GET /releases">["items"][number];

/** Tells the gate of a release, as a pipeline would; it is withdrawn to undo it. */
export function sayAct(app: string, version: string, after: () => void): Act {
  const name = words.sayName(visibleText(app), visibleText(version));
  return {
    id: `say ${app} ${version}`,
    name,
    needs: "operator",
    reach: words.sayReach,
    why: words.sayWhy,
    command: commandText("portcullis", "release", app, version),
    run: async (why) => {
      await ask("POST /releases", { body: { app, version }, why });
      after();
      return {
        name,
        run: async () => {
          await ask("DELETE /releases/{app}/{version}", { path: { app, version } });
          after();
        },
      };
    },
  };
}

/** It can be said again, at the time at which it was. */
export function withdrawAct({ app, at, note, version }: Release, after: () => void): Act {
  const name = words.withdrawName(visibleText(app), visibleText(version));
  return {
    id: `withdraw ${app} ${version}`,
    name,
    needs: "operator",
    reach: words.withdrawReach,
    why: words.withdrawWhy,
    command: commandText("portcullis", "release", "withdraw", app, version),
    run: async (why) => {
      await ask("DELETE /releases/{app}/{version}", { path: { app, version }, why });
      after();
      return {
        name,
        run: async () => {
          await ask("POST /releases", {
            body: { app, version, at, ...(note === undefined ? {} : { note }) },
          });
          after();
        },
      };
    },
  };
}
