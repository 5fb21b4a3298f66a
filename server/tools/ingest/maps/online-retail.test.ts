import { describe, expect, test } from "vitest";
import type { Mapped } from "../mapping.ts";
import onlineRetail from "./online-retail.ts";

const row = {
  InvoiceNo: "536365",
  StockCode: "85123A",
  InvoiceDate: "2010-12-01 08:26:00",
  CustomerID: "17850.0",
  Country: "United Kingdom",
};
const names = (mapped: Mapped) => ("reject" in mapped ? mapped.reject : mapped.map((command) => command.command));

describe("the mapping of Online Retail", () => {
  test("maps an invoice's first line to a login, a cart use and a view, and each other line to a view", () => {
    const map = onlineRetail.begin();
    const at = "2010-12-01T08:26:00Z";
    const to = { type: "user-state", key: ["United Kingdom", "17850"] };
    expect(map(row)).toEqual([
      { ...to, command: "userLogin", payload: { at } },
      { ...to, command: "useCart", payload: { at } },
      { ...to, command: "viewProduct", payload: { productId: "85123A", at } },
    ]);
    expect(map({ ...row, StockCode: "71053" })).toEqual([
      { ...to, command: "viewProduct", payload: { productId: "71053", at } },
    ]);
  });

  test("detects first lines in each file, and when an invoice returns after another", () => {
    const map = onlineRetail.begin();
    const first = ["userLogin", "useCart", "viewProduct"];
    expect(names(map(row))).toEqual(first);
    expect(names(map({ ...row, InvoiceNo: "C536366" }))).toEqual(first);
    expect(names(map(row))).toEqual(first);
    expect(names(onlineRetail.begin()(row))).toEqual(first);
  });

  test("rejects a line without a customer, and starts the invoice at the next one", () => {
    const map = onlineRetail.begin();
    expect(map({ ...row, CustomerID: "" })).toEqual({ reject: "The line has no customer." });
    expect(names(map(row))).toHaveLength(3);
  });

  test.each([
    [{ CustomerID: "x17" }, 'CustomerID "x17" is not a number.'],
    [{ InvoiceDate: "12/1/2010 8:26" }, 'InvoiceDate "12/1/2010 8:26" does not have the form 2010-12-01 08:26:00.'],
  ])("rejects %j", (change, reason) => {
    expect(onlineRetail.begin()({ ...row, ...change })).toEqual({ reject: reason });
  });
});
