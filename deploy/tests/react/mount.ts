import type { ParleyClient } from '@parley/client';
import { ParleyProvider } from '@parley/react';
import { createElement, type ReactNode, StrictMode } from 'react';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { closePage, openPage } from './page.ts';

openPage();
// React looks for a page when it is imported.
const { cleanup, render } = await import('@testing-library/react');

/** The last result of a mounted component. */
export interface Mounted<T> {
  readonly current: T;
  unmount(): void;
}

/** Components in StrictMode below a provider. They are unmounted after each test. */
export function createMounts() {
  beforeAll(openPage);
  afterEach(cleanup);
  afterAll(async () => {
    // React completes in the next turns what it has begun.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    closePage();
  });
  /** @param client or the address of one */
  const mountTree = (client: ParleyClient | string, tree: ReactNode) => {
    const props = typeof client === 'string' ? { url: client } : { client };
    return render(createElement(StrictMode, null, createElement(ParleyProvider, props, tree)));
  };
  const mount = <T>(client: ParleyClient | string, use: () => T): Mounted<T> => {
    let last: { value: T } | undefined;
    const Component = () => {
      last = { value: use() };
      return null;
    };
    const { unmount } = mountTree(client, createElement(Component));
    return {
      get current() {
        if (!last) throw new Error('the component has not rendered');
        return last.value;
      },
      unmount,
    };
  };
  return { mount, mountTree };
}
