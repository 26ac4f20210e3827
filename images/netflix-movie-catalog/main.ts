import { MongoClient } from 'mongodb';
import { catalog } from './catalog.ts';

const uri = process.env.MONGODB_URI;
if (uri === undefined || uri === '') throw new Error('MONGODB_URI must hold the connection string of the replica set');

const client = new MongoClient(uri, { readPreference: 'secondaryPreferred', serverSelectionTimeoutMS: 5000 });
const database = client.db('catalog');
const server = catalog({
  all: () => database.collection('movies').find({}, { limit: 1000 }).toArray(),
  ping: async () => {
    await database.command({ ping: 1 });
  },
}).listen(8080);

process.once('SIGTERM', () => {
  server.close(() => void client.close());
});
