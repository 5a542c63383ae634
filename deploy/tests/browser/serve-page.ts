import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Page {
  /** The origin of the page alone. */
  origin: string;
  html: string;
  stop(): void;
}

export async function servePage(html = ''): Promise<Page> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page.html),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const page: Page = {
    html,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return page;
}
