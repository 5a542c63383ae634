import { beforeAll, expect, it } from 'vitest';
import { conversations } from './conversations.ts';
import { expectedConversations } from './expected-conversations.ts';
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

    it('are what the schemas of Kubernetes and KEDA say, without a field that those do not know', () => {
      expect(manifests.length).toBeGreaterThan(20);
      expect(schemaFindings(manifests)).toEqual([]);
    });

    it('give each service the settings that it needs, no other, and in a form that it reads', () => {
      expect(settingsFindings(manifests)).toEqual([]);
    });

    it('name nothing that is not there: settings, secrets, services, ports, what is scaled and guarded', () => {
      expect(referenceFindings(manifests)).toEqual([]);
    });

    it('give pods no right that they do not need, the memory that they take, probes that exist, and the time to stop calmly', () => {
      expect(podFindings(manifests)).toEqual([]);
    });

    it('send every path to the service that serves it, and /metrics to nobody', () => {
      expect(routingFindings(manifests)).toEqual([]);
    });

    it('scale by metrics and queues that exist, and slowly down', () => {
      expect(scalingFindings(manifests)).toEqual([]);
    });

    it('let those talk to each other who have to, and nobody else', () => {
      expect(conversations(manifests)).toEqual(expectedConversations[name as keyof typeof renderings]);
    });
  });
}
