import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dnsResolver, Egress, type EgressError, type EgressOptions } from '../src/index.ts';
import { type DnsServer, startDns } from './dns-server.ts';

/** The operator permits this loopback address, and no other. */
const permitted = '127.0.0.2';
const forbidden = '127.0.0.1';

interface Site {
  server: Server;
  /** `METHOD path`, with the body. */
  seen: string[];
  respond: RequestListener;
}

async function startSite(host: string, port = 0): Promise<Site & { port: number }> {
  const site: Site & { port: number } = {
    server: createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      site.seen.push(`${request.method} ${request.url} ${body}`.trim());
      site.respond(request, response);
    }),
    seen: [],
    respond: (_request, response) => response.end('hello'),
    port: 0,
  };
  site.server.listen(port, host);
  await once(site.server, 'listening');
  site.port = (site.server.address() as AddressInfo).port;
  return site;
}

const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: EgressError) => error.reason,
  );

describe('the egress guard', () => {
  let open: Awaited<ReturnType<typeof startSite>>;
  /** At the same port of the forbidden address. */
  let internal: Awaited<ReturnType<typeof startSite>>;
  let dns: DnsServer;
  let names: Record<string, string[][]>;

  beforeAll(async () => {
    open = await startSite(permitted);
    internal = await startSite(forbidden, open.port);
    dns = await startDns((name, time) => names[name]?.[time - 1] ?? names[name]?.at(-1) ?? []);
  });
  afterAll(() => {
    for (const { server } of [open, internal]) {
      server.close();
      server.closeAllConnections();
    }
    dns.close();
  });
  beforeEach(() => {
    names = {};
    dns.asked.length = 0;
    for (const site of [open, internal]) {
      site.seen.length = 0;
      site.respond = (_request, response) => response.end('hello');
    }
  });

  const guard = (options: EgressOptions = {}) =>
    new Egress({
      allow: [permitted],
      ports: [open.port],
      resolve: dnsResolver([dns.address]),
      timeoutMs: 1_000,
      ...options,
    });
  const get = (url: string, options?: EgressOptions) => guard(options).request({ method: 'GET', url });
  const at = (host: string, path = '/') => `http://${host}:${open.port}${path}`;

  it('contacts a permitted address, by number and by name', async () => {
    names['site.test'] = [[permitted]];
    expect(await get(at(permitted, '/a'))).toMatchObject({ status: 200, body: 'hello' });
    expect(await get(at('site.test', '/b'))).toMatchObject({ status: 200, body: 'hello' });
    expect(open.seen).toEqual(['GET /a', 'GET /b']);
  });

  it.each([
    ['ftp://site.test/', 'url'],
    ['javascript:alert(1)', 'url'],
    ['not a url', 'url'],
    ['http://ada:secret@site.test/', 'url'],
    ['http://site.test:22/', 'url'],
    ['http://127.0.0.1/', 'address'],
    ['http://127.1/', 'address'],
    ['http://2130706433/', 'address'],
    ['http://0x7f.0.0.1/', 'address'],
    ['http://0/', 'address'],
    ['http://[::1]/', 'address'],
    ['http://[::ffff:7f00:1]/', 'address'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'address'],
    ['http://169.254.169.254/latest/meta-data/', 'address'],
    ['http://unknown.test/', 'name'],
  ])('refuses %s (%s) and contacts nothing', async (url, reason) => {
    expect(await reasonOf(get(url))).toBe(reason);
    expect([...open.seen, ...internal.seen]).toEqual([]);
  });

  it('a name that resolves to an internal address leads nowhere', async () => {
    names['internal.test'] = [[forbidden]];
    expect(await reasonOf(get(at('internal.test')))).toBe('address');
    names['mixed.test'] = [[forbidden, permitted]];
    expect(await get(at('mixed.test'))).toMatchObject({ status: 200 });
    expect(internal.seen).toEqual([]);
    expect(open.seen).toHaveLength(1);
  });

  it('a name that changes its address after the check (DNS rebinding) leads nowhere else', async () => {
    names['rebinding.test'] = [[permitted], [forbidden]];
    expect(await get(at('rebinding.test'))).toMatchObject({ status: 200 });
    expect(dns.asked).toEqual(['rebinding.test']);
    expect(await reasonOf(get(at('rebinding.test')))).toBe('address');
    expect(internal.seen).toEqual([]);
  });

  it('checks every redirect', async () => {
    names['internal.test'] = [[forbidden]];
    const to = async (location: string) => {
      open.respond = ({ url }, response) => {
        if (url === '/') response.writeHead(302, { location }).end();
        else response.end('hello');
      };
      return reasonOf(get(at(permitted)));
    };
    expect(await to(at(forbidden))).toBe('address');
    expect(await to(at('internal.test'))).toBe('address');
    expect(await to('file:///etc/passwd')).toBe('url');
    expect(await to(`http://ada:secret@${permitted}:${open.port}/`)).toBe('url');
    expect(await to('/next')).toBe('answered');
    expect(internal.seen).toEqual([]);
  });

  it('follows three redirects, not four', async () => {
    open.respond = ({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left > 0) response.writeHead(307, { location: `/${left - 1}` }).end();
      else response.end('arrived');
    };
    expect(await get(at(permitted, '/3'))).toMatchObject({ status: 200, body: 'arrived' });
    expect(await reasonOf(get(at(permitted, '/4')))).toBe('redirect');
  });

  it('a POST keeps its body in a redirect, or is not redirected', async () => {
    const post = () => guard().request({ method: 'POST', url: at(permitted), body: 'content' });
    const redirect = (status: number) => {
      open.respond = ({ url }, response) => {
        if (url === '/') response.writeHead(status, { location: '/next' });
        response.end();
      };
    };
    redirect(308);
    expect(await post()).toMatchObject({ status: 200 });
    expect(open.seen).toEqual(['POST / content', 'POST /next content']);
    redirect(302);
    expect(await post()).toMatchObject({ status: 302 });
  });

  it('another site receives no credentials', async () => {
    const received: unknown[] = [];
    names['other.test'] = [[permitted]];
    open.respond = ({ url, headers }, response) => {
      received.push(headers.authorization);
      if (url === '/') response.writeHead(307, { location: at('other.test', '/next') });
      response.end();
    };
    await guard().request({ method: 'GET', url: at(permitted), headers: { authorization: 'Bearer x' } });
    expect(received).toEqual(['Bearer x', undefined]);
  });

  it('an answer is limited in time and size', async () => {
    open.respond = () => undefined;
    expect(await reasonOf(get(at(permitted), { timeoutMs: 100 }))).toBe('timeout');
    open.respond = (_request, response) => void response.write('a part');
    expect(await reasonOf(get(at(permitted), { timeoutMs: 100 }))).toBe('timeout');
    open.respond = (_request, response) => response.end('x'.repeat(2_000));
    expect(await reasonOf(get(at(permitted), { maxBytes: 1_999 }))).toBe('too_large');
    expect((await get(at(permitted), { maxBytes: 2_000 })).body).toHaveLength(2_000);
    const never = () => new Promise<string[]>(() => undefined);
    expect(await reasonOf(get(at('slow.test'), { resolve: never, timeoutMs: 100 }))).toBe('timeout');
  });

  it('an ignored body delays nothing', async () => {
    open.respond = (_request, response) => void response.write('and so on');
    const answer = guard().request({ method: 'POST', url: at(permitted), ignoreBody: true });
    expect(await answer).toMatchObject({ status: 200, body: '' });
  });

  it('the caller can abort a request', async () => {
    open.respond = () => undefined;
    const abort = new AbortController();
    const asked = guard().request({ method: 'GET', url: at(permitted), signal: abort.signal });
    abort.abort();
    expect(await reasonOf(asked)).toBe('aborted');
  });

  it('a connection that the server closed between two requests fails neither', async () => {
    const egress = guard();
    const ask = () => egress.request({ method: 'POST', url: at(permitted), body: 'x' });
    await ask();
    open.server.closeIdleConnections();
    expect(await ask()).toMatchObject({ status: 200 });
    egress.close();
  });
});
