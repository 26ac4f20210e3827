import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { ContainerResources, HeadlessService, PersistentStatefulSet, Pod } from '../lib';

/**
 * Three pods that start one after another and keep their names, a headless Service that lists them, and a pod to ask it from.
 */
export class StatefulSetBasics extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    const resources = ContainerResources.of({ memory: Size.mebibytes(128), ephemeralStorage: Size.mebibytes(128) });
    const service = new HeadlessService(this, 'stateful', { ports: [{ name: 'dbport', port: 5432 }] });

    new PersistentStatefulSet(this, 'stateful-set', {
      name: 'stateful',
      service,
      replicas: 3,
      initContainers: [{ name: 'init', image: 'ubuntu:24.04', command: ['sleep', '10'], resources }],
      containers: [
        {
          name: 'container',
          image: 'ubuntu:24.04',
          command: ['tail', '-f', '/dev/null'],
          ports: [{ name: 'dbport', containerPort: 5432 }],
          resources,
        },
      ],
    });

    new Pod(this, 'ubuntu', {
      containers: [
        {
          name: 'ubuntu',
          // Has dig already: a hardened container can install nothing.
          image: 'nicolaka/netshoot:v0.16',
          command: ['tail', '-f', '/dev/null'],
          workingDir: '/tmp',
          env: [{ name: 'HOME', value: '/tmp' }],
          resources: ContainerResources.of({ memory: Size.mebibytes(256), ephemeralStorage: Size.mebibytes(256) }),
        },
      ],
      emptyDirs: [{ path: '/tmp' }],
    });
  }
}
