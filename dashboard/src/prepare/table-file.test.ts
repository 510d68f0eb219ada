import { expect, test } from "vitest";
import { csv, json, type TableFile } from "./table-file.ts";

const file: TableFile = {
  name: "x",
  about: { "time zone": "Europe/Berlin", filter: "model\nis x" },
  columns: ["name", "cost", "count"],
  rows: [["=HYPERLINK(1)", "-0.04467", 3], ['a,"b"', null, 0]],
};

test("a formula becomes a text, a negative amount stays a number", () => {
  expect(csv(file).split("\r\n")).toEqual(["# time zone: Europe/Berlin", "# filter: model is x", "name,cost,count", "'=HYPERLINK(1),-0.04467,3", '"a,""b""",,0', ""]);
  expect(csv({ ...file, about: {}, rows: [["+1-2", "@x", "\tx"]] }).split("\r\n")[1]).toBe("'+1-2,'@x,\"'\tx\"");
});

test("no separator that a spreadsheet may split at makes a formula of a text, the head's included", () => {
  const texts = ["＝1+1", "－2", "x;=1+1", "x,＠a", "x\t+1", 'x;"=1+1"', "\u200b=1", " =1", "a\n-1"];
  const lines = csv({ ...file, about: { filter: "user x,=1+1;@y" }, rows: texts.map((text) => ["a", text, 1]) });
  for (const part of lines.split(/[,;\t\r\n]/)) expect(part).not.toMatch(/^[\s"\u200b]*[=+@＝＋－＠]|^[\s"]*-(?![\d.]+$)/);
  expect(lines.split("\r\n")[0]).toBe(`"# filter: user x,'=1+1;'@y"`);
});

test("JSON carries the same cells and what they are about", () => {
  expect(JSON.parse(json(file))).toEqual({ about: file.about, rows: [{ name: "=HYPERLINK(1)", cost: "-0.04467", count: 3 }, { name: 'a,"b"', cost: null, count: 0 }] });
});
