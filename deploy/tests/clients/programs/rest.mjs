/** REST calls of a front end. Returns the status and the parsed body of every response. */
export function restClient(url) {
  let token;
  const call = async (method, path, body) => {
    const headers = {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
  return {
    call,
    /** The token of all later calls. */
    use: (value) => {
      token = value;
    },
    /** The body of a call that has to succeed. */
    must: async (method, path, body) => {
      const response = await call(method, path, body);
      if (response.status >= 300)
        throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
      return response.body;
    },
  };
}
