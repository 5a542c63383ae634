import type { ClientEvent, ServerEvent, ServerPayload } from '@parley/contracts';

/** How a client may name events and fields. The first is the canonical one. */
export const dialects = ['snake_case', 'camelCase', 'kebab-case'] as const;
export type Dialect = (typeof dialects)[number];

export function isDialect(value: unknown): value is Dialect {
  return dialects.includes(value as Dialect);
}

/** Where a field of the style gets its value from. */
export type Source<Field extends string = string> =
  /** That field of the canonical event; `metadata.roomId` looks into an object. Absent there, it is absent here. */
  | Field
  /** The first of these that is there. */
  | readonly Field[]
  /** Always this. */
  | { readonly value: string | boolean | null }
  /** Whether that field is absent. */
  | { readonly absent: Field }
  /** An object of its own. */
  | { readonly fields: Fields<Field> };
export type Fields<Field extends string = string> = Readonly<Record<string, Source<Field>>>;

type NameIn<Payload> = Payload extends object ? keyof Payload & string : never;
type PathIn<Payload> = NameIn<Payload> | `${NameIn<Payload>}.${string}`;

/** An event that the server emits in this style, made from a canonical one. */
export interface ServerRow<E extends ServerEvent = ServerEvent> {
  readonly event: string;
  /** Only where this field is true. */
  readonly when?: PathIn<ServerPayload<E>>;
  readonly fields: Fields<PathIn<ServerPayload<E>>>;
}

/** An event that a client emits in this style, and the canonical one that it stands for. */
export interface ClientRow {
  readonly event: ClientEvent;
  /** Field of the style → canonical field. The first of several that is there counts. */
  readonly fields: Readonly<Record<string, string>>;
  /** A bare string in place of an object stands for this field. */
  readonly bare?: string;
}

/** A whole style, as data: every canonical event of the server has its rows (usually one). */
export interface DialectTable {
  readonly client: Readonly<Record<string, ClientRow>>;
  readonly server: { readonly [E in ServerEvent]: readonly ServerRow<E>[] };
  /** Its clients show their own messages as the server sends them, also where the sending is confirmed by an event. */
  readonly showsOwnMessages: boolean;
}
