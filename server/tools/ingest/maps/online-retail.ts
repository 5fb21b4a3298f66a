import { defineMapping, reject } from "../mapping.ts";

/**
 * The invoices of an online shop (UCI "Online Retail"): mall = Country, user = CustomerID, and the time of every event
 * is its InvoiceDate. The file names no time zone; it is taken as UTC.
 *
 * Each line is a view of its product; the first line of an invoice is a login and a use of the cart before that. The
 * lines of an invoice stand together, so remembering one invoice number is enough to know a first line, however large
 * the file is. Should a number come back after others, its lines count as another visit. An invoice begins with its
 * first line that has a customer; lines without one are rejects.
 */
export default defineMapping({
  columns: ["InvoiceNo", "StockCode", "InvoiceDate", "CustomerID", "Country"],
  begin() {
    let invoice: string | undefined;
    return (row) => {
      const user = /^(\d+)(\.0)?$/.exec(row.CustomerID)?.[1];
      if (row.CustomerID === "") return reject("The line has no customer.");
      if (user === undefined) return reject(`CustomerID "${row.CustomerID}" is not a number.`);
      const at = toIsoTime(row.InvoiceDate);
      if (at === undefined) return reject(`InvoiceDate "${row.InvoiceDate}" is not of the form 2010-12-01 08:26:00.`);
      const command = (name: string, payload: Record<string, string>) => ({
        type: "user-state",
        key: [row.Country, user],
        command: name,
        payload: { ...payload, at },
      });
      const begins = row.InvoiceNo !== invoice;
      invoice = row.InvoiceNo;
      const view = command("viewProduct", { productId: row.StockCode });
      return begins ? [command("userLogin", {}), command("useCart", {}), view] : [view];
    };
  },
});

function toIsoTime(date: string): string | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(date) ?? [];
  return day === undefined ? undefined : `${day}T${time}Z`;
}
