import { beforeAll, expect, it } from 'vitest';
import { conversations } from './conversations.ts';
import { encryptionFindings } from './encryption-findings.ts';
import { expectedConversations } from './expected-conversations.ts';
import { gatewayFindings } from './gateway-findings.ts';
import type { Manifest } from './manifest.ts';
import { podFindings } from './pod-findings.ts';
import { referenceFindings } from './reference-findings.ts';
import { describeRendered, renderings } from './render.ts';
import { routingFindings } from './routing-findings.ts';
import { scalingFindings } from './scaling-findings.ts';
import { schemaFindings } from './schema-findings.ts';
import { settingsFindings } from './settings-findings.ts';

for (const [name, render] of Object.entries(renderings)) {
  describeRendered(`the Kubernetes manifests of ${name}`, () => {
    let manifests: readonly Manifest[] = [];
    beforeAll(() => {
      manifests = render();
    });

    it('conform to the schemas of Kubernetes and KEDA, without unknown fields', () => {
      expect(manifests.length).toBeGreaterThan(20);
      expect(schemaFindings(manifests)).toEqual([]);
    });

    it('give each service exactly the settings that it needs, in a valid form', () => {
      expect(settingsFindings(manifests)).toEqual([]);
    });

    it('refer only to existing settings, secrets, services, ports and workloads', () => {
      expect(referenceFindings(manifests)).toEqual([]);
    });

    it('give pods minimal rights, enough memory, valid probes and enough time to stop', () => {
      expect(podFindings(manifests)).toEqual([]);
    });

    it('send every path to the service that serves it, and expose /metrics to no one', () => {
      expect(routingFindings(manifests)).toEqual([]);
    });

    it('scale by existing metrics, only as far as replicas have work, and scale down slowly', () => {
      expect(scalingFindings(manifests)).toEqual([]);
    });

    it('move each client once in a rollout, as fast as its successor accepts; memory fits the cap', () => {
      expect(gatewayFindings(manifests)).toEqual([]);
    });

    if (name.startsWith('production'))
      it('reach every server over TLS, and verify its certificate', () => {
        expect(encryptionFindings(manifests)).toEqual([]);
      });

    it('allow exactly the connections that are needed', () => {
      expect(conversations(manifests)).toEqual(expectedConversations[name as keyof typeof renderings]);
    });
  });
}
