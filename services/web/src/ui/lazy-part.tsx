import { type ComponentType, useEffect, useState } from 'react';
import { LoadingPart } from './loading-part.tsx';

const retryAfterMs = 3_000;

/** Loads of the parts that are wanted soon after the first view. */
const soon: (() => Promise<unknown>)[] = [];

/**
 * A part of the page that the first view does not need, such as a dialog: a file of its own, loaded
 * when the reader begins to do something. Then it is there at once, also without a network.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const part = createPart(load, () => null);
  soon.push(part.load);
  return part.Shown;
}

/** A page, which is loaded when it is opened, and says so if that takes long. */
export const lazyPage = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> =>
  createPart(load, LoadingPart).Shown;

/** A loaded part is rendered at once, unlike one of `React.lazy`. */
function createPart<P extends object>(load: () => Promise<ComponentType<P>>, Fallback: ComponentType) {
  let Part: ComponentType<P> | undefined;
  let loading: Promise<void> | undefined;
  const loadOnce = (): Promise<void> => {
    loading ??= persistently(load).then(
      (loaded) => {
        Part = loaded;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  function Shown(props: P) {
    const [state, setState] = useState<{ error?: unknown }>({});
    useEffect(() => {
      let isShown = true;
      const show = (next: { error?: unknown }) => isShown && setState(next);
      if (!Part)
        loadOnce().then(
          () => show({}),
          (error: unknown) => show({ error }),
        );
      return () => {
        isShown = false;
      };
    }, []);
    // The page is older than the server, which has the file no more.
    if (state.error) throw state.error;
    return Part ? <Part {...props} /> : <Fallback />;
  }
  return { load: loadOnce, Shown };
}

/** Tries again until the server answers. Throws if it does, and has no such file. */
async function persistently<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      if (await answers()) return load();
      await pause();
    }
  }
}

const answers = (): Promise<boolean> =>
  fetch(import.meta.url, { method: 'HEAD', cache: 'no-store' }).then(
    () => true,
    () => false,
  );

/** Until the network returns, or for a while. */
const pause = () =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(finish, retryAfterMs);
    addEventListener('online', finish);
    function finish() {
      clearTimeout(timer);
      removeEventListener('online', finish);
      resolve();
    }
  });

/** Loads the parts of `lazyPart`, one after the other, once the reader points or types. */
export function loadPartsSoon(): void {
  const signs = ['pointermove', 'pointerdown', 'keydown'];
  const begin = async () => {
    for (const sign of signs) removeEventListener(sign, begin, true);
    // A part that fails is loaded again, and reports it, when it is shown.
    for (const load of soon) await load().catch(() => undefined);
  };
  for (const sign of signs) addEventListener(sign, begin, true);
}
