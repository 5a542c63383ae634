import { clientEvents, type ServerEvent } from '@parley/contracts';
import type { FieldError } from '@parley/errors';
import { camelCase } from './camel-case.ts';
import type { ClientRow, Dialect, DialectTable, Fields, ServerRow, Source } from './dialect-table.ts';
import { kebabCase } from './kebab-case.ts';

type Json = Readonly<Record<string, unknown>>;

/** The tables of all dialects but the canonical one. */
export const tables: Readonly<Record<Exclude<Dialect, 'snake_case'>, DialectTable>> = {
  camelCase,
  'kebab-case': kebabCase,
};

/** See `DialectTable.showsOwnMessages`. */
export const showsOwnMessages = (dialect: Dialect | undefined): boolean =>
  dialect !== undefined && dialect !== 'snake_case' && tables[dialect].showsOwnMessages;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A client event in canonical terms. */
export interface CanonicalEvent {
  event: string;
  payload: unknown;
  /** Renames canonical field errors to the client's names. */
  named(fields: readonly FieldError[]): readonly FieldError[];
}

const itself = (fields: readonly FieldError[]) => fields;

/** Translates a client event; undefined when the dialect has no such event. */
export function translateClientEvent(
  dialect: Dialect,
  event: string,
  payload: unknown,
): CanonicalEvent | undefined {
  if (dialect === 'snake_case') return { event, payload, named: itself };
  const row = rowOf(dialect, event);
  if (!row) return undefined;
  const fields = typeof payload === 'string' && row.bare ? { [row.bare]: payload } : payload;
  return {
    event: row.event,
    payload: isObject(fields) ? toCanonical(row, fields) : fields,
    named: (fields) => renamed(row, fields),
  };
}

/**
 * Recognises the dialect of a client by the name of an event. If several dialects have that name,
 * fields known to only one of them decide. Undefined when neither does.
 * @param assumed the contract's dialect, which applies as long as it has the event
 */
export function recogniseDialect(event: string, payload: unknown, assumed?: Dialect): Dialect | undefined {
  const candidates = known.filter(({ fieldsOf }) => fieldsOf.has(event));
  if (candidates.some(({ dialect }) => dialect === assumed)) return assumed;
  if (candidates.length < 2) return candidates[0]?.dialect;
  const names = isObject(payload) ? Object.keys(payload) : [];
  const fitting = candidates.filter(({ fieldsOf }) => names.every((name) => fieldsOf.get(event)?.has(name)));
  return fitting.length === 1 ? fitting[0]?.dialect : undefined;
}

/** Translates a canonical server event to another dialect. */
export function translateServerEvent(
  dialect: Exclude<Dialect, 'snake_case'>,
  event: ServerEvent,
  data: unknown,
): { event: string; data: unknown }[] {
  const rows: readonly ServerRow[] = tables[dialect].server[event];
  return rows
    .filter(({ when }) => when === undefined || at(data as Json, when) === true)
    .map((row) => ({ event: row.event, data: build(row.fields, data as Json) }));
}

/**
 * Translates a canonical server event to every dialect. A name shared by several dialects appears
 * once, with the fields of each.
 */
export function translateToEveryDialect(
  event: ServerEvent,
  data: unknown,
): { event: string; data: unknown }[] {
  const translated = new Map<string, Json>([[event, data as Json]]);
  for (const dialect of Object.keys(tables) as (keyof typeof tables)[]) {
    for (const row of translateServerEvent(dialect, event, data))
      translated.set(row.event, merge(translated.get(row.event) ?? {}, row.data as Json));
  }
  return [...translated].map(([name, fields]) => ({ event: name, data: fields }));
}

function merge(first: Json, second: Json): Json {
  const both = Object.entries(second).map(([name, value]) => {
    const other = first[name];
    return [name, isObject(other) && isObject(value) ? merge(other, value) : value];
  });
  return { ...first, ...Object.fromEntries(both) };
}

export function build(fields: Fields, data: Json): Json {
  const built: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = valueFrom(fields[name] as Source, data);
    if (value !== undefined) built[name] = value;
  }
  return built;
}

function valueFrom(source: Source, data: Json): unknown {
  if (typeof source === 'string') return at(data, source);
  if ('value' in source) return source.value;
  if ('absent' in source) return at(data, source.absent) === undefined;
  if ('fields' in source) return build(source.fields, data);
  for (const path of source) {
    const value = at(data, path);
    if (value !== undefined) return value;
  }
  return undefined;
}

function at(data: Json, path: string): unknown {
  if (!path.includes('.')) return data[path];
  return path.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), data);
}

function rowOf(dialect: Exclude<Dialect, 'snake_case'>, event: string): ClientRow | undefined {
  const { client } = tables[dialect];
  return Object.hasOwn(client, event) ? client[event] : undefined;
}

function toCanonical({ fields }: ClientRow, given: Json): Json {
  const canonical: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (Object.hasOwn(given, name) && given[name] !== undefined && !Object.hasOwn(canonical, field))
      canonical[field] = given[name];
  }
  return canonical;
}

function renamed({ fields, inErrors = {} }: ClientRow, errors: readonly FieldError[]): readonly FieldError[] {
  const names = new Map([
    ...Object.entries(inErrors),
    ...Object.entries(fields)
      .toReversed()
      .map(([name, field]): [string, string] => [field, name]),
  ]);
  return errors.map(({ field, ...error }) => {
    const [first = '', ...rest] = field.split('.');
    return { field: [names.get(first) ?? first, ...rest].join('.'), ...error };
  });
}

/** The client events and their fields per dialect, for `recogniseDialect`. */
const known: readonly { dialect: Dialect; fieldsOf: ReadonlyMap<string, ReadonlySet<string>> }[] = [
  {
    dialect: 'snake_case',
    fieldsOf: new Map(
      Object.entries(clientEvents).map(([event, schema]) => [
        event,
        new Set('shape' in schema ? Object.keys(schema.shape) : []),
      ]),
    ),
  },
  ...Object.entries(tables).map(([dialect, { client }]) => ({
    dialect: dialect as Dialect,
    fieldsOf: new Map(
      Object.entries(client).map(([event, { fields }]) => [event, new Set(Object.keys(fields))]),
    ),
  })),
];
