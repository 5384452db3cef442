#!/usr/bin/env bash
# Expects:  connect() with a wrong API key is rejected, as it is with a wrong password, whose error says "Authentication failed".
# Happens:  It resolves with {uid: false}, and is_connected is true. Odoo answers a wrong key with the result false and no error; the client
#           checks the object that it wraps the answer in, which is never false. The first call after it says that one should connect first.
# Versions: npm @fernandoslim/odoo-jsonrpc 2.0.2.
# Matters:  A page of settings that tries a key with connect() stores every key, also an expired one, as good, and a job that waits for
#           connect() to succeed starts and fails later, with an error that blames the order of its calls and not the key.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts @fernandoslim/odoo-jsonrpc@2.0.2 >/dev/null 2>&1
cat >connect.js <<'JS'
const http = require('http')
const { default: OdooJSONRpc } = require('@fernandoslim/odoo-jsonrpc')

// The server answers as Odoo does: authenticate is false for a wrong key; a session with a wrong password is an error, and
// has a cookie all the same.
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('Content-Type', 'application/json')
    if (request.url === '/jsonrpc') return response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: false }))
    response.setHeader('Set-Cookie', 'session_id=0123456789; Path=/')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: 200, message: 'Odoo Server Error',
      data: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' } } }))
  })
})

const tell = async (what, doing) => console.log(what, await doing.then(JSON.stringify, (error) => `rejected: ${error.message}`))

server.listen(0, '127.0.0.1', async () => {
  const at = { baseUrl: 'http://127.0.0.1', port: server.address().port, db: 'books', username: 'ann' }
  await tell('wrong password:', new OdooJSONRpc({ ...at, password: 'wrong' }).connect())
  const odoo = new OdooJSONRpc({ ...at, apiKey: 'wrong' })
  await tell('wrong key:     ', odoo.connect())
  console.log('is_connected:  ', odoo.is_connected)
  await tell('first call:    ', odoo.search('res.partner', []))
  server.close()
  server.closeAllConnections()
})
JS
seen=$(timeout 60 node connect.js)
echo "$seen"

happens='wrong password: rejected: Authentication failed. Please check your credentials.
wrong key:      {"uid":false}
is_connected:   true
first call:     rejected: Please connect with credentials or api key first.'
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
