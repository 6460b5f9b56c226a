/** Where events go (server-sent events, WHATWG HTML section 9.2). */
export interface EventSink {
  /** @returns false where whoever reads has not taken what was sent before */
  write(text: string): boolean;
  end(): void;
}

/** Begins to send. @returns what ends it, called once, however the connection has ended */
export type BeginStream = (sink: EventSink) => EventStream;

export interface EventStream {
  /** Whoever reads has taken all of it. */
  drained(): void;
  ended(): void;
}

export interface SentEvent {
  readonly event: string;
  /** Where to go on after a lost connection. */
  readonly id?: string;
  readonly data: unknown;
}

/** JSON holds no line's end, so that one event is one line of data. */
export const eventText = ({ data, event, id }: SentEvent): string =>
  `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

const lookEveryMs = 3000;

/** A stream that ends when `stands` says no more, or cannot be asked: it looks every few seconds. */
export const endingWith =
  (begin: BeginStream, stands: () => Promise<boolean>): BeginStream =>
  (sink) => {
    const stream = begin(sink);
    const look = setInterval(
      () =>
        void stands()
          .catch(() => false)
          .then((isGood) => {
            if (!isGood) sink.end();
          }),
      lookEveryMs,
    );
    look.unref();
    return {
      drained: () => stream.drained(),
      ended: () => {
        clearInterval(look);
        stream.ended();
      },
    };
  };
