import { posix } from 'node:path';
import {
  checkDnsLabel,
  checkImage,
  checkPortName,
  checkSeconds,
  checkSecretKey,
  checkSubPath,
  parseImage,
} from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize } from '../storage/quantity';
import { checkClaimOfTemplate, checkVolumeClaimTemplate } from '../storage/volume-claim-template';
import { checkAlone, checkMajorOfTag, checkMedium } from '../workload/database-image-rules';
import { checkSelector } from '../workload/headless-service';
import { lostData } from '../workload/image-data';
import { imageData, majorOf } from '../workload/images/known-images';
import { checkDeclared, declaredPorts } from '../workload/network-port';
import { claimedTemplates } from '../workload/pod-claims';
import { checkPods, propsOfContainers } from '../workload/pod-rules';
import { withSeeds } from '../workload/seed';
import { checkBackupUser, withName } from './database';
import { APPLICATION_USER_SCRIPT, BACKUP_USER_SCRIPT, INITIALIZE, renderStorage } from './database-server';
import type { Server } from './database-server';
import { checkMetrics } from './metrics/metrics-rules';
import type { StatefulDatabaseProps } from './stateful-database-props';

/** What holds for a database's props besides what holds for every set. */
export function checkServer(problems: Problems, props: StatefulDatabaseProps, server: Server): void {
  const { spec } = props.engine;
  checkEngine(problems, props);
  checkClaimOfTemplate(problems, 'storage', 'claimName', renderStorage(props.storage, spec, []));
  if (props.storage.subPath !== undefined) checkSubPath(problems, 'storage.subPath', props.storage.subPath);
  const { medium, storageClassName = '' } = props.storage.storageClass ?? {};
  checkMedium(
    problems,
    { prop: 'storage.storageClass', value: storageClassName, ...(medium && { medium }) },
    spec.name,
  );
  if (props.containerName !== undefined) checkDnsLabel(problems, 'containerName', props.containerName);
  const taken = [INITIALIZE, ...(spec.initContainers ?? []).map((container) => container.name)];
  if (props.containerName !== undefined && taken.includes(props.containerName)) {
    problems.add(
      'containerName',
      'must be another than that of an init container',
      props.containerName,
      'choose another',
    );
  }
  if (props.portName !== undefined) checkPortName(problems, 'portName', props.portName);
  if (props.servicePortName !== undefined) checkDnsLabel(problems, 'servicePortName', props.servicePortName);
  if (props.selector) checkSelector(problems, props.selector);
  if (props.resources?.memory) checkSize(problems, 'resources.memory', props.resources.memory);
  if (props.resources?.ephemeralStorage)
    checkSize(problems, 'resources.ephemeralStorage', props.resources.ephemeralStorage);
  checkUsers(problems, props);
  checkBackupLogin(problems, props);
  checkMetrics(problems, props);
  checkInitScripts(problems, props);
  props.engine._check(problems, props);
  checkPod(problems, props, server);
}

/** What was added to the server's pod, and whether it gets along with what the engine puts there. */
function checkPod(problems: Problems, props: StatefulDatabaseProps, server: Server): void {
  props.volumeClaimTemplates?.forEach((template, index) =>
    checkVolumeClaimTemplate(problems, `volumeClaimTemplates[${index}]`, template),
  );
  const [storage, ...further] = server.volumeClaimTemplates;
  const claimed = [
    ...(storage ? [{ name: storage.name, mounts: storage.mounts, prop: 'storage' }] : []),
    ...claimedTemplates(further),
  ];
  const { sidecars = [], initContainers = [], nativeSidecars = [] } = props;
  const given = propsOfContainers({ sidecars, initContainers, nativeSidecars });
  checkPods(problems, withSeeds(server, claimed), claimed, given);
  checkDataIsSeen(problems, props);
  checkDeclared(
    problems,
    'openPorts',
    declaredPorts([...server.containers.slice(1), ...nativeSidecars]),
    props.openPorts,
  );
}

/** The server alone would see another volume there than the one that its database was made on. */
function checkDataIsSeen(problems: Problems, props: StatefulDatabaseProps): void {
  const { spec } = props.engine;
  const server = props.containerName ?? spec.name;
  const mounts = [
    ...(props.emptyDirs ?? []).map(({ path, containers }, index) => ({
      prop: `emptyDirs[${index}].path`,
      path,
      seen: containers?.includes(server) ?? true,
    })),
    ...(props.volumeClaimTemplates ?? []).flatMap((template, index) =>
      template.mounts.map(({ path, container }, at) => ({
        prop: `volumeClaimTemplates[${index}].mounts[${at}].path`,
        path,
        seen: (container ?? server) === server,
      })),
    ),
    ...(props.volumeMounts ?? []).map(({ mountPath }, index) => ({
      prop: `volumeMounts[${index}].mountPath`,
      path: mountPath,
      seen: true,
    })),
  ];
  for (const { prop, path, seen } of mounts) {
    if (!seen || !`${posix.normalize(path)}/`.startsWith(`${spec.mountPath}/`)) continue;
    const wayOut = 'it would hide a part of the data from the server; mount it elsewhere, or in a container of its own';
    problems.add(prop, `must lie outside of the data, ${spec.mountPath}`, path, wayOut);
  }
}

function checkEngine(problems: Problems, props: StatefulDatabaseProps): void {
  const { spec } = props.engine;
  if (props.image !== undefined) {
    checkImage(problems, 'image', props.image);
    checkMajorOfTag(problems, 'image', props.image);
    checkMirror(problems, props.image, spec.image);
  } else {
    checkImage(problems, 'engine.image', spec.image);
    checkMajorOfTag(problems, 'engine.image', spec.image);
  }
  const image = props.image ?? spec.image;
  // A mirror under another name keeps its data where the engine's image does.
  const volumes = [{ path: spec.mountPath, kind: 'claim' as const }];
  const lost = [image, spec.image].flatMap((one) => lostData({ image: one, env: spec.env ?? {}, volumes }) ?? [])[0];
  if (lost) {
    const rule = `must hold ${lost.path}, where ${image} keeps its data`;
    problems.add('engine.mountPath', rule, spec.mountPath, lost.wayOut);
  }
  if (!spec.replicates) {
    const by = spec.replicatedBy;
    const wayOut = by === undefined ? undefined : `use 1, or ${by}, whose members replicate and fail over`;
    checkAlone(problems, `the engine ${spec.name}`, props.replicas, wayOut);
  }
  const reserved = new Map(Object.entries(spec.reservedParameters ?? {}));
  for (const name of Object.keys(props.parameters ?? {})) {
    // Servers read names in any case, and MariaDB takes - for _.
    const plain = name.toLowerCase().replaceAll('-', '_');
    const reason = reserved.get(plain);
    if (spec.parameterArgs === undefined) {
      problems.add(
        'parameters',
        `must be left out with the engine ${spec.name}`,
        name,
        'it takes none; configure its image',
      );
    } else if (reason !== undefined) {
      problems.add('parameters', 'must leave this one alone', name, `it belongs to ${reason}`);
    } else if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
      problems.add(
        'parameters',
        'must have names of letters, digits, _ and .',
        name,
        "write { max_connections: '200' }",
      );
    }
  }
  const grace = props.terminationGracePeriod;
  if (grace) checkSeconds(problems, 'terminationGracePeriod', grace, 1, 'with 0 the server is always killed');
}

/** Another major or another C library on the same data: the server refuses them, or finds rows missing in its indexes. */
function checkMirror(problems: Problems, image: string, original: string): void {
  const [mirror, engine] = [parseImage(image), parseImage(original)];
  const database = imageData(image)?.database;
  const sameName = mirror.name === engine.name;
  if (!sameName && (!database || database !== imageData(original)?.database)) return;
  if (mirror.tag === undefined || engine.tag === undefined) return;
  const [major, wanted] = [majorOf(image), majorOf(original)];
  const otherMajor = major !== undefined && major !== wanted;
  // An image of another name may be made of Alpine without a word of it.
  if (otherMajor || (sameName && mirror.tag.includes('alpine') !== engine.tag.includes('alpine'))) {
    const wayOut = 'another major or variant does not fit the data of this one; give both the same';
    problems.add('image', `must hold the version and variant of the engine's, ${original}`, image, wayOut);
  }
}

function checkUsers(problems: Problems, props: StatefulDatabaseProps): void {
  const { spec } = props.engine;
  if (spec.passwordVariable !== undefined && !props.password) {
    const wayOut = 'without one the image makes no database; write { secret, key }, with the Secret made by hand';
    problems.add('password', `must be given with the engine ${spec.name}`, undefined, wayOut);
  }
  if (spec.passwordVariable === undefined && props.password) {
    const wayOut = 'the server asks for no login and would let everybody in all the same';
    problems.add('password', 'must be left out with this engine', `key ${props.password.key}`, wayOut);
  }
  if (props.password) checkSecretKey(problems, 'password.key', props.password.key);
  if (props.applicationUser) {
    checkSecretKey(problems, 'applicationUser.password.key', props.applicationUser.password.key);
  }
  const fixed = (prop: string) => `the image makes its own; leave '${prop}' out`;
  if (props.user !== undefined && spec.userVariable === undefined) {
    problems.add('user', `must be left out with the engine ${spec.name}`, props.user, fixed('user'));
  }
  if (props.databaseName !== undefined && spec.databaseVariable === undefined) {
    problems.add(
      'databaseName',
      `must be left out with the engine ${spec.name}`,
      props.databaseName,
      fixed('databaseName'),
    );
  }
  const application = props.applicationUser;
  const names = {
    user: props.user,
    databaseName: props.databaseName,
    'applicationUser.name': application?.name,
    'applicationUser.databaseName': application?.databaseName,
  };
  for (const [prop, name] of Object.entries(names)) {
    if (name !== '') continue;
    problems.add(prop, 'must not be empty', name, 'the image would take it for not set; give a name or leave it out');
  }
  if (!application) return;
  if (spec.applicationUserScript === undefined && !spec.applicationVariables) {
    problems.add(
      'applicationUser',
      `must be left out with the engine ${spec.name}`,
      application.name,
      'make it in initScripts',
    );
  }
  if (application.name === (props.user ?? spec.user)) {
    problems.add(
      'applicationUser.name',
      'must be another than the administrator',
      application.name,
      'choose another name',
    );
  }
  if (spec.reservedUsers?.includes(application.name)) {
    const rule = "must be another than the image's own users";
    problems.add('applicationUser.name', rule, application.name, "choose another name, e.g. 'shop'");
  }
}

function checkBackupLogin(problems: Problems, props: StatefulDatabaseProps): void {
  const { spec } = props.engine;
  if (!props.backupUser) return;
  checkBackupUser(problems, props.backupUser);
  const { name } = withName(props.backupUser);
  if (spec.backupUserScript === undefined) {
    const wayOut = spec.administratorIsLocal
      ? 'make it in initScripts'
      : 'jobs log in as the administrator; give a job `user` and `password` for another';
    problems.add('backupUser', `must be left out with the engine ${spec.name}`, name, wayOut);
  }
  const taken = [props.user ?? spec.user, props.applicationUser?.name, ...(spec.reservedUsers ?? [])];
  if (taken.includes(name)) {
    const rule = "must be another than the administrator, the application user and the image's own users";
    problems.add('backupUser.name', rule, name, "choose another name, e.g. 'backup'");
  }
}

function checkInitScripts(problems: Problems, props: StatefulDatabaseProps): void {
  const { spec } = props.engine;
  const endings = spec.initScriptEndings ?? [''];
  for (const name of Object.keys(props.initScripts ?? {})) {
    if (spec.initScriptsPath === undefined) {
      problems.add('initScripts', `must be left out with the engine ${spec.name}`, name, 'its image runs none');
    } else if (!/^[-.\w]{1,253}$/.test(name) || !endings.some((ending) => name.endsWith(ending))) {
      const wayOut = `the image passes over any other, or no ConfigMap can hold it; name it as '10-tables${endings[1] ?? endings[0] ?? ''}'`;
      problems.add(
        'initScripts',
        `must have file names that end with ${endings.join(', ') || 'anything'}`,
        name,
        wayOut,
      );
    } else if (name === APPLICATION_USER_SCRIPT && props.applicationUser) {
      problems.add('initScripts', 'must leave this name to applicationUser', name, 'choose another name');
    } else if (name === BACKUP_USER_SCRIPT && props.backupUser) {
      problems.add('initScripts', 'must leave this name to backupUser', name, 'choose another name');
    }
  }
  const { initScriptsRunAs: runAs } = props;
  if (runAs === undefined) return;
  if (spec.applicationUserScript === undefined) {
    const wayOut = 'its image decides who runs them';
    problems.add('initScriptsRunAs', `must be left out with the engine ${spec.name}`, runAs, wayOut);
  } else if (!props.applicationUser) {
    const wayOut = 'the administrator runs them then';
    problems.add('initScriptsRunAs', 'must be left out without applicationUser', runAs, wayOut);
  } else if (Object.keys(props.initScripts ?? {}).length === 0) {
    problems.add('initScriptsRunAs', 'must be left out without initScripts', runAs, 'there is nothing to run');
  }
}
