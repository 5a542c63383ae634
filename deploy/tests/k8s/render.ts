import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifest.ts';

export const folder = fileURLToPath(new URL('../../../k8s', import.meta.url));

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** Tests that need kubectl. Without it, a single test reports that instead. */
export function describeRendered(title: string, body: () => void): void {
  if (hasKubectl) describe(title, body);
  else test(title, ({ skip }) => skip('kubectl is not installed, which renders the manifests'));
}

function parseManifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** The required content of production's Secret, which the overlays refer to and do not contain. */
const exampleSecret = () =>
  parseManifests(readFileSync(join(folder, 'overlays/production/secrets.example.yaml'), 'utf8'));

function kustomize(path: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', path], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${path}: ${stderr}`);
  return parseManifests(stdout).map(unwrapped);
}

/** kustomize wraps long base64. Kubernetes accepts the line breaks; the schemas do not. */
function unwrapped(manifest: Manifest): Manifest {
  const { data } = manifest as { data?: Record<string, string> };
  if (manifest.kind !== 'Secret' || !data) return manifest;
  return {
    ...manifest,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.replaceAll('\n', '')])),
  } as Manifest;
}

/** Production with an optional component, as its users would add it. */
function withComponent(name: string): Manifest[] {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'parley-k8s-')));
  try {
    const resource = relative(temporary, join(folder, 'overlays/production'));
    const component = relative(temporary, join(folder, 'components', name));
    writeFileSync(
      join(temporary, 'kustomization.yaml'),
      JSON.stringify({ namespace: 'parley', resources: [resource], components: [component] }),
    );
    return kustomize(temporary);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Every applicable variant, each with its Secret. */
export const renderings = {
  base: () => [...kustomize(join(folder, 'base')), ...exampleSecret()],
  dev: () => kustomize(join(folder, 'overlays/dev')),
  production: () => [...kustomize(join(folder, 'overlays/production')), ...exampleSecret()],
  'production with tracing': () => [...withComponent('tracing'), ...exampleSecret()],
  'production for polling clients': () => [...withComponent('polling-clients'), ...exampleSecret()],
};
