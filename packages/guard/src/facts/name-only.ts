const plainName = /^[A-Za-z0-9_.$*~{}[\]-]{1,64}$/;
/** What has so many digits is somebody's number, an id or a token, and no name of a field. */
const numberOfSomebody = /(?:\d\D*){6}/;

/**
 * Names in a pointer or of a parameter are the caller's or the backend's own words where nothing
 * declares them, and may be an e-mail address or a token: only what looks like a name is kept.
 */
export function nameOnly(pointer: string): string {
  return pointer
    .split("/")
    .map((part) => (part === "" || isName(part) ? part : "(name)"))
    .join("/");
}

const isName = (part: string): boolean => plainName.test(part) && !numberOfSomebody.test(part);

/** The top-level types of the IANA's registry. */
const mediaType =
  /^\s*((?:application|audio|example|font|haptics|image|message|model|multipart|text)\/[A-Za-z0-9.+-]{1,48})\s*(?:;|$)/i;

/** A content type is the caller's own words too, and so are its parameters. */
export function mediaTypeOnly(contentType: string): string {
  const named = mediaType.exec(contentType)?.[1];
  return named === undefined || numberOfSomebody.test(named)
    ? "(no media type)"
    : named.toLowerCase();
}
