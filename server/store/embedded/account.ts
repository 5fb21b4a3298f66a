import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";

/** A user of the operating system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Who Postgres runs as, since it refuses to run as root: ourselves (`undefined`) unless we are root; then the owner of
 * the data in the first of the directories that is there, else the user `postgres`, else `nobody`.
 * @throws Error when there is none of them
 */
export async function postgresAccount(directories: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const accounts = passwd.map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const existing = directories.find((directory) => existsSync(directory));
  const owner = existing === undefined ? undefined : await stat(existing);
  if (owner !== undefined && owner.uid !== 0) {
    const { uid, gid } = owner;
    return { name: accounts.find((account) => account.uid === uid)?.name ?? `user ${uid}`, uid, gid };
  }
  const found = ["postgres", "nobody"].flatMap((name) => accounts.filter((account) => account.name === name)).at(0);
  if (found !== undefined) return found;
  throw new Error("Postgres does not run as root, and there is no user postgres or nobody. Start as another user.");
}
