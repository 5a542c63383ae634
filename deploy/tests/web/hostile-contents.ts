import type { Json } from '../whole-stack/chat-user.ts';

/** Messages that try to run a script, to imitate something or to break the layout. */
export const hostileContents = [
  '<script>window.hasRun = true</script>',
  '<img src=x onerror="window.hasRun = true">',
  '<svg/onload=window.hasRun=true>',
  '"><iframe srcdoc="<script>parent.hasRun = true</script>"></iframe>',
  '[click](javascript:window.hasRun=true) javascript:window.hasRun=true',
  '<a href="javascript:window.hasRun=true" style="position:fixed;inset:0">everywhere</a>',
  '![x](data:text/html,<script>window.hasRun=true</script>)',
  '```\n</code></pre><script>window.hasRun = true</script>\n```',
  '`</code><img src=x onerror=window.hasRun=true>`',
  '> <style>* { display: none }</style>',
  'https://good.example\u202e/moc.elpmaxe.live',
  'https://good.example@evil.example/ https://good.example/?a="onmouseover=window.hasRun=true',
  '{{constructor.constructor("window.hasRun=true")()}} <%= window.hasRun=true %>',
  `wide${'x'.repeat(5_000)}`,
  `${'\u0489'.repeat(200)}stacked`,
  '**'.repeat(2_000),
  '&lt;script&gt;window.hasRun=true&lt;/script&gt; &#x3c;b&#x3e;',
] as const;

/** Runs in the page: what of the messages has become more than text. */
export const runsScripts = () => {
  const { document, innerWidth } = globalThis as Json;
  const log = document.querySelector('.timeline-rows');
  const forbidden = 'script, img, iframe, object, embed, style, link, form, input, [style*=fixed], [srcdoc]';
  const isWithEvent = (element: Json) => [...element.attributes].some(({ name }) => name.startsWith('on'));
  return {
    hasRun: 'hasRun' in globalThis,
    elements: [...log.querySelectorAll(forbidden), ...[...log.querySelectorAll('*')].filter(isWithEvent)].map(
      (element: Json) => element.outerHTML.slice(0, 200),
    ),
    links: [...log.querySelectorAll('a')].map((link: Json) => ({
      protocol: link.protocol,
      rel: link.rel,
      isAsWritten: new URL(link.innerText).href === link.href,
    })),
    isWiderThanPage: document.documentElement.scrollWidth > innerWidth,
  };
};
