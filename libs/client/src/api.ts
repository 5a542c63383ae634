import type { Operations } from './contract.ts';
import { operations } from './operations.ts';
import { type QueryValue, queryOf } from './rest.ts';

type Input<Id extends keyof Operations> = Operations[Id]['input'];

/**
 * A method for every operation of `/api/v1`, by its id in `/openapi.json`. The parameters of the
 * path, the query and the body are one object, which may be omitted if nothing in it is required.
 */
export type Api = {
  [Id in keyof Operations]: Record<never, never> extends Input<Id>
    ? (input?: Input<Id>) => Promise<Operations[Id]['output']>
    : (input: Input<Id>) => Promise<Operations[Id]['output']>;
};

type Fields = Record<string, QueryValue | readonly QueryValue[]>;

/** @param call sends a request to this path below `/api/v1` */
export function createApi(call: (method: string, path: string, body?: unknown) => Promise<unknown>): Api {
  const methods = Object.entries(operations).map(([id, operation]) => {
    const [method = '', template = ''] = operation.split(' ');
    const send = (input: Fields = {}) => {
      const fields = { ...input };
      const path = template.replace(/:(\w+)/g, (_, name: string) => {
        const value = fields[name];
        delete fields[name];
        return encodeURIComponent(String(value));
      });
      if (method === 'GET') return call(method, path + queryOf(fields));
      return call(method, path, Object.keys(fields).length > 0 ? fields : undefined);
    };
    return [id, send];
  });
  return Object.fromEntries(methods) as Api;
}
