import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from '@parley/testkit';
import { afterEach, expect } from 'vitest';
import type { ChatUser } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { register, signIn, type Tab } from './tab.ts';

type BrowserContext = Awaited<ReturnType<Browser['newContext']>>;
export interface VisitorOptions extends NonNullable<Parameters<Browser['newContext']>[0]> {
  /** @default the target's */
  url?: string;
}

/** Of everybody who registers by the form. */
export const password = 'correct horse battery';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The console reports connections and requests that end with a gateway or a proxy. */
export const outage = new RegExp(
  "^(WebSocket connection to 'ws:\\S+' failed" +
    '|Failed to load resource: (net::ERR_\\w+|the server responded with a status of 50[234]))' +
    '.* at .*/(socket\\.io|api/v1|assets)/',
);

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** A person with a browser profile of their own. */
export class Visitor {
  readonly context: BrowserContext;
  readonly url: string;
  /** The gateways of the tabs' connections, in the order in which they were opened. */
  readonly gateways: string[] = [];
  readonly #complaints: string[] = [];
  readonly #forgiven: RegExp[] = [];

  private constructor(context: BrowserContext, url: string) {
    this.context = context;
    this.url = url;
  }

  static async arrive(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    // Tests of a busy machine wait longer than people.
    context.setDefaultTimeout(60_000);
    return new Visitor(context, url);
  }

  /** Opens a tab, and watches it for errors, violations, dialogs and foreign requests. */
  async open(path: string): Promise<Tab> {
    const tab = await this.context.newPage();
    tab.on('console', (message) => {
      if (message.type() !== 'error') return;
      const at = message.location().url.replace(this.url, '');
      this.#complaints.push(`${message.text()} at ${at}`);
    });
    tab.on('pageerror', (error) => this.#complaints.push(error.stack ?? error.message));
    tab.on('dialog', (dialog) => {
      this.#complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    tab.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && host !== new URL(this.url).host)
        this.#complaints.push(`request to ${request.url()}`);
    });
    tab.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        // The first packet contains the id of the session, which begins with the gateway's name.
        const [, gateway] = /^0\{"sid":"([^."]+)\./.exec(String(payload)) ?? [];
        if (gateway) this.gateways.push(gateway);
      });
    });
    await tab.goto(this.url + path);
    return tab;
  }

  /** The accessibility faults of what the tab shows. */
  static async faults(tab: Tab): Promise<string[]> {
    // Not as a script element, which the content security policy would refuse.
    if (!(await tab.evaluate('"axe" in globalThis'))) await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  }

  /** The accessibility faults in both themes, of a user who has not chosen one. */
  static async faultsOfThemes(tab: Tab): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      await tab.emulateMedia({ colorScheme });
      await tab.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      found.push(...(await Visitor.faults(tab)));
    }
    return found;
  }

  /**
   * Expects complaints that the test causes: the console reports each request that is refused, with
   * its address.
   */
  forgive(pattern: RegExp): void {
    this.#forgiven.push(pattern);
  }

  expectNoComplaints(): void {
    const isForgiven = (text: string) => this.#forgiven.some((pattern) => pattern.test(text));
    expect(this.#complaints.filter((text) => !isForgiven(text))).toEqual([]);
  }
}

/** Visitors of a target. After each test they leave, and nothing may have failed in their tabs. */
export function createVisitors(browser: () => Browser, target: () => Pick<Target, 'url'>) {
  const visitors: Visitor[] = [];
  afterEach(async () => {
    const left = visitors.splice(0);
    await Promise.all(left.map(({ context }) => context.close()));
    for (const visitor of left) visitor.expectNoComplaints();
  });
  const arrive = async ({ url = target().url, ...options }: VisitorOptions = {}) => {
    const visitor = await Visitor.arrive(browser(), url, options);
    visitors.push(visitor);
    return visitor;
  };
  return {
    arrive,
    /** A new user, registered by the form that the path leads to. */
    registerAt: async (path = '/') => {
      const visitor = await arrive();
      const tab = await visitor.open(path);
      const username = `u${randomUUID().slice(0, 8)}`;
      await register(tab, { username, password });
      return { visitor, tab, username };
    },
    /** Opens a tab at that path and signs in by the form. */
    enter: async (user: ChatUser, path: string, options: VisitorOptions = {}) => {
      const visitor = await arrive(options);
      const tab = await visitor.open(path);
      await signIn(tab, user);
      return { visitor, tab };
    },
  };
}
