#!/usr/bin/env bash
# Expects:  A number with a number format is read from an XLSX file as a number, a date as a date. Readers tell them apart by the letters of
#           the format, and have long learned to leave out what stands in quotes or brackets, such as "days" or [Red].
# Happens:  Excel's accounting format without a symbol leaves room for the currency of the country all the same: "_" and a letter is a space
#           as wide as that letter. For the convertible mark of Bosnia and Herzegovina (KM) it ends in _K_M_-. exceljs takes that M for a
#           month and gives a Date for each amount: 1234.50 is noon of 18 May 1903. The same with _€_- or _k_r_- is a number. It does so to
#           its own files: a number goes in and a Date comes out.
# Versions: npm exceljs 4.4.0 and its fork @zurmokeeper/exceljs 4.4.9; for comparison xlsx 0.18.5 and read-excel-file 9.3.17, which read
#           numbers.
# Matters:  An importer that was tested with the statements of many banks meets one from Sarajevo. A Date becomes text or milliseconds
#           without an error, so the balances turn into days, in that country only and only where the cells have this format.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund --ignore-scripts \
  exceljs@4.4.0 @zurmokeeper/exceljs@4.4.9 xlsx@0.18.5 read-excel-file@9.3.17 >/dev/null 2>&1
cat >read.mjs <<'JS'
import fs from 'node:fs'
import exceljs from 'exceljs'
import fork from '@zurmokeeper/exceljs'
import xlsx from 'xlsx'
import readExcelFile from 'read-excel-file/node'

const accounting = (room) => `_-* #,##0.00\\ ${room}_-;\\-* #,##0.00\\ ${room}_-;_-* "-"??\\ ${room}_-;_-@_-`

const written = new exceljs.Workbook()
const sheet = written.addWorksheet('Statement')
for (const [place, room] of [['Berlin', '_€'], ['Bergen', '_k_r'], ['Sarajevo', '_K_M']]) {
  sheet.addRow([place, 1234.5]).getCell(2).numFmt = accounting(room)
}
await written.xlsx.writeFile('statement.xlsx')

const tell = (reader, rows) => {
  const kind = (value) => (value instanceof Date ? `Date ${value.toISOString()}` : `${typeof value} ${value}`)
  console.log(`${reader}: ${rows.map(([place, value]) => `${place} ${kind(value)}`).join(', ')}`)
}
const cells = async ({ Workbook }) => {
  const book = new Workbook()
  await book.xlsx.readFile('statement.xlsx')
  return book.worksheets[0].getRows(1, 3).map((row) => [row.getCell(1).value, row.getCell(2).value])
}
tell('exceljs', await cells(exceljs))
tell('its fork', await cells(fork))
tell('xlsx', xlsx.utils.sheet_to_json(xlsx.read(fs.readFileSync('statement.xlsx'), { cellDates: true }).Sheets.Statement, { header: 1 }))
const [{ data }] = await readExcelFile('statement.xlsx')
tell('read-excel-file', data)
JS
seen=$(timeout 60 node read.mjs)
echo "$seen"

numbers='Berlin number 1234.5, Bergen number 1234.5, Sarajevo'
happens="exceljs: $numbers Date 1903-05-18T12:00:00.000Z
its fork: $numbers Date 1903-05-18T12:00:00.000Z
xlsx: $numbers number 1234.5
read-excel-file: $numbers number 1234.5"
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
