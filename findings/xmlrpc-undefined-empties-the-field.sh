#!/usr/bin/env bash
# Expects:  A property that is undefined is not sent, as with JSON.stringify: write(id, {name, phone}) without a phone in the input changes
#           the name and leaves the phone alone.
# Happens:  The XML-RPC library under three Odoo clients sends the member with an empty <value/>, and XML-RPC reads that as the empty text.
#           The call succeeds, and the field in the books is emptied. TypeScript's Partial<…> allows such an object.
# Versions: npm odoo-xmlrpc-ts 1.3.0, odoo-await 3.4.1, odoo-xmlrpc 1.0.8, all on xmlrpc 1.3.2; for comparison
#           @fernandoslim/odoo-jsonrpc 2.0.2, which leaves it out.
# Matters:  A program that changes from a client over JSON-RPC to one over XML-RPC, with the same calls and the same types, begins to empty
#           the phone numbers and references of the records that it touches, and nobody is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts \
  odoo-xmlrpc-ts@1.3.0 odoo-await@3.4.1 odoo-xmlrpc@1.0.8 xmlrpc@1.3.2 @fernandoslim/odoo-jsonrpc@2.0.2 >/dev/null 2>&1
cat >write.js <<'JS'
const http = require('http')
const { promisify } = require('util')
const { OdooClient } = require('odoo-xmlrpc-ts')
const OdooAwait = require('odoo-await')
const Odoo = require('odoo-xmlrpc')
const { default: OdooJSONRpc } = require('@fernandoslim/odoo-jsonrpc')

// The server logs everybody in and tells what a write would change.
let told
const server = http.createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    if (request.url === '/jsonrpc') {
      const { id, params } = JSON.parse(body)
      if (params.method === 'execute_kw') told = JSON.stringify(params.args[5][1])
      response.setHeader('Content-Type', 'application/json')
      return response.end(JSON.stringify({ jsonrpc: '2.0', id, result: params.method === 'execute_kw' ? true : 2 }))
    }
    const write = body.includes('<methodName>execute_kw<')
    if (write) told = body.match(/<struct>.*?<\/struct>/)[0]
    response.setHeader('Content-Type', 'text/xml')
    response.end(`<?xml version="1.0"?><methodResponse><params><param><value>${
      write ? '<boolean>1</boolean>' : '<int>2</int>'}</value></param></params></methodResponse>`)
  })
})

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const url = `http://127.0.0.1:${port}`
  const who = { db: 'books', username: 'ann', password: 'secret' }
  const values = { name: 'Ann', phone: undefined }

  const typed = new OdooClient({ url, ...who })
  await typed.write('res.partner', [7], values)
  console.log('odoo-xmlrpc-ts:', told)

  const awaited = new OdooAwait({ baseUrl: url, port, ...who })
  await awaited.connect()
  await awaited.update('res.partner', 7, values)
  console.log('odoo-await:    ', told)

  const old = new Odoo({ url, ...who })
  await promisify(old.connect).call(old)
  await promisify(old.execute_kw).call(old, 'res.partner', 'write', [[[7], values]])
  console.log('odoo-xmlrpc:   ', told)

  const json = new OdooJSONRpc({ baseUrl: 'http://127.0.0.1', port, db: 'books', username: 'ann', apiKey: 'secret' })
  await json.connect()
  await json.update('res.partner', 7, values)
  console.log('odoo-jsonrpc:  ', told)
  server.close()
  server.closeAllConnections()
})
JS
seen=$(timeout 60 node --no-deprecation write.js)
echo "$seen"

name='<member><name>name</name><value><string>Ann</string></value></member>'
emptied="<struct>$name<member><name>phone</name><value/></member></struct>"
happens="odoo-xmlrpc-ts: $emptied
odoo-await:     $emptied
odoo-xmlrpc:    $emptied
odoo-jsonrpc:   {\"name\":\"Ann\"}"
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
