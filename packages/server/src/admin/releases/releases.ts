import { isEvent, type Release, releaseSources } from "../../watch/releases/release.ts";
import {
  created,
  mostOf,
  mostParameter,
  ok,
  Refused,
  refusing,
  route,
  type Route,
} from "../route.ts";
import { object, text } from "../shape.ts";
import { ReleaseFault, type Releasing } from "./releasing.ts";

/** What was released when. */
export interface Releases {
  readonly releases: Pick<Releasing, "all" | "say" | "withdraw">;
}

const newRelease = object({ app: text, version: text }, { at: text, note: text });

const string = { type: "string" };
const always = {
  app: string,
  version: string,
  at: { ...string, format: "date-time" },
  source: {
    ...string,
    enum: releaseSources,
    description:
      "said: by a person or a pipeline; seen: callers came with it; found: it was there.",
  },
};
const listed = {
  type: "object",
  properties: { ...always, by: string, note: string },
  required: Object.keys(always),
};
const few = 100;

/** A release as it is shown. What is undefined leaves no key in JSON. */
export const shownRelease = ({ atMs, ...rest }: Release) => ({
  ...rest,
  at: new Date(atMs).toISOString(),
});

/** Versions of apps, since when people have them. */
export const releaseRoutes = ({ releases }: Releases): readonly Route[] => [
  route({
    method: "GET",
    path: "/releases",
    operationId: "listReleases",
    summary: "Versions of apps that people were given, and when",
    needs: "viewer",
    query: [
      { name: "app", description: "Of one app.", schema: string },
      {
        name: "found",
        description: "With true, also versions that were in use before anybody looked.",
        schema: { enum: ["true", "false"] },
      },
      mostParameter(few),
    ],
    answer: {
      status: 200,
      description: "The newest first.",
      schema: {
        type: "object",
        properties: { items: { type: "array", items: listed } },
        required: ["items"],
      },
    },
    handle: ({ query }) => {
      const [app, withFound] = [query.get("app"), query.get("found") === "true"];
      const fits = releases
        .all()
        .filter((one) => (app === null || one.app === app) && (withFound || isEvent(one)));
      return ok({ items: fits.slice(0, mostOf(query, few)).map(shownRelease) });
    },
  }),
  route({
    method: "POST",
    path: "/releases",
    operationId: "addRelease",
    summary: "Says that a version of an app was released",
    needs: "operator",
    body: newRelease,
    answer: {
      status: 201,
      description: "It is known on every node within seconds; said again, it stays as it was.",
      schema: listed,
    },
    handle: refusing(ReleaseFault, async ({ body: { app, at, note, version }, by }) =>
      created(
        shownRelease(await releases.say({ app, version, at, note, by: by?.actor ?? "nobody" })),
      ),
    ),
  }),
  route({
    method: "DELETE",
    path: "/releases/{app}/{version}",
    operationId: "withdrawRelease",
    summary: "Takes back that a version was released",
    needs: "operator",
    answer: { status: 200, description: "It explains nothing any more.", schema: listed },
    handle: async ({ path }) => {
      const gone = await releases.withdraw(path["app"] ?? "", path["version"] ?? "");
      if (gone === undefined) throw new Refused(404, "There is no such release");
      return ok(shownRelease(gone));
    },
  }),
];
