import { isAttached } from '../private/identity';
import type { Problems } from '../private/problems';
import type { ClientService, ClientServicePort } from './client-service';
import type { HeadlessService } from './headless-service';
import { portsText, portText } from './network-port';
import type { NetworkPort } from './network-port';

/** What lies behind a headless Service, as far as it is made: the ports that the containers declare, and the Services for clients. */
interface Behind {
  declared: NetworkPort[];
  readonly clients: Map<ClientService, ClientServicePort[]>;
}

const behind = new WeakMap<HeadlessService, Behind>();

function of(service: HeadlessService): Behind {
  const known = behind.get(service) ?? { declared: [], clients: new Map<ClientService, ClientServicePort[]>() };
  behind.set(service, known);
  return known;
}

export function enterClient(headless: HeadlessService, client: ClientService, ports: ClientServicePort[]): void {
  of(headless).clients.set(client, ports);
}

export function enterDeclared(headless: HeadlessService, declared: NetworkPort[]): void {
  of(headless).declared = declared;
}

/** Checks the ports that DNS lists against the set that has the Service. */
export function checkHeadlessPorts(problems: Problems, headless: HeadlessService, declared: NetworkPort[]): void {
  for (const port of headless.ports) {
    if (isDeclared(declared, port)) continue;
    const reason = `they declare ${portsText(declared)}; clients would find this one in DNS, and nobody behind it`;
    problems.add('service.ports', 'must be ports of the containers', portText(port), reason);
  }
}

/** Checks a Service for clients against the set behind it, if that is made. */
export function checkClientPorts(problems: Problems, headless: HeadlessService, ports: ClientServicePort[]): void {
  const { declared } = of(headless);
  ports.forEach((port, index) => {
    if (isDeclared(declared, port)) return;
    const prop = port.targetPort === undefined ? 'port' : 'targetPort';
    problems.add(`ports[${index}].${prop}`, 'must be a port of the containers', target(port), wayOut(declared));
  });
}

/** Checks a set against the Services for clients that were made before it. */
export function checkClients(problems: Problems, headless: HeadlessService, declared: NetworkPort[]): void {
  for (const [client, ports] of of(headless).clients) {
    if (!isAttached(client)) continue;
    for (const port of ports) {
      if (isDeclared(declared, port)) continue;
      problems.add('containers', `must have the ports of '${client.node.path}'`, target(port), wayOut(declared));
    }
  }
}

/** Containers need not declare their ports: where none does, nothing is known. */
function isDeclared(declared: NetworkPort[], port: ClientServicePort): boolean {
  return declared.length === 0 || declared.map(portText).includes(target(port));
}

function target({ port, targetPort = port, protocol }: ClientServicePort): string {
  return portText({ port: targetPort, ...(protocol && { protocol }) });
}

function wayOut(declared: NetworkPort[]): string {
  return (
    `they declare ${portsText(declared)}; the Service would lead to nobody; give it one of these as targetPort, or add it to 'ports' ` +
    'of its container'
  );
}
