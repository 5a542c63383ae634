import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathFromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Advice for developers about addresses. The page comes from the address that it talks to, and has
 * its own texts.
 */
const withoutAdvice: Plugin = {
  name: 'without-advice',
  load: (id) =>
    /libs.client.src.hints\.ts$/.test(id)
      ? "export const hintFor = () => ''; export const refusedWhenNew = (error) => { throw error; };"
      : undefined,
};

/**
 * Radix locks the scrolling of the page by an inline style, which the content security policy
 * refuses. This page never scrolls as a whole.
 */
const withoutScrollLock: Plugin = {
  name: 'without-scroll-lock',
  load: (id) =>
    /react-remove-scroll.dist.es2015.index\.js$/.test(id)
      ? `import { createElement, forwardRef } from 'react';
        export const RemoveScroll = forwardRef(({ as, enabled, shards, allowPinchZoom, ...props }, ref) =>
          createElement(as, { ...props, ref }));`
      : undefined,
};

/** A running Parley for `npm run dev`. */
const target = 'http://127.0.0.1:3000';

export default defineConfig({
  root: pathFromHere('.'),
  // Relative, so that the same build works under any public path: index.html has a <base>.
  base: './',
  plugins: [withoutAdvice, withoutScrollLock],
  build: {
    target: 'es2022',
    outDir: pathFromHere('../../dist/web-client'),
    emptyOutDir: true,
    // Data URLs would need exceptions in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark files for servers that render components, which this build does not.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  server: {
    proxy: { '/api/v1': target, '/.well-known': target, '/socket.io': { target, ws: true } },
  },
});
