#!/usr/bin/env bash
# Expects:  A SQLite file is the same to every later release of SQLite. What is in an index must be deterministic, and joining a text and a
#           number with || is; so an index made years ago goes on finding its rows, and integrity_check says "ok".
# Happens:  Since 3.53.0 a REAL turns into text with up to 17 digits; before, it was 15. 0.1+0.2 was '0.3' and is '0.30000000000000004'.
#           Keys that an older release wrote into an index no longer match the rows below them: the old key still finds the row, by the
#           index alone; the key that the row has now finds nothing; integrity_check reports missing rows. REINDEX ends all of it. Only
#           sums and products whose last bits are not those of the decimal show it; amounts as typed in do not.
# Versions: npm @sqlite.org/sqlite-wasm 3.50.4-build1 (SQLite 3.50.4) writes, 3.54.1-build1 (SQLite 3.54.1) reads.
# Matters:  Bank lines are recognised again by a key such as reference|amount, in an index or in a stored generated column. An update of
#           the driver, with no change to the file or the program, makes some lines unknown, so they are imported once more, and a
#           monitor that runs integrity_check calls a healthy file damaged.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund --ignore-scripts \
  before@npm:@sqlite.org/sqlite-wasm@3.50.4-build1 after@npm:@sqlite.org/sqlite-wasm@3.54.1-build1 >/dev/null 2>&1
cat >index.mjs <<'JS'
import fs from 'node:fs'
const [release, ...doing] = process.argv.slice(2)
const { default: start } = await import(release)
const sqlite = await start({ print() {}, printErr() {} })
const { capi, wasm } = sqlite
const db = new sqlite.oo1.DB(':memory:')

if (doing.includes('write')) {
  db.exec(`
    CREATE TABLE line (reference TEXT, net REAL, tax REAL);
    CREATE INDEX line_key ON line (reference || '|' || (net + tax));
    INSERT INTO line VALUES ('A', 0.1, 0.2), ('B', 19.99, 4.2), ('C', 100, 21);
  `)
  fs.writeFileSync('lines.db', capi.sqlite3_js_db_export(db))
} else {
  const file = new Uint8Array(fs.readFileSync('lines.db'))
  db.checkRc(capi.sqlite3_deserialize(db.pointer, 'main', wasm.allocFromTypedArray(file), file.length, file.length,
    capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE))
}
if (doing.includes('reindex')) db.exec('REINDEX')

const ask = (sql) => db.exec(sql, { rowMode: 'array', returnValue: 'resultRows' }).map((row) => row.join(' ')).join(', ') || 'nothing'
const key = `reference || '|' || (net + tax)`
const ofA = ask(`SELECT ${key} FROM line NOT INDEXED WHERE reference = 'A'`)
console.log(ask('SELECT sqlite_version()'), doing.join(' '))
console.log('  keys of the rows:  ', ask(`SELECT ${key} FROM line NOT INDEXED`))
console.log('  by the old key:    ', ask(`SELECT reference FROM line WHERE ${key} = 'A|0.3'`))
console.log('  by the key it has: ', ask(`SELECT reference FROM line WHERE ${key} = '${ofA}'`))
console.log('  integrity_check:   ', ask('PRAGMA integrity_check'))
JS
seen=$(for run in "before write" "after read" "after read and reindex"; do timeout 60 node index.mjs $run || exit 2; done)
echo "$seen"

happens="3.50.4 write
  keys of the rows:   A|0.3, B|24.19, C|121.0
  by the old key:     A
  by the key it has:  A
  integrity_check:    ok
3.54.1 read
  keys of the rows:   A|0.30000000000000004, B|24.189999999999998, C|121.0
  by the old key:     A
  by the key it has:  nothing
  integrity_check:    row 1 missing from index line_key, row 2 missing from index line_key
3.54.1 read and reindex
  keys of the rows:   A|0.30000000000000004, B|24.189999999999998, C|121.0
  by the old key:     nothing
  by the key it has:  A
  integrity_check:    ok"
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
