interface Documented {
  paths: Record<string, Record<string, { operationId?: string; 'x-signed-with'?: readonly string[] }>>;
  'x-placeholders': Record<string, string>;
}

interface ExampleRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
  /** Swagger UI loads a document. */
  loadSpec?: boolean;
  responseInterceptor?: (response: ExampleResponse) => ExampleResponse;
}

interface ExampleResponse {
  ok: boolean;
  body?: unknown;
}

interface Options {
  document: Promise<Documented>;
  /** Path of the API, with a slash at the end. */
  base: string;
  /** Keeps the responses when the page is loaded again. */
  memory: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

/**
 * A `requestInterceptor` of Swagger UI. Replaces the placeholders of examples by values of earlier
 * responses, and adds the token of the example's person unless there is one. Runs in the browser,
 * which receives its source text: it must not refer to anything outside itself.
 */
export function fillInExamples({ document, base, memory }: Options) {
  const key = 'parley.responses';
  const responses: Record<string, unknown> = JSON.parse(memory.getItem(key) ?? '{}');

  const fieldOf = (from: string): unknown => {
    let value: unknown = responses;
    for (const name of from.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
    return value;
  };
  const operationOf = ({ paths }: Documented, { url, method }: ExampleRequest) => {
    const path = new URL(url).pathname.slice(base.length - 1);
    const fits = (template: string) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path) &&
      method.toLowerCase() in (paths[template] ?? {});
    // A fixed segment takes precedence over a parameter.
    const [template = ''] = Object.keys(paths)
      .filter(fits)
      .sort((a, b) => a.split('{').length - b.split('{').length);
    return paths[template]?.[method.toLowerCase()];
  };

  return async (request: ExampleRequest): Promise<ExampleRequest> => {
    if (request.loadSpec) return request;
    const api = await document;
    const operation = operationOf(api, request);
    if (operation?.operationId === undefined) return request;
    const { operationId, 'x-signed-with': tokensFrom = [] } = operation;
    const fillIn = (text: string) =>
      text.replace(/[\w.-]+/g, (word) => {
        const isPlaceholder = Object.hasOwn(api['x-placeholders'], word);
        return String((isPlaceholder && fieldOf(api['x-placeholders'][word] ?? '')) || word);
      });
    request.url = fillIn(request.url);
    if (typeof request.body === 'string') request.body = fillIn(request.body);
    const token = tokensFrom.map((id) => fieldOf(`${id}.accessToken`)).find(Boolean);
    if (token) request.headers = { Authorization: `Bearer ${token}`, ...request.headers };
    request.responseInterceptor = (response) => {
      if (!response.ok) return response;
      responses[operationId] = response.body;
      memory.setItem(key, JSON.stringify(responses));
      return response;
    };
    return request;
  };
}

export type FillInExamples = typeof fillInExamples;
