// Runs SQL from the standard input on DuckDB, statement by statement, and prints the rows of
// the last one, and how long each took. The first argument is DuckDB's folder.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { DuckDBInstance } = createRequire(process.argv[2] + "/")("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const { statements, count } = await (async () => {
  const statements = await connection.extractStatements(readFileSync(0, "utf8"));
  return { statements, count: statements.count };
})();
const seconds = [];
let names = [], types = [], rows = [];
for (let i = 0; i < count; i++) {
  const begun = performance.now();
  const prepared = await statements.prepare(i);
  const reader = await prepared.runAndReadAll();
  seconds.push((performance.now() - begun) / 1000);
  names = reader.columnNames();
  types = reader.columnTypes().map(String);
  rows = reader.getRowsJson();
}
console.log(JSON.stringify({ names, types, rows, seconds }));
