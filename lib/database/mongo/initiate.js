// Forms the replica set, or adds members that it lacks. Run by mongosh in a Job; safe to run again, and beside another run.
// Reads REPLICA_SET, MEMBERS (host:port, …), and MONGO_USER and MONGO_PASSWORD where the servers ask for a login.
const { REPLICA_SET, MEMBERS, MONGO_USER, MONGO_PASSWORD, TIMEOUT_SECONDS = '600' } = process.env;
const members = MEMBERS.split(',');
const deadline = Date.now() + Number(TIMEOUT_SECONDS) * 1000;

/** Repeats the attempt until it gives something, as members start in their own time. */
function eventually(what, attempt) {
  for (;;) {
    let failure = 'not yet';
    try {
      const result = attempt();
      if (result) return result;
    } catch (error) {
      failure = error.message;
    }
    if (Date.now() > deadline) throw new Error(`gave up waiting for ${what}: ${failure}`);
    sleep(2000);
  }
}

function open(host) {
  const uri = `mongodb://${host}/admin?directConnection=true&serverSelectionTimeoutMS=5000`;
  return MONGO_USER ? connect(uri, MONGO_USER, MONGO_PASSWORD) : connect(uri);
}

const hello = (host) => eventually(`${host} to answer`, () => open(host).hello());

/** The member that takes writes, wherever it is now. */
function primary() {
  return eventually('a primary', () => {
    for (const host of members) {
      if (open(host).hello().isWritablePrimary) return host;
    }
    return undefined;
  });
}

// Plain loops: the shell waits for the server inside of them, and not inside of what is passed to map and find.
let initiated = false;
for (const host of members) {
  const { setName } = hello(host);
  if (setName && setName !== REPLICA_SET) {
    throw new Error(`${host} belongs to the replica set ${setName}, not ${REPLICA_SET}; nothing was changed`);
  }
  initiated = initiated || Boolean(setName);
}

// Only where no member belongs to a set: one that lost its volume must be filled by the others, not start a second set.
if (!initiated) {
  // One alone, and the others one by one: each has an administrator of its own by now, and would count as holding data.
  print(`initiating ${REPLICA_SET} with ${members[0]}`);
  const config = { _id: REPLICA_SET, members: [{ _id: 0, host: members[0] }] };
  try {
    open(members[0]).adminCommand({ replSetInitiate: config });
  } catch (error) {
    if (error.codeName !== 'AlreadyInitialized') throw error;
    print('another run was faster');
  }
}

// A set that was initiated by hand may know a member by its pod's name alone: the same member all the same.
const podOf = (host) => host.split(/[.:]/)[0];
for (const host of members) {
  eventually(`${host} to be a member`, () => {
    const admin = open(primary());
    const { config } = admin.adminCommand({ replSetGetConfig: 1 });
    if (config.members.some((member) => podOf(member.host) === podOf(host))) return true;
    print(`adding ${host}`);
    config.members.push({ _id: Math.max(...config.members.map(({ _id }) => _id)) + 1, host });
    config.version += 1;
    admin.adminCommand({ replSetReconfig: config });
    return true;
  });
}
print(`${REPLICA_SET} has its members; the primary is ${primary()}`);
