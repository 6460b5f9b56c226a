import { type CompactToken, readCompactToken, type UnreadToken } from "../../jws/compact-token.ts";
import { checkRequired, checkType } from "./access-token.ts";
import { compileClaimPlace, firstOf, subjectOf, textOf } from "./claims.ts";
import { claimsOf } from "./plan-claims.ts";
import { type ClaimPlaces, type Preset, type PresetName, presetNames, presets } from "./presets.ts";

/** What one token of an issuer shows of its shape. Nothing of it is believed: nobody checked it. */
export interface SampleToken {
  readonly algorithm: string;
  /** Whether its header says `at+jwt` (RFC 9068). */
  readonly isTyped: boolean;
  readonly issuer: string | undefined;
  readonly audiences: readonly string[];
  readonly client: string | undefined;
  /** The preset that its shape fits; undefined where it fits none. */
  readonly preset: PresetName | undefined;
  /** Why no source takes it as an access token; undefined where it looks like one. */
  readonly notAccess: string | undefined;
  /** What would be read from where. */
  readonly places: readonly SamplePlace[];
}

export interface SamplePlace {
  readonly what: "sub" | "client" | "roles" | "scopes" | "tier" | "device" | "session";
  /** JSON pointers: where the token has it, or none where it has it nowhere. */
  readonly place: string | undefined;
  /** Whether it must be said by `claims`: neither preset nor usual places lead there. */
  readonly unusual: boolean;
}

/** A name that a policy can hold: of one line, without characters that nobody sees. */
const nameOf = (value: unknown): string | undefined => {
  const name = textOf(value);
  return name === undefined || /\p{C}/u.test(name) ? undefined : name;
};

type Payload = CompactToken["payload"];

const issuedBy =
  (form: RegExp) =>
  ({ iss }: Payload): boolean =>
    typeof iss === "string" && form.test(iss);
const hasClaim =
  (place: string, form: RegExp) =>
  (payload: Payload): boolean =>
    form.test(textOf(compileClaimPlace(place)(payload)) ?? "");

/** What only this issuer's tokens show, where what the preset requires is in others' tokens too. */
const signs: Partial<Record<PresetName, readonly ((payload: Payload) => boolean)[]>> = {
  auth0: [issuedBy(/^https:\/\/[a-z0-9.-]+\.auth0\.com\/$/), hasClaim("/sub", /^[a-z0-9-]+\|/)],
  clerk: [issuedBy(/\.clerk\.accounts\.dev$/), hasClaim("/sid", /^sess_/)],
  zitadel: [
    issuedBy(/\.zitadel\.cloud$/),
    (payload) => Object.keys(payload).some((name) => name.startsWith("urn:zitadel:")),
  ],
  ory: [
    issuedBy(/\.oryapis\.com$/),
    ({ ext, scp }) => typeof ext === "object" && Array.isArray(scp),
  ],
};

/** Whether a token has the shape that a preset asks for. */
export function fitsPreset(name: PresetName, read: CompactToken): boolean {
  const preset: Preset = presets[name];
  const { payload } = read;
  const requires = Object.entries(preset.requires).map(
    ([place, values]) => ({ place, values, read: compileClaimPlace(place) }) as const,
  );
  return (
    (preset.issuer === undefined || issuedBy(preset.issuer)(payload)) &&
    checkType(read, preset) === undefined &&
    checkRequired(payload, requires) === undefined
  );
}

const isOf = (name: PresetName, read: CompactToken): boolean =>
  fitsPreset(name, read) && (signs[name]?.some((shows) => shows(read.payload)) ?? true);

/** Where issuers without a preset put what a caller is, the usual place first. */
const candidates: Readonly<Record<SamplePlace["what"], readonly string[]>> = {
  sub: ["/sub", "/user_id", "/userId", "/uid"],
  client: ["/client_id", "/azp"],
  roles: ["/roles", "/role", "/realm_access/roles", "/groups"],
  scopes: ["/scope", "/scp", "/scopes"],
  tier: ["/tier", "/plan"],
  device: ["/device_id", "/deviceId"],
  session: ["/sid", "/session_id", "/session"],
};

/**
 * Reads a sample token without believing it: which preset it fits, and what would be read of it.
 *
 * @param named the preset that somebody named, in place of the one it fits best
 */
export function readSampleToken(token: string, named?: PresetName): SampleToken | UnreadToken {
  const read = readCompactToken(token);
  if ("unread" in read) return read;
  const { header, payload } = read;
  const { alg, typ } = header;
  const preset = presetNames.find((name) =>
    named === undefined ? isOf(name, read) : name === named && fitsPreset(name, read),
  );
  const places = placesOf(payload, preset === undefined ? undefined : presets[preset]);
  const client = places.find(({ what }) => what === "client")?.place;
  const { aud, iss } = payload;
  return {
    algorithm: typeof alg === "string" ? alg : "none",
    isTyped: typeof typ === "string" && /^(application\/)?at\+jwt$/i.test(typ),
    issuer: nameOf(iss),
    audiences: (Array.isArray(aud) ? aud : [aud]).flatMap((one) => nameOf(one) ?? []),
    client: client === undefined ? undefined : nameOf(compileClaimPlace(client)(payload)),
    preset,
    notAccess:
      preset === undefined ? checkType(read, { kind: "access", typ: "any" })?.detail : undefined,
    places,
  };
}

function placesOf(payload: Payload, preset: Preset | undefined): readonly SamplePlace[] {
  const said = claimsOf({}, preset);
  return (Object.keys(candidates) as SamplePlace["what"][]).map((what) => {
    const known = knownPlaces(said, what);
    const usual = known.find((place) => isThere(payload, what, place));
    if (usual !== undefined) return { what, place: usual, unusual: false };
    // What a preset says of its issuer is not guessed anew, but for what it says nothing of.
    const place =
      preset === undefined || known.length === 0
        ? candidates[what].find((one) => isThere(payload, what, one))
        : undefined;
    return { what, place, unusual: place !== undefined };
  });
}

const knownPlaces = (places: ClaimPlaces, what: SamplePlace["what"]): readonly string[] =>
  [places[what] ?? []].flat().map((place) => (place.startsWith("/") ? place : `/${place}`));

function isThere(payload: Payload, what: SamplePlace["what"], place: string): boolean {
  const value = firstOf([compileClaimPlace(place)], payload);
  if (what === "sub") return subjectOf(value) !== undefined;
  if (what === "roles" || what === "scopes")
    return textOf(value) !== undefined || (typeof value === "object" && value !== null);
  return textOf(value) !== undefined;
}
