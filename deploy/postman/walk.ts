export interface Walk {
  description: string;
  steps: Step[];
}

/** One request of a walk. Text in double braces is a variable of the collection. */
export interface Step {
  /** The operation's id in the OpenAPI document. */
  call: string;
  /** The user or key whose token is sent; absent: no token. */
  as?: 'ada' | 'bob' | 'mary' | 'key';
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Variable → path of its value in the response (`session.access_token`, `data.0.id`). */
  keep?: Record<string, string>;
}
