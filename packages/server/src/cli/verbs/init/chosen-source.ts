import { nearest } from "@portcullis/guard/policy";
import {
  type PresetName,
  presetNames,
  presets,
  type SampleToken,
  signingAlgorithms,
  usualAlgorithms,
} from "@portcullis/guard/tokens";
import { fetchKeys, loopback } from "../../../keys/fetch-keys.ts";
import type { ProposedSource } from "../../../policy/propose-source.ts";
import { text } from "../../sources.ts";
import { Misuse, tableLines } from "../../terminal.ts";
import type { Command } from "../../verb.ts";
import { readSample } from "./sample-token.ts";

/** Who knows callers, and what a person is told of how it was found. */
export interface ChosenSource {
  readonly source: ProposedSource;
  readonly told: readonly string[];
}

/**
 * What --preset, --issuer, --audience and --token say together; undefined where none is given.
 *
 * @throws Misuse where it cannot be a source that `check` takes
 */
export async function chooseSource({ values }: Command): Promise<ChosenSource | undefined> {
  const preset = presetOf(text(values["preset"]));
  const issuer = issuerOf(text(values["issuer"]));
  const audience = text(values["audience"]);
  const token = text(values["token"]);
  if (token !== undefined)
    return fromSample(await readSample(token, preset), { preset, issuer, audience });
  if (preset !== undefined) {
    if (issuer === undefined)
      throw new Misuse(
        `--preset ${preset} needs --issuer: the address that stands in iss of its tokens.`,
      );
    return completed({ ...nothing, preset, issuer, ...partiesOf(preset, issuer, audience) }, []);
  }
  if (issuer !== undefined || audience !== undefined)
    throw new Misuse(
      `--issuer and --audience say how to read tokens beside --preset (${presetNames.join(", ")}) or --token.`,
    );
  return undefined;
}

const nothing = {
  audience: undefined,
  client: undefined,
  sharedSecret: undefined,
  algorithm: undefined,
  anyType: false,
  claims: {},
  remarks: [],
} satisfies Partial<ProposedSource>;

function presetOf(written: string | undefined): PresetName | undefined {
  if (written === undefined) return undefined;
  const known = presetNames.find((name) => name === written);
  if (known !== undefined) return known;
  const meant = nearest(written, presetNames);
  throw new Misuse(
    `there is no preset ${JSON.stringify(written)}${meant === undefined ? "" : `; did you mean '${meant}'?`}\nThere are ${presetNames.join(", ")}.`,
  );
}

function issuerOf(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  // URL.parse leaves out blanks and ends of lines, which iss would have.
  const url = /[\s\p{C}]/u.test(written) ? null : URL.parse(written);
  const isSafe =
    url?.protocol === "https:" || (url?.protocol === "http:" && loopback.has(url.hostname));
  if (url === null || !isSafe || `${url.username}${url.password}${url.hash}${url.search}` !== "")
    throw new Misuse(
      "the issuer is not understood; expected an address such as https://login.example.com, to the letter as it stands in iss.",
    );
  return written;
}

/** For whom tokens must be made: without it, every token of the issuer would be taken. */
function partiesOf(
  preset: PresetName,
  issuer: string,
  audience: string | undefined,
): Pick<ProposedSource, "audience" | "client"> {
  if (presets[preset].withoutAudience === true) {
    if (audience !== undefined) return { audience: undefined, client: audience };
    throw new Misuse(
      `tokens of ${preset} have no audience: name the client whose tokens are taken with --audience.`,
    );
  }
  const known: Partial<Record<PresetName, string>> = {
    firebase: issuer.slice(issuer.lastIndexOf("/") + 1),
    supabase: "authenticated",
  };
  const named = audience ?? known[preset];
  if (named !== undefined) return { audience: named, client: undefined };
  throw new Misuse(
    "without --audience, every token of the issuer would be taken, whomever it was made for. Give what stands in aud of tokens for this API.",
  );
}

interface Said {
  readonly preset: PresetName | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** Audiences that every token of an issuer may have beside the API's own. */
const general = /^account$|\/userinfo$/;

function fromSample(sample: SampleToken, said: Said): Promise<ChosenSource> {
  const { algorithm, audiences, client, isTyped, places } = sample;
  const shared = /^HS(256|384|512)$/.test(algorithm) ? algorithm : undefined;
  refuseUnfit(sample, said, shared);
  // Presets name public keys, and a shared secret never stands beside those.
  const preset = shared === undefined ? sample.preset : undefined;
  const aud = said.audience ?? audiences.find((one) => !general.test(one)) ?? audiences[0];
  const byClient = preset !== undefined && presets[preset].withoutAudience === true;
  const parties = byClient
    ? { audience: undefined, client: said.audience ?? client }
    : { audience: aud, client: aud === undefined ? client : undefined };
  if (shared === undefined && parties.audience === undefined && parties.client === undefined)
    throw new Misuse(
      "the token says neither for whom it is (aud) nor which client has it. Give --audience, and let the issuer put it into its tokens.",
    );
  const byHand = shared !== undefined && sample.preset !== undefined;
  const claims = Object.fromEntries(
    places.flatMap(({ place, unusual, what }) =>
      place !== undefined && (unusual || byHand) ? [[what, place]] : [],
    ),
  );
  return completed(
    {
      issuer: shared === undefined ? issuerOf(sample.issuer) : undefined,
      preset,
      ...parties,
      sharedSecret: shared,
      algorithm:
        shared === undefined && !usualAlgorithms.includes(algorithm) ? algorithm : undefined,
      anyType: preset === undefined && shared === undefined && !isTyped,
      claims,
      remarks: [
        "Read from one token that nobody verified: look at each line.",
        ...(audiences.length > 1 && said.audience === undefined
          ? ["The token has several audiences; this must be the API's own."]
          : []),
      ],
    },
    sampleLines(sample, preset),
    said.issuer !== undefined,
  );
}

function refuseUnfit(sample: SampleToken, said: Said, shared: string | undefined): void {
  const { algorithm, issuer, notAccess, places, preset } = sample;
  if (said.preset !== undefined && preset !== said.preset)
    throw new Misuse(
      `the token does not have the shape of ${said.preset}. Without --preset, init says which it has.`,
    );
  if (notAccess !== undefined)
    throw new Misuse(
      "the token is no access token (it looks like an ID or logout token). Take the one that apps send to the API.",
    );
  if (shared === undefined && !signingAlgorithms.has(algorithm))
    throw new Misuse("the token is signed by no algorithm that is accepted (alg).");
  if (shared === undefined && issuer === undefined)
    throw new Misuse("the token does not name its issuer (iss), whose keys would verify it.");
  if (said.issuer !== undefined && issuer !== said.issuer)
    throw new Misuse(
      "--issuer is not what stands in the token's iss; they must agree to the letter.",
    );
  if (places.every(({ place, what }) => what !== "sub" || place === undefined))
    throw new Misuse("the token names nobody: none of its claims is known to hold a subject.");
}

const sampleLines = (sample: SampleToken, preset: string | undefined): readonly string[] => [
  preset === undefined
    ? "The token fits no preset; its claims are named one by one."
    : `The token has the shape of ${preset}.`,
  tableLines([
    ["WHAT", "READ FROM"],
    ...sample.places.map(({ place, what }) => [what, place ?? "(the token has none)"]),
  ]),
  "Nothing of it was verified, kept or written down but what the source names.",
];

/** Asks the issuer for its keys, where a person has named it: a token may name any address. */
async function completed(
  source: ProposedSource,
  told: readonly string[],
  asks = true,
): Promise<ChosenSource> {
  const { issuer } = source;
  const preset = source.preset === undefined ? undefined : presets[source.preset as PresetName];
  if (issuer !== undefined && preset?.issuer !== undefined && !preset.issuer.test(issuer))
    throw new Misuse(
      `issuers of ${source.preset} have another form: ${preset.issuer.source.replaceAll("\\", "")}`,
    );
  if (issuer === undefined || !asks) return { source, told };
  try {
    const { keys } = await fetchKeys(issuer, preset?.jwksUri?.(issuer));
    return { source, told: [...told, `The issuer has answered with ${keys.length} key(s).`] };
  } catch (fault) {
    const why = (fault as Error).message.replaceAll(/\p{C}+/gu, " ").slice(0, 300);
    const remark = `The issuer's keys could not be read when this was written: ${why}`;
    return { source: { ...source, remarks: [...source.remarks, remark] }, told: [...told, remark] };
  }
}
