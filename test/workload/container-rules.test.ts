import { k8s } from 'cdk8s-plus-27';
import { Pod } from '../../lib';
import { newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER } from '../support/samples';

const port = (value: number | string) =>
  typeof value === 'number' ? k8s.IntOrString.fromNumber(value) : k8s.IntOrString.fromString(value);
const quantity = (value: string) => k8s.Quantity.fromString(value);

function make(container: Partial<k8s.Container>, prop: 'containers' | 'initContainers' | 'nativeSidecars') {
  const given = { ...CONTAINER, name: 'given', ...container };
  const chart = newChart();
  const containers = prop === 'containers' ? [given] : [CONTAINER];
  const others = prop === 'containers' ? {} : { [prop]: [given] };
  return { chart, make: () => new Pod(chart, 'pod', { containers, ...others }) };
}

const LISTENING: Partial<k8s.Container> = {
  ports: [{ name: 'http', containerPort: 8080 }],
  startupProbe: { httpGet: { port: port('http') } },
  readinessProbe: { tcpSocket: { port: port(9090) } },
  livenessProbe: { exec: { command: ['true'] } },
  lifecycle: { preStop: { httpGet: { port: port('http') } } },
  imagePullPolicy: 'Always',
};

describe('a container', () => {
  test.each<[string, Partial<k8s.Container>, 'containers' | 'initContainers' | 'nativeSidecars']>([
    ['with probes', LISTENING, 'containers'],
    ['with probes, that is a native sidecar', LISTENING, 'nativeSidecars'],
    [
      'with variables in their order',
      {
        env: [
          { name: 'USER', value: 'shop' },
          { name: 'URL', value: 'sql://$(USER):$(FROM_ELSEWHERE)@db/$$(URL)' },
        ],
        envFrom: [{ secretRef: { name: 'more' } }],
      },
      'initContainers',
    ],
    [
      'with requests up to its limits',
      {
        resources: {
          requests: { cpu: quantity('1000m'), memory: quantity('1Gi'), 'example.com/x': quantity('1e3') },
          limits: { cpu: quantity('1'), memory: quantity('1073741824'), 'example.com/x': quantity('1k') },
        },
      },
      'containers',
    ],
    [
      'with a quantity that is none, which the server says itself',
      { resources: { requests: { cpu: quantity('a') }, limits: { cpu: quantity('1') } } },
      'containers',
    ],
  ])('%s is taken', (_, given, prop) => {
    expect(make(given, prop).make).not.toThrow();
  });

  test.each<[string, Partial<k8s.Container>, 'containers' | 'initContainers' | 'nativeSidecars', string[]]>([
    [
      'with probes of ports that it does not have',
      {
        ports: [{ name: 'http', containerPort: 8080 }],
        startupProbe: { httpGet: { port: port('web') } },
        readinessProbe: { tcpSocket: { port: port(0) } },
        lifecycle: { postStart: { tcpSocket: { port: port('sql') } } },
      },
      'containers',
      [
        "'containers[0].startupProbe' must name a port of its container, got \"web\": the kubelet finds none, and the probe fails for ever; name it in 'ports', or write its number",
        "'containers[0].readinessProbe' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
        "'containers[0].lifecycle.postStart' must name a port of its container, got \"sql\": the kubelet finds none, and the probe fails for ever; name it in 'ports', or write its number",
      ],
    ],
    [
      'that ends, with probes',
      { readinessProbe: { exec: { command: ['true'] } }, lifecycle: { preStop: { exec: { command: ['true'] } } } },
      'initContainers',
      [
        '\'initContainers[0].readinessProbe\' must be left out of an init container, got ["exec"]: the server makes no pod whose init containers have any; for one that runs on, write nativeSidecars',
        '\'initContainers[0].lifecycle\' must be left out of an init container, got ["preStop"]: the server makes no pod whose init containers have any; for one that runs on, write nativeSidecars',
      ],
    ],
    [
      'with variables that hide or miss each other',
      {
        env: [
          { name: 'URL', value: 'sql://$(USER)@db' },
          { name: 'USER', value: 'shop' },
          { name: 'PATH', value: '$(PATH):/opt' },
          { name: 'API', value: '$(KUBERNETES_SERVICE_HOST) $(POD_IP)' },
          { name: 'USER', value: 'admin' },
        ],
      },
      'nativeSidecars',
      [
        '\'nativeSidecars[0].env\' must not have two variables of one name, got "USER": the last hides the others; leave them out',
        "'nativeSidecars[0].env[0].value' must refer to variables before 'URL', got \"$(USER)\": a container gets the text itself where the variable does not stand before; put that one first",
        "'nativeSidecars[0].env[2].value' must refer to variables before 'PATH', got \"$(PATH)\": a container gets the text itself where the variable does not stand before; put that one first",
        "'nativeSidecars[0].env[3].value' must refer to variables before 'API', got \"$(POD_IP)\": a container gets the text itself where the variable does not stand before; put that one first",
      ],
    ],
    [
      'with requests above its limits',
      {
        resources: {
          requests: { cpu: quantity('1.5'), memory: quantity('2Gi') },
          limits: { cpu: quantity('1500m'), memory: quantity('2G') },
        },
      },
      'containers',
      [
        '\'containers[0].resources.requests.memory\' must not be above the limit, got "2Gi": the server makes no such pod; raise the limit, 2G',
      ],
    ],
    [
      'with words that Kubernetes does not know',
      { imagePullPolicy: 'always', ports: [{ containerPort: 53, protocol: 'udp' }] },
      'containers',
      [
        "'containers[0].imagePullPolicy' must be one of 'Always', 'IfNotPresent', 'Never', got \"always\": write 'IfNotPresent'",
        "'containers[0].ports[0].protocol' must be one of 'TCP', 'UDP', 'SCTP', got \"udp\": it is TCP if left out",
      ],
    ],
  ])('%s is refused', (_, given, prop, problems) => {
    const refused = make(given, prop);
    expectRefused(refused.chart, refused.make, "Pod 'test/pod'", ...problems);
  });
});
