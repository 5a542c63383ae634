import { clientEvents, type ServerEvent, serverEvents } from '@parley/contracts';
import { z } from 'zod';
import type { ClientRow, Fields, ServerRow, Source } from './dialect-table.ts';

export type JsonSchema = Record<string, unknown>;

const ownId: JsonSchema = { type: 'string', description: "The caller's own id; optional" };

/** The JSON Schema of a payload. A schema with metadata `override` is documented in that form. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { override, id: __, ...rest } = jsonSchema as JsonSchema;
      if (override === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[key];
      Object.assign(
        jsonSchema,
        rest.description === undefined ? {} : { description: rest.description },
        override,
      );
    },
  });
  // Zod moves a named schema to the definitions and refers to it.
  const [named] = Object.values(whole.definitions ?? {}) as JsonSchema[];
  const { id: ___, ...json } = whole.$ref && named ? named : (whole as JsonSchema);
  return json;
}

/** The schema of a client event in a dialect. */
export function clientSchema({ event, fields, bare }: ClientRow): JsonSchema {
  const canonical = schemaOf(clientEvents[event], 'input');
  const of = propertiesOf(canonical);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, of[field] ?? ownId]),
  );
  const names = Object.entries(fields);
  // A field with several names is required under none of them.
  const required = ((canonical.required as string[] | undefined) ?? []).flatMap((field) => {
    const itsNames = names.filter(([, one]) => one === field).map(([name]) => name);
    return itsNames.length === 1 ? itsNames : [];
  });
  const object = { type: 'object', properties, ...(required.length > 0 && { required }) };
  return bare === undefined ? object : { anyOf: [object, properties[bare] ?? ownId] };
}

/** The schema of a server event in a dialect. */
export function serverSchema(event: ServerEvent, row: ServerRow): JsonSchema {
  return objectOf(row.fields, schemaOf(serverEvents[event], 'output'));
}

function objectOf(fields: Fields, canonical: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, source]) => [name, schemaFrom(source, canonical)]),
    ),
  };
}

function schemaFrom(source: Source, canonical: JsonSchema): JsonSchema {
  if (typeof source === 'string') return at(canonical, source);
  if ('value' in source) return { const: source.value };
  if ('absent' in source) return { type: 'boolean' };
  if ('fields' in source) return objectOf(source.fields, canonical);
  return at(canonical, source[0] ?? '');
}

const at = (canonical: JsonSchema, path: string): JsonSchema =>
  path.split('.').reduce<JsonSchema>((schema, name) => propertiesOf(schema)[name] ?? {}, canonical);

function propertiesOf({ properties }: JsonSchema): Record<string, JsonSchema> {
  return (properties ?? {}) as Record<string, JsonSchema>;
}
