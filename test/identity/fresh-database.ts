let made = 0;

/** An empty database of this process's own, on the PostgreSQL at `url`. @returns its address */
export async function freshDatabase(url: string): Promise<string> {
  const admin = await openStoreless(url);
  const name = `portcullis_test_${process.pid}_${(made += 1)}`;
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function openStoreless(
  url: string,
): Promise<{ query(text: string): Promise<unknown>; end(): Promise<void> }> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { query: (text) => client.query(text), end: () => client.end() };
}
