import { Window } from 'happy-dom';

// The globals of a browser that React, its test library and the client use. Vitest's environments
// would replace more of Node than they may: the test kit needs Node's own `URL`.
const names = [
  'window',
  'document',
  'navigator',
  'localStorage',
  'HTMLElement',
  'HTMLIFrameElement',
] as const;

const page = new Window({ url: 'http://localhost/' });
const globals: Record<string, unknown> = {
  ...Object.fromEntries(names.map((name) => [name, name === 'window' ? page : page[name]])),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
};
const before = new Map<string, PropertyDescriptor | undefined>();

/** Makes this process a page. Must run before React is imported. Idempotent. */
export function openPage(): void {
  for (const [name, value] of Object.entries(globals)) {
    if (!before.has(name)) before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** Removes the globals: test files share processes. */
export function closePage(): void {
  for (const [name, descriptor] of before) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
  before.clear();
}
