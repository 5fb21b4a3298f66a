import { defineMapping, reject } from "../mapping.ts";

/**
 * The invoices of an online shop (UCI "Online Retail"): mall = Country, user = CustomerID, time of an event = InvoiceDate,
 * read as UTC because the file names no time zone.
 *
 * Each line views its product. The first line of an invoice that has a customer also logs in and uses the cart, before
 * that. The lines of an invoice are adjacent, so remembering one invoice number detects first lines in a file of any
 * size; a number that returns after others counts as another visit. Lines without a customer are rejected.
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
      if (at === undefined)
        return reject(`InvoiceDate "${row.InvoiceDate}" does not have the form 2010-12-01 08:26:00.`);
      const command = (name: string, payload: Record<string, string>) => ({
        type: "user-state",
        key: [row.Country, user],
        command: name,
        payload: { ...payload, at },
      });
      const isFirst = row.InvoiceNo !== invoice;
      invoice = row.InvoiceNo;
      const view = command("viewProduct", { productId: row.StockCode });
      return isFirst ? [command("userLogin", {}), command("useCart", {}), view] : [view];
    };
  },
});

function toIsoTime(date: string): string | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(date) ?? [];
  return day === undefined ? undefined : `${day}T${time}Z`;
}
