/** Whether a test file starts whole systems, or servers of its own. */
export const isLong = (path: string): boolean =>
  /\/deploy\/tests\/|\/libs\/(bus|servers)\/|-outage\.test\.ts$/.test(path);
