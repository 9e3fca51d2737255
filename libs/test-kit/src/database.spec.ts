import pg from 'pg';
import { expect, test } from 'vitest';
import { createDatabase } from './database.ts';

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('every test gets a database of its own from one migration', async () => {
  let migrations = 0;
  const migrate = async (url: string) => {
    migrations += 1;
    await query(url, 'create table things (n int); insert into things values (1)');
  };
  const databases = await Promise.all(Array.from({ length: 5 }, () => createDatabase(migrate, 'things')));
  expect(migrations).toBe(1);
  expect(new Set(databases.map((database) => database.url)).size).toBe(5);

  await query(databases[0]!.url, 'insert into things values (2)');
  expect(await query(databases[0]!.url, 'select n from things order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await query(databases[1]!.url, 'select n from things')).toEqual([{ n: 1 }]);
  for (const database of databases) await database.drop();
  await expect(query(databases[0]!.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
});

test('another schema has another template', async () => {
  const database = await createDatabase((url) => query(url, 'create table others (n int)').then(() => {}), 'others');
  await expect(query(database.url, 'select * from things')).rejects.toMatchObject({ code: '42P01' });
  await database.drop();
});

test('a migration that failed is tried again by the next one who asks', async () => {
  const failing = createDatabase(() => Promise.reject(new Error('no')), 'fragile');
  await expect(failing).rejects.toThrow('no');
  const database = await createDatabase(() => Promise.resolve(), 'fragile');
  await database.drop();
});
