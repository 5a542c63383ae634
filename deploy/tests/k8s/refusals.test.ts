import { beforeAll, expect, it } from 'vitest';
import { changed } from './changed.ts';
import { conversations } from './conversations.ts';
import { encryptionFindings } from './encryption-findings.ts';
import { expectedConversations } from './expected-conversations.ts';
import { gatewayFindings } from './gateway-findings.ts';
import type { Manifest } from './manifest.ts';
import {
  encryptionFaults,
  type Fault,
  podFaults,
  referenceFaults,
  schemaFaults,
  settingsFaults,
} from './object-faults.ts';
import { podFindings } from './pod-findings.ts';
import { referenceFindings } from './reference-findings.ts';
import { describeRendered, renderings } from './render.ts';
import { routingFindings } from './routing-findings.ts';
import { scalingFindings } from './scaling-findings.ts';
import { schemaFindings } from './schema-findings.ts';
import { settingsFindings } from './settings-findings.ts';
import { gatewayFaults, policyFaults, routingFaults, scalingFaults } from './traffic-faults.ts';

const policyFindings = (manifests: readonly Manifest[]) => {
  const found = conversations(manifests);
  const expected = expectedConversations.production;
  const lacking = expected.filter((line) => !found.includes(line)).map((line) => `lacks: ${line}`);
  return [...found.filter((line) => !expected.includes(line)), ...lacking];
};

const checks = {
  schemaFindings,
  settingsFindings,
  referenceFindings,
  podFindings,
  routingFindings,
  scalingFindings,
  gatewayFindings,
  encryptionFindings,
  policyFindings,
};
const faults: Record<keyof typeof checks, readonly Fault[]> = {
  schemaFindings: schemaFaults,
  settingsFindings: settingsFaults,
  referenceFindings: referenceFaults,
  podFindings: podFaults,
  routingFindings: routingFaults,
  scalingFindings: scalingFaults,
  gatewayFindings: gatewayFaults,
  encryptionFindings: encryptionFaults,
  policyFindings: policyFaults,
};

describeRendered('a fault in the manifests of production is found', () => {
  let manifests: readonly Manifest[] = [];
  beforeAll(() => {
    manifests = renderings.production();
  });

  for (const [check, list] of Object.entries(faults)) {
    it.each(list.map(([id, path, value, finding]) => ({ id, path, value, finding })))(
      `${check}: $finding`,
      ({ id, path, value, finding }) => {
        const findings = checks[check as keyof typeof checks](changed(manifests, id, path, value));
        expect(findings.join('\n')).toContain(finding);
      },
    );
  }
});
