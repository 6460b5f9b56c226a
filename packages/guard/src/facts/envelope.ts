/** Members that an SDK has put beside the data of a JSON body, as texts or numbers. */
export type Envelope = Readonly<Record<string, string | number | boolean>>;
