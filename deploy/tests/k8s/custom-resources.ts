import { z } from 'zod';

// The fields of KEDA's resources (keda.sh/v1alpha1) that the manifests use. All others are refused,
// so add each field that a manifest needs.

const metadata = z.strictObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const scalingRules = z.strictObject({
  stabilizationWindowSeconds: z.int().min(0).max(3_600).optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z
    .array(
      z.strictObject({
        type: z.enum(['Pods', 'Percent']),
        value: z.int().min(1),
        periodSeconds: z.int().min(1).max(1_800),
      }),
    )
    .optional(),
});

/** All parameters of the Prometheus trigger are strings. */
const prometheusTrigger = z.strictObject({
  type: z.literal('prometheus'),
  name: z.string().optional(),
  metricType: z.enum(['AverageValue', 'Value']).optional(),
  metadata: z.strictObject({
    serverAddress: z.url({ protocol: /^https?$/ }),
    query: z.string().min(1),
    threshold: z.string().regex(/^\d+(\.\d+)?$/),
    activationThreshold: z.string().optional(),
    namespace: z.string().optional(),
    ignoreNullValues: z.enum(['true', 'false']).optional(),
    timeout: z.string().optional(),
  }),
});

export const scaledObject = z.strictObject({
  apiVersion: z.literal('keda.sh/v1alpha1'),
  kind: z.literal('ScaledObject'),
  metadata,
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({
      apiVersion: z.string().optional(),
      kind: z.string().optional(),
      name: z.string().min(1),
    }),
    pollingInterval: z.int().min(1).optional(),
    cooldownPeriod: z.int().min(0).optional(),
    minReplicaCount: z.int().min(0),
    maxReplicaCount: z.int().min(1),
    fallback: z
      .strictObject({
        failureThreshold: z.int().min(1),
        replicas: z.int().min(1),
        behavior: z
          .enum(['static', 'currentReplicas', 'currentReplicasIfHigher', 'currentReplicasIfLower'])
          .optional(),
      })
      .optional(),
    advanced: z
      .strictObject({
        horizontalPodAutoscalerConfig: z
          .strictObject({
            behavior: z
              .strictObject({ scaleUp: scalingRules.optional(), scaleDown: scalingRules.optional() })
              .optional(),
          })
          .optional(),
      })
      .optional(),
    triggers: z.array(prometheusTrigger).min(1),
  }),
});
export type ScaledObject = z.output<typeof scaledObject>;
