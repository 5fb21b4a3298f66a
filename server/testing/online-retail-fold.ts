/** What the invoices of a shop say of one customer, in the shape of a `user-state`. */
export interface Customer {
  mallId: string;
  userId: string;
  lastLogin: string;
  lastCartUsedTime: string;
  recentProducts: string[];
  marketingOptIn: false;
  lastEventTime: string;
}

/** What files of invoices hold, counted without the help of the mapping, the reader or the actor. */
export interface Shop {
  lines: number;
  withCustomer: number;
  /** A login, a cart use and the views of their products, for each invoice. */
  commands: number;
  /** By mall and user, joined by a slash. */
  customers: Map<string, Customer>;
}

/**
 * Reads files of "Online Retail" and folds them into the state of each customer: another way to the same result than
 * the server's, to compare it with. It shares no code with the mapping, the CSV reader or the actor, and holds
 * everything in memory.
 * @param files the text of each file, in order
 */
export function foldShop(files: readonly string[]): Shop {
  const shop: Shop = { lines: 0, withCustomer: 0, commands: 0, customers: new Map() };
  const views = new Map<string, string[]>();
  for (const file of files) {
    const [, ...rows] = parse(file);
    const invoices = new Set<string>();
    shop.lines += rows.length;
    for (const [invoice = "", product = "", , , date = "", , customer = "", country = ""] of rows) {
      if (customer === "") continue;
      const userId = String(Number(customer));
      const name = `${country}/${userId}`;
      const time = `${date.replace(" ", "T")}Z`;
      const before = shop.customers.get(name);
      const begins = !invoices.has(invoice);
      invoices.add(invoice);
      shop.withCustomer += 1;
      shop.commands += begins ? 3 : 1;
      views.set(name, [...(views.get(name) ?? []), product]);
      shop.customers.set(name, {
        mallId: country,
        userId,
        lastLogin: begins || before === undefined ? time : before.lastLogin,
        lastCartUsedTime: begins || before === undefined ? time : before.lastCartUsedTime,
        recentProducts: newestThree(views.get(name) ?? []),
        marketingOptIn: false,
        lastEventTime: time,
      });
    }
  }
  return shop;
}

/** The last three different products, newest first. */
function newestThree(products: readonly string[]): string[] {
  return [...new Set(products.toReversed())].slice(0, 3);
}

/** The rows of a CSV text, one character at a time. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  for (const char of text.replace(/^\ufeff/, "").replaceAll('""', "\u0000")) {
    if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) endField();
    else if (char === "\n" && !quoted) {
      endField();
      rows.push(row);
      row = [];
    } else if (char !== "\r") field += char === "\u0000" ? '"' : char;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows;
}
