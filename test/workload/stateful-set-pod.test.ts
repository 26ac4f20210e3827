import { StatefulSetPod } from '../../lib';

test('a pod of a set has a name, an address and claims that outlive it', () => {
  const pod = new StatefulSetPod('mongo-0', 'mongo-service.shop');
  expect(pod.podName).toBe('mongo-0');
  expect(pod.dnsName).toBe('mongo-0.mongo-service.shop');
  // As the StatefulSet controller names it: template, then pod.
  expect(pod.claimName('data')).toBe('data-mongo-0');
});
