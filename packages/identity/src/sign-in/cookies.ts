/** Over https a cookie is this host's alone (RFC 6265bis section 4.1.3.2). */
export const cookieName = (issuer: string, name: string): string =>
  issuer.startsWith("https:") ? `__Host-${name}` : name;

/** @returns the value of a cookie; undefined when it is absent, or there twice */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? "").split(";").flatMap((part) => {
    const equals = part.indexOf("=");
    return equals !== -1 && part.slice(0, equals).trim() === name
      ? [part.slice(equals + 1).trim()]
      : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** The Set-Cookie value of a cookie that scripts cannot read. */
export function setCookie(
  issuer: string,
  name: string,
  value: string,
  maxAgeSeconds: number,
): string {
  const secure = issuer.startsWith("https:") ? "; Secure" : "";
  const rules = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
  return `${cookieName(issuer, name)}=${value}; ${rules}`;
}
