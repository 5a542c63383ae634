import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** The metric that an expression queries, and the labels that it selects by. */
export interface Selector {
  metric: string;
  labels: string[];
}

/** @throws Error when Prometheus could not parse it */
export function selectorsOf(expression: string): Selector[] {
  // Grafana substitutes a duration for this.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const tree = parser.parse(text);
  const selectors: Selector[] = [];
  tree.iterate({
    enter: ({ name, node, from, to, type }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text.slice(0, to + 20)}`);
      if (name === 'VectorSelector')
        selectors.push({
          metric: textsOf(text, node, 'Identifier').join(),
          labels: textsOf(text, node, 'LabelName'),
        });
    },
  });
  if (selectors.length === 0) throw new Error(`no metric in ${text}`);
  return selectors;
}

function textsOf(text: string, node: SyntaxNode, name: string): string[] {
  const found: string[] = [];
  node.cursor().iterate((inner) => {
    if (inner.name === name && inner.from >= node.from && inner.to <= node.to)
      found.push(text.slice(inner.from, inner.to));
  });
  return found;
}
