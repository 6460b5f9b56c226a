const plainName = /^[A-Za-z0-9_.$*~{}[\]-]{1,64}$/;

/**
 * Names in a pointer or of a parameter are the caller's or the backend's own words where nothing
 * declares them, and may be an e-mail address: only what looks like a name is kept.
 */
export function nameOnly(pointer: string): string {
  return pointer
    .split("/")
    .map((part) => (part === "" || plainName.test(part) ? part : "(name)"))
    .join("/");
}
