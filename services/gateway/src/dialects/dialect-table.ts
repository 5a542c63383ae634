import type { ClientEvent, ServerEvent, ServerPayload } from '@parley/contracts';

/** The ways in which clients name events and fields. The first is canonical. */
export const dialects = ['snake_case', 'camelCase', 'kebab-case'] as const;
export type Dialect = (typeof dialects)[number];

export function isDialect(value: unknown): value is Dialect {
  return dialects.includes(value as Dialect);
}

/** The source of a field's value. */
export type Source<Field extends string = string> =
  /** A field of the canonical event, absent if absent there; `metadata.roomId` is a path. */
  | Field
  /** The first of these that is present. */
  | readonly Field[]
  /** A constant. */
  | { readonly value: string | boolean | null }
  /** Whether that field is absent. */
  | { readonly absent: Field }
  /** A nested object. */
  | { readonly fields: Fields<Field> };
export type Fields<Field extends string = string> = Readonly<Record<string, Source<Field>>>;

type NameIn<Payload> = Payload extends object ? keyof Payload & string : never;
type PathIn<Payload> = NameIn<Payload> | `${NameIn<Payload>}.${string}`;

/** A server event of the dialect, and how to build it from a canonical event. */
export interface ServerRow<E extends ServerEvent = ServerEvent> {
  readonly event: string;
  /** Sent only if this field is true. */
  readonly when?: PathIn<ServerPayload<E>>;
  readonly fields: Fields<PathIn<ServerPayload<E>>>;
}

/** A client event of the dialect, and the canonical event that it stands for. */
export interface ClientRow {
  readonly event: ClientEvent;
  /** Dialect field → canonical field. If several map to one, the first present counts. */
  readonly fields: Readonly<Record<string, string>>;
  /** A bare string payload is the value of this field. */
  readonly bare?: string;
  /** Canonical fields that only errors name → the dialect's field that was meant. */
  readonly inErrors?: Readonly<Record<string, string>>;
}

/** A dialect as data. Every canonical server event has at least one row. */
export interface DialectTable {
  readonly client: Readonly<Record<string, ClientRow>>;
  readonly server: { readonly [E in ServerEvent]: readonly ServerRow<E>[] };
  /** Its clients show their own messages as received, even when an event confirms the send. */
  readonly showsOwnMessages: boolean;
}
