/** What operators and owners say while the program runs, beside the policy. */
export interface RunTimeTables {
  /** Modes over those of the policy. */
  switches: {
    id: string;
    operation: string;
    control: string | null;
    mode: string;
    app: string | null;
    percent: number | null;
    reason: string;
    created_by: string;
    created_at: number;
    ends_at: number | null;
    undone_by: string | null;
    undone_at: number | null;
  };
  /** Since when people have which version of an app. */
  releases: {
    app: string;
    version: string;
    source: string;
    released_at: number;
    said_by: string | null;
    note: string | null;
  };
  /** What nobody wants to be told of for a while. */
  mutes: {
    id: string;
    /** JSON. */
    document: string;
    ends_at: number;
  };
  /** What is done about incidents. */
  responses: {
    id: string;
    incident: string;
    /** JSON. */
    document: string;
    /** Whom it is about, sealed; base64. */
    hidden: string;
    created_at: number;
    ends_at: number;
    undone_at: number | null;
    undone_by: string | null;
  };
  /** What people let others use. */
  grants: {
    id: string;
    kind: string;
    from_key: string;
    to_key: string;
    object: string | null;
    /** With blanks between. */
    methods: string;
    reason: string;
    created_by: string;
    created_at: number;
    ends_at: number;
  };
  /** Who may sign in to the console. */
  console_people: {
    id: string;
    name: string;
    role: string;
    created_by: string;
    created_at: number;
  };
  /** What they sign in with. */
  console_passkeys: {
    id: string;
    person: string;
    public_key: string;
    counter: number;
    label: string;
    created_at: number;
  };
  /** What lets somebody in once, by the hash of what the link carries. */
  console_links: {
    hash: string;
    name: string | null;
    role: string;
    created_by: string;
    ends_at: number;
  };
  /** Who is signed in, by the hash of the cookie. */
  console_sessions: {
    hash: string;
    person: string;
    label: string;
    created_at: number;
    seen_at: number;
    confirmed_at: number;
  };
}
