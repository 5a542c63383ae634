import type { OpenTransport } from './transport.ts';

/** Between the packets of one request or response. */
const separator = '\x1e';

/**
 * Long polling: one GET waits for packets all the time, and one POST at a time sends what has
 * collected meanwhile.
 */
export const openPolling: OpenTransport = (url, { onPacket, onError, onClose }) => {
  const ending = new AbortController();
  const { signal } = ending;
  const waiting: string[] = [];
  let sending: Promise<void> | undefined;
  /** In characters, which have up to three bytes. The server's limit is in bytes. */
  let maxCharacters = 0;
  let requests = 0;

  async function request(init: RequestInit): Promise<string> {
    // No cache may answer instead of the server.
    url.searchParams.set('t', `${Date.now()}.${requests++}`);
    const response = await fetch(url, { ...init, signal });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`HTTP ${response.status}: ${messageOf(text) ?? 'polling error'}`);
  }

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      for (const packet of (await request({})).split(separator)) {
        if (!/^[0-6]/.test(packet)) throw new Error('not Engine.IO');
        if (packet[0] === '0') {
          const { sid, maxPayload } = JSON.parse(packet.slice(1)) as { sid: string; maxPayload: number };
          url.searchParams.set('sid', sid);
          maxCharacters = maxPayload / 3;
        }
        if (packet[0] === '1') {
          url.searchParams.delete('sid');
          return onClose();
        }
        onPacket(packet);
      }
    }
  }

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      let body = waiting.shift() ?? '';
      while (waiting[0] !== undefined && body.length + waiting[0].length < maxCharacters)
        body += separator + waiting.shift();
      await request({ method: 'POST', body });
    }
  }

  const fail = (error: unknown) => {
    const { message, cause } = error as { message: string; cause?: { code?: string } };
    if (!signal.aborted) onError(cause?.code ?? message);
  };
  poll().catch(fail);

  return {
    send(packet) {
      waiting.push(packet);
      sending ??= send()
        .catch(fail)
        .finally(() => (sending = undefined));
    },
    close() {
      // Ends the request that waits after the server knows, which would otherwise report an error.
      if (url.searchParams.has('sid')) this.send('1');
      void (sending ?? Promise.resolve()).finally(() => ending.abort());
    },
    cut: () => ending.abort(),
  };
};

/** The explanation of the server, or of a proxy in its place, in JSON. */
function messageOf(body: string): string | undefined {
  try {
    const { detail, message } = JSON.parse(body) as { detail?: unknown; message?: unknown };
    return String(detail ?? message);
  } catch {
    return undefined;
  }
}
