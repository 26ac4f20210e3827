import { Protocol } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import { checkDnsLabel, checkImage, checkOneOf, checkPort, checkPortName, checkUnique } from '../private/names';
import type { Problems } from '../private/problems';
import { checkSecurityContext } from './security-context';

/** What holds for a container by itself. A server before 1.37 looks at none in a set; then no pod is ever made, or none is ready. */
export function checkContainer(problems: Problems, prop: string, container: k8s.Container, isInit: boolean): void {
  checkDnsLabel(problems, `${prop}.name`, container.name);
  checkImage(problems, `${prop}.image`, container.image ?? '');
  if (container.imagePullPolicy !== undefined) {
    const policies = ['Always', 'IfNotPresent', 'Never'];
    checkOneOf(problems, `${prop}.imagePullPolicy`, container.imagePullPolicy, policies, "write 'IfNotPresent'");
  }
  checkSecurityContext(problems, `${prop}.securityContext`, container.securityContext);
  checkPorts(problems, prop, container.ports);
  checkVariables(problems, `${prop}.env`, container);
  checkHandlers(problems, prop, container, isInit);
  checkResources(problems, `${prop}.resources`, container.resources);
}

function checkPorts(problems: Problems, prop: string, ports: k8s.ContainerPort[] = []): void {
  ports.forEach(({ name, containerPort, protocol }, index) => {
    checkPort(problems, `${prop}.ports[${index}].containerPort`, containerPort);
    if (protocol !== undefined) {
      const protocols: string[] = Object.values(Protocol);
      checkOneOf(problems, `${prop}.ports[${index}].protocol`, protocol, protocols, 'it is TCP if left out');
    }
    if (name !== undefined) checkPortName(problems, `${prop}.ports[${index}].name`, name);
  });
}

function checkVariables(problems: Problems, prop: string, { env: variables = [], envFrom = [] }: k8s.Container): void {
  const names = variables.map(({ name }) => name);
  checkUnique(problems, prop, names, 'variables of one name', 'the last hides the others; leave them out');
  variables.forEach(({ name, value = '' }, index) => {
    for (const [, escaped, other = ''] of value.matchAll(/(\$?)\$\(([^)]+)\)/g)) {
      const at = names.indexOf(other);
      // Where others come from a ConfigMap or a Secret, their names are not known; some every container has.
      const isElsewhere = at < 0 && (envFrom.length > 0 || other.startsWith('KUBERNETES_'));
      if (escaped || isElsewhere || (at >= 0 && at < index)) continue;
      const wayOut = 'a container gets the text itself where the variable does not stand before; put that one first';
      problems.add(`${prop}[${index}].value`, `must refer to variables before '${name}'`, `$(${other})`, wayOut);
    }
  });
}

function checkHandlers(problems: Problems, prop: string, container: k8s.Container, isInit: boolean): void {
  const { startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
  if (isInit) {
    for (const [name, given] of Object.entries({ startupProbe, readinessProbe, livenessProbe, lifecycle })) {
      if (given === undefined) continue;
      const wayOut =
        'the server makes no pod whose init containers have any; for one that runs on, write nativeSidecars';
      problems.add(`${prop}.${name}`, 'must be left out of an init container', Object.keys(given), wayOut);
    }
    return;
  }
  const { postStart, preStop } = lifecycle ?? {};
  const handlers = {
    startupProbe,
    readinessProbe,
    livenessProbe,
    'lifecycle.postStart': postStart,
    'lifecycle.preStop': preStop,
  };
  const names = (container.ports ?? []).map(({ name }) => name);
  for (const [name, handler] of Object.entries(handlers)) {
    const port: unknown = (handler?.httpGet ?? handler?.tcpSocket)?.port.value;
    if (typeof port === 'number') checkPort(problems, `${prop}.${name}`, port);
    if (typeof port !== 'string' || names.includes(port)) continue;
    const wayOut = `the kubelet finds none, and the probe fails for ever; name it in 'ports', or write its number`;
    problems.add(`${prop}.${name}`, 'must name a port of its container', port, wayOut);
  }
}

function checkResources(
  problems: Problems,
  prop: string,
  { requests = {}, limits = {} }: k8s.ResourceRequirements = {},
): void {
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (!limit || !(amount(request) > amount(limit))) continue;
    const wayOut = `the server makes no such pod; raise the limit, ${limit.value}`;
    problems.add(`${prop}.requests.${name}`, 'must not be above the limit', request.value, wayOut);
  }
}

const UNITS = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** @returns NaN for what is no quantity, which the server says itself */
function amount({ value }: k8s.Quantity): number {
  const [, digits = '', unit = '', binary] =
    /^([0-9.]+(?:[eE][-+]?[0-9]+)?)([numkKMGTPE]?)(i?)$/.exec(String(value)) ?? [];
  const power = UNITS.indexOf(unit === 'K' ? 'k' : unit) - UNITS.indexOf('');
  return digits === '' ? NaN : Number(digits) * (binary ? 1024 : 1000) ** power;
}
