import { fieldsOf, schemaErrors } from './strict-schema';

function set(
  change: (spec: { [key: string]: unknown }, container: { [key: string]: unknown }) => void = () => undefined,
): unknown {
  const container: { [key: string]: unknown } = {
    name: 'server',
    image: 'postgres:17.11',
    livenessProbe: { tcpSocket: { port: 'sql' }, periodSeconds: 5 },
    ports: [{ name: 'sql', containerPort: 5432 }],
    resources: { requests: { cpu: '100m', memory: '1Gi' } },
  };
  const spec: { [key: string]: unknown } = {
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container] } },
  };
  change(spec, container);
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec };
}

describe('the strict schema', () => {
  test('is that of Kubernetes 1.27, neither older nor newer', () => {
    const container = fieldsOf('io.k8s.api.core.v1.Container');
    // New in 1.27, and new in 1.28.
    expect(container).toContain('resizePolicy');
    expect(container).not.toContain('restartPolicy');
  });

  test('accepts an object that a 1.27 server accepts', () => {
    expect(schemaErrors(set())).toEqual([]);
  });

  test('refuses a field that the server does not know, deep in a pod template', () => {
    const object = set((_, container) => Object.assign(container.livenessProbe as object, { timeoutSecond: 5 }));
    expect(schemaErrors(object)).toEqual([
      '.spec.template.spec.containers[0].livenessProbe.timeoutSecond: is no field that 1.27 knows',
    ]);
  });

  test('refuses a field that only later servers know', () => {
    const object = set((_, container) => Object.assign(container, { restartPolicy: 'Always' }));
    expect(schemaErrors(object)).toEqual([
      '.spec.template.spec.containers[0].restartPolicy: is no field that 1.27 knows',
    ]);
  });

  test('does not take the names of Object.prototype for fields', () => {
    expect(schemaErrors(set((spec) => Object.assign(spec, { toString: 1 })))).toEqual([
      '.spec.toString: is no field that 1.27 knows',
    ]);
  });

  test.each([
    ['a wrong type', { replicas: '3' }, '.spec.replicas: must be integer, is string'],
    ['a fraction', { replicas: 1.5 }, '.spec.replicas: must be integer, is number'],
    ['more than 32 bits', { replicas: 2 ** 40 }, '.spec.replicas: must be int32'],
    ['a list for an object', { selector: [] }, '.spec.selector: must be object, is array'],
    ['a null', { serviceName: null }, '.spec.serviceName: must not be null'],
    [
      'a label that is a number',
      { selector: { matchLabels: { app: 1 } } },
      '.spec.selector.matchLabels.app: must be string, is integer',
    ],
  ])('refuses %s', (_, change, error) => {
    expect(schemaErrors(set((spec) => Object.assign(spec, change)))).toEqual([error]);
  });

  test('refuses a missing field that the server demands', () => {
    expect(schemaErrors(set((spec) => delete spec.selector))).toEqual(['.spec.selector: must be there']);
  });

  test('refuses a value that is none of those allowed', () => {
    const object = set((_, container) => Object.assign(container, { imagePullPolicy: 'Sometimes' }));
    expect(schemaErrors(object)).toEqual([
      '.spec.template.spec.containers[0].imagePullPolicy: must be one of Always, IfNotPresent, Never',
    ]);
  });

  test('refuses what is no quantity, number or text', () => {
    const object = set((_, container) =>
      Object.assign(container, { resources: { limits: { memory: '1 GB', cpu: true } } }),
    );
    expect(schemaErrors(object)).toEqual([
      '.spec.template.spec.containers[0].resources.limits.memory: fits none of 2 forms: ' +
        '.spec.template.spec.containers[0].resources.limits.memory: must be number, is string; ' +
        '.spec.template.spec.containers[0].resources.limits.memory: must be quantity',
      '.spec.template.spec.containers[0].resources.limits.cpu: fits none of 2 forms: ' +
        '.spec.template.spec.containers[0].resources.limits.cpu: must be number, is boolean; ' +
        '.spec.template.spec.containers[0].resources.limits.cpu: must be string, is boolean',
    ]);
  });

  test('refuses an API that the server does not serve', () => {
    expect(schemaErrors({ apiVersion: 'apps/v2', kind: 'StatefulSet' })).toEqual([
      ": 'apps/v2 StatefulSet' is not known to Kubernetes 1.27",
    ]);
  });
});
