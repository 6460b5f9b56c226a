/** Systems by what a browser says of itself; the first that fits. */
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];
/** Browsers: those that name another beside themselves come before it. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?(?:iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFxiOS\/|\bFirefox\//, "Firefox"],
  [/\bCriOS\/|\bChrome\/|\bChromium\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
];

const mostCharacters = 80;

/**
 * Browser and system in words, such as `Firefox on Android`, for the person whose it is. It is what
 * the browser says of itself, and nothing is decided by it.
 */
export function browserWords(userAgent: string | undefined): string {
  const agent = (userAgent ?? "").slice(0, 400);
  const browser = browsers.find(([form]) => form.test(agent))?.[1];
  const system = systems.find(([form]) => form.test(agent))?.[1];
  return [browser, system].filter((word) => word !== undefined).join(" on ");
}

const appForm = /^([A-Za-z0-9._-]{1,64})\/([0-9A-Za-z.+-]{1,32})(?: \(([^()]{0,100})\))?$/;

/**
 * App, build and system in words, such as `harbour-ios 3.4.1 on ios 19.1`, from the field
 * `Portcullis-App`; where it is absent, what a browser says.
 */
export function appWords(app: string | undefined, userAgent: string | undefined): string {
  const [, name, version, comment] = appForm.exec(app ?? "") ?? [];
  if (name === undefined || version === undefined) return browserWords(userAgent);
  const system = comment?.split(";").at(-1)?.trim();
  return [`${name} ${version}`, ...(system === undefined || system === "" ? [] : [system])]
    .join(" on ")
    .slice(0, mostCharacters);
}
